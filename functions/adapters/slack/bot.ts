/**
 * Tells people by a Slack app's bot: one message for each incident, edited as its state changes, with one
 * reply for each step in its thread. The channel hears of a reply only when a person must look.
 *
 * Steps are told in the order of the timeline, whatever order they arrive in: what is missing before one is told
 * first. What was posted is kept in a {@link ThreadStore} at once, so a delivery that comes again posts nothing again.
 * Slack knows no idempotency key: when we die between a post and its keeping, or the answer to a post is lost,
 * that one post is made twice.
 */
import type { Broadcast } from '../../core/environment-notify.ts';
import { later } from '../../core/time.ts';
import type { Teller } from '../../ports/messaging.ts';
import type { Root, Shown, Thread, Turn } from '../../ports/threads.ts';
import { inTurn, KEPT_FOR, type TurnOptions } from '../threads/turn.ts';
import { isRefusedForGood, untoldBefore } from '../threads/untold.ts';
import type { SlackApi } from './api.ts';
import { isRootGone } from './api-errors.ts';
import { type SlackMessage, withCall } from './blocks.ts';
import type { RenderOptions } from './entry-links.ts';
import { entryStep, noticeStep, type RootMessage, type Step } from './steps.ts';

export interface BotOptions extends TurnOptions {
  readonly api: SlackApi;
  /** Id of the channel. */
  readonly channel: string;
  readonly broadcast: Broadcast;
  readonly render: RenderOptions;
}

export function slackBot(options: BotOptions): Teller {
  const { render } = options;
  return {
    entry: (entry, signal) =>
      inTurn(options, entry.incidentId, signal, async (turn, thread, limit) => {
        const before = await untoldBefore(options, entry, thread, limit);
        const steps = before.map((each) => entryStep(each, render));
        await new Telling(options, turn, limit).tell(steps, entryStep(entry, render), thread);
      }),
    notice: (notice, signal) => {
      const step = noticeStep(notice);
      return inTurn(options, step.threadId, signal, (turn, thread, limit) =>
        new Telling(options, turn, limit).tell([], step, thread),
      );
    },
  };
}

/** One step, and what is missing before it, told in one turn. */
class Telling {
  readonly #options: BotOptions;
  readonly #turn: Turn;
  readonly #signal: AbortSignal;

  constructor(options: BotOptions, turn: Turn, signal: AbortSignal) {
    this.#options = options;
    this.#turn = turn;
    this.#signal = signal;
  }

  async tell(before: readonly Step[], step: Step, thread: Thread): Promise<void> {
    const { root } = thread;
    if (root === undefined) return this.#open(before, step, thread);
    try {
      await this.#follow(before, step, thread, root);
    } catch (error) {
      // Somebody removed the message: the incident goes on in a new one.
      if (!isRootGone(error)) throw error;
      await this.#open(before, step, thread);
    }
  }

  /** A new message is what the channel hears of; its reply need not be heard as well. */
  async #open(before: readonly Step[], step: Step, thread: Thread): Promise<void> {
    const { api, channel } = this.#options;
    const newest = newestOf([...before, step]) ?? step;
    const { metadata } = newest;
    const shown = rootOf([...before, step], newest, thread);
    const message = newest.calls ? this.#call(shown.message) : shown.message;
    const root = await api.post({ channel, message, metadata }, this.#signal);
    const replied = newest.isWhole ? [...thread.replied, newest.id] : thread.replied;
    const opened = { ...thread, replied, root, shown: shownBy(newest, shown) };
    await this.#keep(step, opened);
    const isSaid = (each: Step): boolean => each === newest || newest.calls;
    const all = await this.#replies([...before, step], opened, root, (each) =>
      isSaid(each) ? QUIETLY : loudness(this.#options, each, opened, { newest, earlier: [] }),
    );
    await this.#settle(step, all);
  }

