/** One timeline entry as Slack messages: whole for a webhook, or a root and a reply for a bot. */
import type { ContextBlock, KnownBlock, SectionBlock } from '@slack/types';
import type { Entry } from '../../core/entry.ts';
import { type DurationMillis, spell } from '../../core/time.ts';
import {
  compose,
  context,
  fields,
  lines,
  type Row,
  SENTENCE_MAX,
  type SlackMessage,
  section,
} from './blocks.ts';
import { entryButtons, linksLine, type RenderOptions } from './entry-links.ts';
import { type Headline, headline, personOf } from './headline.ts';
import { codeBlock, localDay, localTime, shown } from './text.ts';

const PART_MAX = 100;
const LINES_MAX = 3;
const THREAD_LINES_MAX = 15;
const CAUSE_MAX = 600;
const EVIDENCE_MAX = 1_200;
const THREAD_EVIDENCE_MAX = 2_700;

/** For an incoming webhook: it cannot edit or thread, so each post stands alone. */
export function renderSlack(entry: Entry, options: RenderOptions = {}): SlackMessage {
  return whole(entry, options, evidence(entry, LINES_MAX, EVIDENCE_MAX));
}

/** For a bot: the one message of the incident, edited as the state changes. The evidence is in its thread. */
export function renderRoot(entry: Entry, options: RenderOptions = {}): SlackMessage {
  return whole(entry, options, undefined);
}

/** For a bot: one step in the thread, with its evidence. */
export function renderReply(entry: Entry): SlackMessage {
  return compose(headline(entry), [
    why(entry),
    diagnosis(entry),
    evidence(entry, THREAD_LINES_MAX, THREAD_EVIDENCE_MAX),
    context([localTime(entry.at), shown(entry.trigger, PART_MAX)]),
  ]);
}

/** What the sentence above it rests on. */
function why(entry: Entry): SectionBlock | undefined {
  const { victim, detail } = entry;
  if (victim !== undefined) {
    return lines([
      ['Task', shown(taskName(entry) ?? '', SENTENCE_MAX)],
      ['Why', shown(victim.why, SENTENCE_MAX)],
    ]);
  }
  if (entry.kind === 'recovered') {
    return lines([
      ['Took', durations(entry)?.replaceAll('\n', ', ')],
      ['Proof', shown(detail, SENTENCE_MAX)],
    ]);
  }
  return SELF_EVIDENT.includes(entry.kind)
    ? undefined
    : lines([['Why', shown(detail, SENTENCE_MAX)]]);
}

/** Their sentence has it all. */
const SELF_EVIDENT: readonly Entry['kind'][] = ['acknowledged', 'paused', 'resumed'];

/** Whether somebody must look, and it is no exercise. */
export function needsPerson({ kind, drill }: Entry): boolean {
  return drill === undefined && (kind === 'escalated' || kind === 'stop-refused');
}

function whole(
  entry: Entry,
  options: RenderOptions,
  evidenceBlock: KnownBlock | undefined,
): SlackMessage {
  const head = headline(entry);
  return compose(head, [
    fields(numbers(entry)),
    diagnosis(entry),
    story(entry, head),
    evidenceBlock,
    entryButtons(entry, options),
    linksLine(entry, options),
    origin(entry),
  ]);
}

/** Six are shown, so the most telling of each state come first. */
function numbers(entry: Entry): readonly Row[] {
  const { facts, victim } = entry;
  const alarm = facts.alarms.find(({ state }) => state === 'ALARM') ?? facts.alarms[0];
  const took: Row = ['Took', durations(entry)];
  const rows: readonly Row[] = [
    ['Alarm', alarm && `${alarm.name}: ${alarm.state}`],
    ['Healthy by its checks', ratio(facts.healthy, facts.desired, facts.floor)],
    ['Requests failed', failed(facts.errors, facts.requests)],
    ['Grey failures', facts.blind && `cannot be seen: ${facts.blind}`],
    ['Stops used', `${facts.stopsUsed} of ${facts.stopsAllowed}`],
    ['Task', victim && taskName(entry)],
  ];
  return entry.kind === 'recovered' ? [took, ...rows] : [...rows, took];
}

