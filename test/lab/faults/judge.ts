/** Holds what the healer did in one trouble against what was true in the lab. */
import type { Entry } from '../../../functions/core/entry.ts';
import type { RecordedCall } from '../events.ts';
import type { BotMessage } from '../slack/web-api.ts';

/** What is known when a trouble is over. */
export interface Facts {
  /** ARNs of the tasks that were made ill. */
  readonly ill: readonly string[];
  /** All calls since the trouble began. */
  readonly calls: readonly RecordedCall[];
  /** Tasks that were ill and meant to run on when the healer said RECOVERED. */
  readonly stillIll: readonly string[];
  /** Of every incident since then, in order. */
  readonly timeline: readonly Entry[];
  /** Ids of entries that the lock still keeps. */
  readonly outbox: readonly string[];
  /** What the bot has posted since, in order; absent where another tells. */
  readonly posted?: readonly BotMessage[];
  /** Texts that the webhook took since, in order. */
  readonly texts: readonly string[];
  /** Messages in dead-letter queues. */
  readonly dead: number;
}

/** Tasks that were stopped, by ARN: a stop that is sent again for the same task is the same stop. */
export function stoppedTasks(calls: readonly RecordedCall[]): readonly string[] {
  const stops = calls.filter(({ operation, status }) => operation === 'StopTask' && status === 200);
  return [...new Set(stops.map(({ input }) => String((input as { task?: unknown }).task)))];
}

/** Seqs of an incident's steps as Slack shows them: of each root, and of the replies in order. */
function toldBy(
  posted: readonly BotMessage[],
  incidentId: string,
): { readonly roots: readonly number[]; readonly replies: readonly number[] } {
  const own = posted.flatMap((message) => {
    const about = aboutOf(message);
    return about?.incident_id === incidentId ? [{ message, seq: about.seq }] : [];
  });
  const isReply = ({ message }: { readonly message: BotMessage }) => message.threadTs !== undefined;
  return {
    roots: own.filter((each) => !isReply(each)).map(({ seq }) => seq),
    replies: own.filter(isReply).map(({ seq }) => seq),
  };
}

/** Entries that on-call was to hear of, and did not. */
export function untold(facts: Pick<Facts, 'timeline' | 'posted' | 'texts'>): readonly Entry[] {
  const { timeline, posted, texts } = facts;
  const wanted = timeline.filter(({ announce }) => announce);
  if (posted === undefined) return wanted.slice(texts.length);
  return wanted.filter(({ seq, incidentId }) => {
    const { roots, replies } = toldBy(posted, incidentId);
    return !roots.includes(seq) && !replies.includes(seq);
  });
}

/** @returns every promise that is broken, in words; none when all is well. */
export function judge(facts: Facts): readonly string[] {
  const incidents = [...Map.groupBy(facts.timeline, ({ incidentId }) => incidentId)];
  return [
    ...judgeStops(facts),
    ...(incidents.length === 0 ? ['no incident was recorded'] : []),
    ...incidents.flatMap(([id, timeline]) => judgeTimeline(id, timeline)),
    ...untold(facts).map(({ id, kind }) => `never told: ${id} ${kind}`),
    ...(facts.posted === undefined
      ? judgeCount(facts)
      : incidents.flatMap(([id]) => judgeThread(id, facts.posted ?? []))),
    ...leftOf(facts),
  ];
}

function judgeStops({ calls, ill, timeline, stillIll }: Facts): readonly string[] {
  const stopped = stoppedTasks(calls);
  const wrong = stopped.filter((task) => !ill.includes(task));
  const claims = new Set(
    timeline.flatMap(({ kind, victim }) => (kind === 'claimed' && victim ? [victim.taskArn] : [])),
  );
  const unclaimed = stopped.filter((task) => !claims.has(task));
  return [
    ...stillIll.map((task) => `RECOVERED was said while a task was ill: ${task}`),
    ...wrong.map((task) => `a healthy task was stopped: ${task}`),
    ...unclaimed.map((task) => `a task was stopped without a recorded claim: ${task}`),
  ];
}

const ENDS: readonly Entry['kind'][] = ['recovered', 'escalated', 'stop-refused'];

function judgeTimeline(id: string, timeline: readonly Entry[]): readonly string[] {
  const seqs = timeline.map(({ seq }) => seq).toSorted((a, b) => a - b);
  const isWhole = seqs.every((seq, index) => seq === index + 1);
  const hasEnd = timeline.some(({ kind }) => ENDS.includes(kind));
  return [
    ...(hasEnd ? [] : [`${id} neither ended nor called a person`]),
    ...(isWhole ? [] : [`the timeline of ${id} has gaps: got ${seqs.join(', ')}`]),
  ];
}

function judgeThread(id: string, posted: readonly BotMessage[]): readonly string[] {
  const { roots, replies } = toldBy(posted, id);
  const inOrder = replies.every((seq, index) => index === 0 || seq > (replies[index - 1] ?? 0));
  return [
    ...(roots.length > 1 ? [`${id} has ${roots.length} messages, want one`] : []),
    ...(inOrder ? [] : [`the thread of ${id} is out of order or repeats: ${replies.join(', ')}`]),
  ];
}

/** A webhook's messages name no step: they are counted. */
function judgeCount({ timeline, texts }: Facts): readonly string[] {
  const wanted = timeline.filter(({ announce }) => announce).length;
  return texts.length > wanted ? [`told ${texts.length} times, want ${wanted}`] : [];
}

function leftOf({ outbox, dead }: Facts): readonly string[] {
  return [
    ...(outbox.length === 0 ? [] : [`left in the outbox: ${outbox.join(', ')}`]),
    ...(dead === 0 ? [] : [`${dead} messages are in dead-letter queues`]),
  ];
}

interface About {
  readonly incident_id?: string;
  readonly seq?: number;
}

function aboutOf({ metadata }: BotMessage) {
  const { incident_id, seq } = (metadata as { event_payload?: About }).event_payload ?? {};
  return incident_id === undefined || seq === undefined ? undefined : { incident_id, seq };
}