  /** The replies first: it is they who call people, and an edit calls nobody. */
  async #follow(before: readonly Step[], step: Step, thread: Thread, root: Root): Promise<void> {
    const { shown } = thread;
    const steps = [...before, step];
    const newest = newestOf(steps);
    const replied = await this.#replies(steps, thread, root, (each, index) =>
      loudness(this.#options, each, thread, { newest, earlier: steps.slice(0, index) }),
    );
    if (newest === undefined || (shown !== undefined && newest.seq <= shown.seq)) {
      return this.#settle(step, replied);
    }
    const next = rootOf(steps, newest, thread);
    const { message } = next;
    const { metadata } = newest;
    await this.#options.api.update(root, { message, metadata }, this.#signal);
    await this.#keep(step, { ...replied, shown: shownBy(newest, next), ...upToOf(step, thread) });
  }

  /** What Slack takes at no time is left to its own message; the others do not wait for it. */
  async #replies(
    steps: readonly Step[],
    thread: Thread,
    root: Root,
    loudnessOf: (step: Step, index: number) => Loudness,
  ): Promise<Thread> {
    let now = thread;
    const last = steps.at(-1);
    for (const [index, each] of steps.entries()) {
      // Nothing else is to be done for it, so this is kept in the same write.
      const upTo = each === last && steps.length === 1 ? upToOf(each, thread) : {};
      try {
        now = await this.#reply(each, { ...now, ...upTo }, root, loudnessOf(each, index));
      } catch (error) {
        if (each === last || isRootGone(error) || !isRefusedForGood(error)) throw error;
      }
    }
    return now;
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

  /** Nothing is missing before the step any more. */
  async #settle(step: Step, thread: Thread): Promise<void> {
    const { upTo } = upToOf(step, thread);
    if (upTo !== thread.upTo) await this.#keep(step, { ...thread, upTo });
  }

  #call(message: SlackMessage): SlackMessage {
    return withCall(message, this.#options.render.mention);
  }

  #keep(step: Step, thread: Thread): Promise<void> {
    const { threads } = this.#options;
    return threads.keep(this.#turn, thread, later(step.at, KEPT_FOR), this.#signal);
  }
}

/** Of what says where the incident is. */
function newestOf(steps: readonly Step[]): Step | undefined {
  return steps.findLast(({ isAside }) => !isAside);
}

/** The message tells of what was before too, shown or not. */
function rootOf(steps: readonly Step[], newest: Step, { shown }: Thread): RootMessage {
  const unseen = steps.filter(
    (each) => each !== newest && !each.isAside && each.seq > (shown?.seq ?? 0),
  );
  const before = unseen.reduce((story, each) => each.root(story).entry ?? story, shown?.entry);
  return newest.root(before);
}

function upToOf({ seq }: Step, { upTo = 0 }: Thread): { readonly upTo: number } {
  return { upTo: Math.max(upTo, seq) };
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

const QUIETLY: Loudness = { calls: false, broadcast: false };

/** From this re-opening on people are called: it does not heal by itself. */
const REOPENED_CALLS = 2;

/** Steps that are told in the same turn. */
interface Together {
  readonly newest: Step | undefined;
  readonly earlier: readonly Step[];
}

function loudness(
  { broadcast: mode }: BotOptions,
  step: Step,
  { shown }: Thread,
  { newest, earlier }: Together,
): Loudness {
  // What comes late calls nobody for what is over by now.
  const last = { seq: newest?.seq ?? 0, state: newest?.state ?? '' };
  const isOver = [shown, last].some(
    (each) => each !== undefined && step.seq < each.seq && each.state === 'recovered',
  );
  const isAgain =
    shown !== undefined && [shown, ...earlier].every((each) => step.reopened > each.reopened);
  const isLoud = !step.isDrill && !step.isQuiet && !isOver;
  const isCall = isLoud && (step.calls || (isAgain && step.reopened >= REOPENED_CALLS));
  const isNews = isCall || (isLoud && isAgain);
  const isWanted = isNews || (mode === 'always' && isLoud && step.state === 'recovered');
  return { calls: isCall, broadcast: mode !== 'never' && isWanted };
}
