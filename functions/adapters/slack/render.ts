/** One timeline entry as Slack messages: whole for a webhook, or a root and its replies for a bot. */
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
import { type Headline, headline } from './headline.ts';
import { codeBlock, localTime, shown } from './text.ts';

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

export interface Reply extends SlackMessage {
  /** Whether the channel hears of it, too: an edit notifies nobody, and neither does a thread. */
  readonly broadcast: boolean;
}

/** For a bot: one step in the thread, with its evidence; it calls people where a person must look. */
export function renderReply(entry: Entry, options: RenderOptions = {}): Reply {
  const head = headline(entry);
  const isCall = needsPerson(entry);
  const mention = isCall && options.mention !== undefined ? mentionOf(options.mention) : undefined;
  const { text, blocks } = compose(head, [
    mention === undefined ? undefined : section(mention),
    diagnosis(entry),
    evidence(entry, THREAD_LINES_MAX, THREAD_EVIDENCE_MAX),
    context([localTime(entry.at), shown(entry.trigger, PART_MAX)]),
  ]);
  return { text, blocks, broadcast: isCall || entry.kind === 'reopened' };
}

/** @returns nothing for what is no id of a user group: a mistyped one would show as bare text. */
function mentionOf(group: string): string | undefined {
  return /^S[A-Z0-9]{2,20}$/.test(group) ? `<!subteam^${group}>` : undefined;
}

function needsPerson({ kind }: Entry): boolean {
  return kind === 'escalated' || kind === 'stop-refused';
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

function taskName({ victim, at }: Entry): string | undefined {
  if (victim === undefined) return undefined;
  const age =
    victim.startedAt === undefined
      ? ''
      : `, ${spell(Math.max(0, at - victim.startedAt) as DurationMillis)} old`;
  const zone = victim.zone === undefined ? '' : ` in ${victim.zone}`;
  return `${victim.taskId.slice(0, 8)}${zone}, ${victim.revision}${age}`;
}

function story(entry: Entry, head: Headline): SectionBlock {
  return lines([
    ['What happened', shown(head.happened, SENTENCE_MAX)],
    ['What I did', shown(head.did, SENTENCE_MAX)],
    ['Next', shown(head.next, SENTENCE_MAX)],
    ['Reason', entry.reason && codes(entry.reason, entry.cause?.code)],
  ]);
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
