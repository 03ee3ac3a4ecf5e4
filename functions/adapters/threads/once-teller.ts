/**
 * Makes a way to tell that posts and knows nothing of what it posted, a webhook or a topic, tell everything once and
 * in order.
 *
 * What was told is kept at once; when we die between a post and its keeping, that one post is made twice.
 */
import type { Entry } from '../../core/entry.ts';
import { type EpochMillis, later } from '../../core/time.ts';
import type { Teller } from '../../ports/messaging.ts';
import type { Thread, Turn } from '../../ports/threads.ts';
import { nameNotice } from './notice-names.ts';
import { inTurn, KEPT_FOR, type TurnOptions } from './turn.ts';
import { isRefusedForGood, untoldBefore } from './untold.ts';

export function onceTeller(plain: Teller, options: TurnOptions): Teller {
  return {
    async entry(entry, signal) {
      // Nobody is told of it, so it makes no thread; what comes after it asks the timeline.
      if (entry.quiet === true) return;
      await inTurn(options, entry.incidentId, signal, async (turn, thread, limit) => {
        const before = await untoldBefore(options, entry, thread, limit);
        const telling = new Telling(plain, options, turn, limit);
        await telling.entries(before, entry, thread);
      });
    },
    async notice(notice, signal) {
      const { threadId, id, at } = nameNotice(notice);
      await inTurn(options, threadId, signal, async (turn, thread, limit) => {
        if (thread.replied.includes(id)) return;
        await plain.notice(notice, limit);
        await options.threads.keep(turn, withReply(thread, id), expiry(at), limit);
      });
    },
  };
}

class Telling {
  readonly #plain: Teller;
  readonly #options: TurnOptions;
  readonly #turn: Turn;
  readonly #signal: AbortSignal;

  constructor(plain: Teller, options: TurnOptions, turn: Turn, signal: AbortSignal) {
    this.#plain = plain;
    this.#options = options;
    this.#turn = turn;
    this.#signal = signal;
  }

  async entries(before: readonly Entry[], entry: Entry, thread: Thread): Promise<void> {
    let now = thread;
    for (const each of before.filter(({ quiet }) => quiet !== true)) {
      try {
        now = await this.#entry(each, now);
      } catch (error) {
        if (!isRefusedForGood(error)) throw error;
      }
    }
    await this.#entry(entry, { ...now, upTo: Math.max(now.upTo ?? 0, entry.seq) });
  }

  async #entry(entry: Entry, thread: Thread): Promise<Thread> {
    if (thread.replied.includes(entry.id)) return thread;
    await this.#plain.entry(entry, this.#signal);
    const next = withReply(thread, entry.id);
    await this.#options.threads.keep(this.#turn, next, expiry(entry.at), this.#signal);
    return next;
  }
}

function withReply(thread: Thread, id: string): Thread {
  return { ...thread, replied: [...thread.replied, id] };
}

function expiry(at: EpochMillis): EpochMillis {
  return later(at, KEPT_FOR);
}