function ratio(healthy?: number, desired?: number, floor?: number): string | undefined {
  if (healthy === undefined || desired === undefined) return undefined;
  return `${healthy} of ${desired}${floor === undefined ? '' : ` (never below ${floor})`}`;
}

function failed(errors?: number, requests?: number): string | undefined {
  if (errors === undefined || requests === undefined || requests === 0) return undefined;
  return `${errors} of ${requests} (${((errors / requests) * 100).toFixed(1)} %)`;
}

function durations({ ledger }: Entry): string | undefined {
  const parts = [
    spelled('alarm to stop', ledger.act),
    spelled('stop to all well', ledger.replace),
    spelled('alarm to recovered', ledger.recover),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('\n');
}

function spelled(name: string, span: DurationMillis | undefined): string | undefined {
  return span === undefined ? undefined : `${name} ${spell(span)}`;
}

function taskName({ kind, victim, at }: Entry): string | undefined {
  if (victim === undefined) return undefined;
  const { startedAt } = victim;
  const age =
    startedAt === undefined || !AT_THE_STOP.includes(kind)
      ? ''
      : `, ${spell(Math.max(0, at - startedAt) as DurationMillis)} old`;
  const zone = victim.zone === undefined ? '' : ` in ${victim.zone}`;
  return `${victim.taskId.slice(0, 8)}${zone}, ${victim.revision}${age}`;
}

/** Later on the task is no more. */
const AT_THE_STOP: readonly Entry['kind'][] = ['claimed', 'stopped', 'stop-refused'];

function story(entry: Entry, head: Headline): SectionBlock {
  return lines([
    ['What happened', shown(head.happened, SENTENCE_MAX)],
    ['What I did', shown(head.did, SENTENCE_MAX)],
    ['Next', shown(head.next, SENTENCE_MAX)],
    ['Until', pausedUntil(entry)],
    ['Asked for by', entry.requestedBy && shown(entry.requestedBy, PART_MAX)],
    ['Acknowledged by', entry.acknowledgedBy && shown(personOf(entry), PART_MAX)],
    ['Reason', entry.reason && codes(entry.reason, entry.cause?.code)],
  ]);
}

/** With its day, for a pause may last a week. */
function pausedUntil({ kind, until }: Entry): string | undefined {
  if (kind !== 'paused' || until === undefined) return undefined;
  return `${localDay(until)}, ${localTime(until)}`;
}

/** What is wrong and what mends it come before what the healer did about it. */
function diagnosis({ cause }: Entry): SectionBlock | undefined {
  if (cause === undefined) return undefined;
  const shows = cause.evidence.slice(0, LINES_MAX);
  return section(
    [
      `*What is wrong:* ${shown(cause.sentence, SENTENCE_MAX)}`,
      `*Likely fix:* ${shown(cause.fix, SENTENCE_MAX)}`,
      ...(shows.length === 0 ? [] : [codeBlock(shows, CAUSE_MAX)]),
    ].join('\n'),
  );
}

/** As the runbook lists them. */
function codes(reason: string, cause: string | undefined): string {
  return cause === undefined
    ? `\`${reason}\``
    : `\`${reason}\`, cause \`${shown(cause, PART_MAX)}\``;
}

function evidence({ victim }: Entry, count: number, max: number): SectionBlock | undefined {
  const last = victim?.lastErrors.slice(-count) ?? [];
  if (last.length === 0) return undefined;
  const trace = victim?.traceIds.at(-1);
  const traced = trace === undefined ? '' : `\nTrace \`${shown(trace, PART_MAX)}\``;
  return section(`*Its last error lines*\n${codeBlock(last, max)}${traced}`);
}

function origin(entry: Entry): ContextBlock | undefined {
  const parts = [entry.serviceId, entry.environment, entry.incidentId, entry.trigger];
  return context([localTime(entry.at), ...parts.map((part) => shown(part, PART_MAX))]);
}
