/** Deliveries of one incident over models of the table and of the chat: nothing sleeps, whatever fails comes again. */
import type { SlackApi } from '../../functions/adapters/slack/api.ts';
import { slackBot } from '../../functions/adapters/slack/bot.ts';
import { onceTeller } from '../../functions/adapters/threads/once-teller.ts';
import type { TurnOptions } from '../../functions/adapters/threads/turn.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { type EpochMillis, later, seconds } from '../../functions/core/time.ts';
import type { Teller } from '../../functions/ports/messaging.ts';
import type { Thread, ThreadStore, Timeline } from '../../functions/ports/threads.ts';
import { anEntry, NOW } from '../core/builders.ts';

export const signal = new AbortController().signal;
const INCIDENT = 'inc-1';

/** What one call of the chat meets: it is refused before it has an effect, or nobody hears that it had one. */
type Trouble = 'none' | 'down' | 'lost';

/** What the chat shows. */
export interface Said {
  /** A message of its own, or an answer in a thread. */
  readonly place: 'root' | 'reply' | 'edit';
  readonly seq: number;
  readonly isLoud: boolean;
}

export class ToldWorld {
  now: EpochMillis = later(NOW, seconds(10));
  readonly said: Said[] = [];
  /** Of the calls to come. */
  troubles: Trouble[] = [];
  /** Steps whose content the chat takes at no time. */
  refused: readonly number[] = [];
  reads = 0;
  readonly #kept = new Map<number, Entry>();
  readonly #threads = new Map<string, Thread & { readonly holder?: string }>();

  /** As remediate keeps it when it announces. */
  keep(entry: Entry): void {
    this.#kept.set(entry.seq, entry);
  }

  bot(): Teller {
    return slackBot({
      ...this.#turns(),
      api: this.#api(),
      channel: 'C0123456789',
      broadcast: 'needs-human',
      render: {},
    });
  }

  webhook(): Teller {
    const post = (seq: number): Promise<void> => {
      this.#meet(seq, () => this.said.push({ place: 'root', seq, isLoud: true }));
      return Promise.resolve();
    };
    return onceTeller({ entry: ({ seq }) => post(seq), notice: () => post(0) }, this.#turns());
  }

  #turns(): TurnOptions {
    const timeline: Timeline = {
      between: (_id, { first, last }) => {
        this.reads += 1;
        const all = [...this.#kept.values()].toSorted((a, b) => a.seq - b.seq);
        return Promise.resolve(all.filter(({ seq }) => seq >= first && seq <= last));
      },
    };
    return { timeline, threads: this.#store(), clock: { now: () => this.now }, waitMaxMs: 0 };
  }

  #store(): ThreadStore {
    return {
      begin: ({ id, holder }) => {
        const thread = this.#threads.get(id) ?? { replied: [] };
        if (thread.holder !== undefined) return Promise.resolve(undefined);
        this.#threads.set(id, { ...thread, holder });
        return Promise.resolve(thread);
      },
      keep: ({ id, holder }, thread) => {
        this.#threads.set(id, { ...thread, holder });
        return Promise.resolve();
      },
      end: ({ id }) => {
        const { holder: _ended, ...thread } = this.#threads.get(id) ?? { replied: [] };
        this.#threads.set(id, thread);
        return Promise.resolve();
      },
    };
  }

  #api(): SlackApi {
    const root = { channel: 'C0123456789', ts: '1.0' };
    return {
      post: ({ metadata, thread }) => {
        const place = thread === undefined ? 'root' : 'reply';
        const seq = seqOf(metadata);
        const isLoud = thread?.broadcast !== false;
        this.#meet(seq, () => this.said.push({ place, seq, isLoud }));
        return Promise.resolve(root);
      },
      update: (_root, { metadata }) => {
        const seq = seqOf(metadata);
        this.#meet(seq, () => this.said.push({ place: 'edit', seq, isLoud: false }));
        return Promise.resolve();
      },
    };
  }

  #meet(seq: number, effect: () => void): void {
    const trouble = this.troubles.shift() ?? 'none';
    if (trouble === 'down') throw unavailable();
    if (this.refused.includes(seq)) throw new HealerError('chat.refused', 'msg_too_long');
    effect();
    if (trouble === 'lost') throw unavailable();
  }
}

function unavailable(): HealerError {
  return new HealerError('chat.unavailable', 'no answer', { retryable: true });
}

function seqOf({ event_payload: payload }: { readonly event_payload: object }): number {
  return Number((payload as { readonly seq?: unknown }).seq);
}

/** The steps of one incident, numbered from 1. */
export function theSteps(...parts: readonly Partial<Entry>[]): readonly Entry[] {
  return parts.map((part, index) =>
    anEntry({
      id: `${INCIDENT}#${index + 1}`,
      incidentId: INCIDENT,
      seq: index + 1,
      at: NOW,
      announce: true,
      ...part,
    }),
  );
}
