/**
 * Tells people by a Slack app's bot: one message for each incident, edited as its state changes, with one
 * reply for each step in its thread. The channel hears of a reply only when a person must look.
 *
 * What was posted is kept in a {@link ThreadStore} at once, so a delivery that comes again posts nothing again.
 * Slack knows no idempotency key: when we die between a post and its keeping, or the answer to a post is lost,
 * that one post is made twice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broadcast } from '../../core/environment-notify.ts';
import { HealerError } from '../../core/errors.ts';
import { later, minutes, seconds } from '../../core/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Teller } from '../../ports/messaging.ts';
import type { Root, Shown, Thread, ThreadStore, Turn } from '../../ports/threads.ts';
import type { SlackApi } from './api.ts';
import { isRootGone } from './api-errors.ts';
import { type SlackMessage, withCall } from './blocks.ts';
import type { RenderOptions } from './entry-links.ts';
import { entryStep, noticeStep, type RootMessage, type Step } from './steps.ts';

export interface BotOptions {
  readonly api: SlackApi;
  readonly threads: ThreadStore;
  readonly clock: Clock;
  /** Id of the channel. */
  readonly channel: string;
  readonly broadcast: Broadcast;
  readonly render: RenderOptions;
  /** How long to wait for another who writes in the same thread. @default - 10 s */
  readonly waitMaxMs?: number;
}

/** Longer than one step may take; whoever dies holds the others up for so long. */
const TURN = seconds(30);
const STEP_MS = 25_000;
const PAUSE_MS = 200;
const KEPT_FOR = minutes(365 * 24 * 60);

export function slackBot(options: BotOptions): Teller {
  return {
    entry: (entry, signal) => tell(options, entryStep(entry, options.render), signal),
    notice: (notice, signal) => tell(options, noticeStep(notice), signal),
  };
}

async function tell(options: BotOptions, step: Step, signal: AbortSignal): Promise<void> {
  const turn = { id: step.threadId, holder: randomUUID() };
  const thread = await takeTurn(options, turn, signal);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]);
  try {
    await new Telling(options, turn, limit).tell(step, thread);
  } finally {
    // It ends by itself too, later; and what went wrong before is the better error.
    await options.threads.end(turn, AbortSignal.timeout(1_000)).catch(() => undefined);
  }
}

async function takeTurn(options: BotOptions, turn: Turn, signal: AbortSignal): Promise<Thread> {
  const { threads, clock, waitMaxMs = 10_000 } = options;
  for (let waited = 0; ; waited += PAUSE_MS) {
    const now = clock.now();
    const thread = await threads.begin(turn, { now, until: later(now, TURN) }, signal);
    if (thread !== undefined) return thread;
    if (waited >= waitMaxMs) {
      const message = `thread of ${turn.id}: another writes in it`;
      throw new HealerError('store.contended', message, { retryable: true });
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

/** One step, told in one turn. */
class Telling {
  readonly #options: BotOptions;
  readonly #turn: Turn;
  readonly #signal: AbortSignal;

  constructor(options: BotOptions, turn: Turn, signal: AbortSignal) {
    this.#options = options;
    this.#turn = turn;
    this.#signal = signal;
  }

  async tell(step: Step, thread: Thread): Promise<void> {
    const { root } = thread;
    if (root === undefined) return this.#open(step, thread);
    try {
      await this.#follow(step, thread, root);
    } catch (error) {
      // Somebody removed the message: the incident goes on in a new one.
      if (!isRootGone(error)) throw error;
      await this.#open(step, thread);
    }
  }

  /** A new message is what the channel hears of; its reply need not be heard as well. */
  async #open(step: Step, before: Thread): Promise<void> {
    const { api, channel } = this.#options;
    const { metadata } = step;
    const shown = step.root(before.shown?.entry);
    const message = step.calls ? this.#call(shown.message) : shown.message;
    const root = await api.post({ channel, message, metadata }, this.#signal);
    const replied = step.isWhole ? [...before.replied, step.id] : before.replied;
    const thread = { replied, root, shown: shownBy(step, shown) };
    await this.#keep(step, thread);
    await this.#reply(step, thread, root, { calls: false, broadcast: false });
  }

  /** The reply first: it is what calls people, and an edit calls nobody. */
  async #follow(step: Step, thread: Thread, root: Root): Promise<void> {
    const replied = await this.#reply(step, thread, root, loudness(this.#options, step, thread));
    const { shown } = thread;
    if (step.isAside || (shown !== undefined && step.seq <= shown.seq)) return;
    const next = step.root(shown?.entry);
    const { message } = next;
    await this.#options.api.update(root, { message, metadata: step.metadata }, this.#signal);
    await this.#keep(step, { ...replied, shown: shownBy(step, next) });
  }

  async #reply(step: Step, thread: Thread, root: Root, loud: Loudness): Promise<Thread> {
    const { id, reply, metadata } = step;
    if (reply === undefined || thread.replied.includes(id)) return thread;
    const message = loud.calls ? this.#call(reply) : reply;
    const place = { ts: root.ts, broadcast: loud.broadcast };
    const post = { channel: root.channel, message, metadata, thread: place };
    await this.#options.api.post(post, this.#signal);
    const next = { ...thread, replied: [...thread.replied, id] };
    await this.#keep(step, next);
    return next;
  }

  #call(message: SlackMessage): SlackMessage {
    return withCall(message, this.#options.render.mention);
  }

  #keep(step: Step, thread: Thread): Promise<void> {
    const { threads } = this.#options;
    return threads.keep(this.#turn, thread, later(step.at, KEPT_FOR), this.#signal);
  }
}

function shownBy({ seq, state, reopened }: Step, { entry }: RootMessage): Shown {
  return { seq, state, reopened, ...(entry && { entry }) };
}

interface Loudness {
  /** Whether people are called by name. */
  readonly calls: boolean;
  /** Whether the channel hears of the reply. */
  readonly broadcast: boolean;
}

/** From this re-opening on people are called: it does not heal by itself. */
const REOPENED_CALLS = 2;

function loudness({ broadcast: mode }: BotOptions, step: Step, { shown }: Thread): Loudness {
  // Topics keep no order: nobody is called for what is over by now.
  const isOver = shown !== undefined && step.seq < shown.seq && shown.state === 'recovered';
  const isAgain = shown !== undefined && step.reopened > shown.reopened;
  const isLoud = !step.isDrill && !step.isQuiet && !isOver;
  const isCall = isLoud && (step.calls || (isAgain && step.reopened >= REOPENED_CALLS));
  const isNews = isCall || (isLoud && isAgain);
  const isWanted = isNews || (mode === 'always' && isLoud && step.state === 'recovered');
  return { calls: isCall, broadcast: mode !== 'never' && isWanted };
}
