/**
 * One timeline entry as one Slack message, for an incoming webhook: it cannot edit or thread, so
 * each post stands alone.
 */
import type { ContextBlock, KnownBlock, SectionBlock } from '@slack/types';
import type { Entry } from '../../core/entry.ts';
import { spell } from '../../core/time.ts';
import type { ChatMessage } from '../../ports/messaging.ts';
import { type Headline, headline } from './headline.ts';
import { codeBlock, cut, escapeText, localTime, plain } from './text.ts';

/** Slack refuses a section text above 3,000 characters and a field above 2,000; a reader refuses less. */
const SECTION_MAX = 2_900;
const SENTENCE_MAX = 600;
const FIELD_MAX = 400;
const PART_MAX = 160;
const LINES_MAX = 3;
const CAUSE_MAX = 1_000;

export function renderSlack(entry: Entry): ChatMessage {
  const head = headline(entry);
  const blocks: readonly (KnownBlock | undefined)[] = [
    section(`${head.emoji} *${head.state}*  ${shown(head.sentence, SENTENCE_MAX)}\n${head.ask}`),
    fields(entry),
    diagnosis(entry),
    section(story(entry, head)),
    evidence(entry),
    context(entry),
  ];
  return {
    text: `${cut(escapeText(`${head.state} ${head.sentence}`), SENTENCE_MAX)} ${head.ask}${because(entry)}`,
    blocks: blocks.filter((block) => block !== undefined),
  };
}

/** For those who see the text only. */
function because({ cause }: Entry): string {
  if (cause === undefined) return '';
  return ` ${cut(escapeText(`${cause.sentence} ${cause.fix}`), SENTENCE_MAX)}`;
}

function shown(text: string, max: number): string {
  return cut(plain(text), max);
}

function section(text: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_MAX) } };
}

/** Numbers beside their limits; what is not known is left out rather than guessed. */
function fields(entry: Entry): SectionBlock | undefined {
  const { facts, ledger, victim } = entry;
  const alarm = facts.alarms.find(({ state }) => state === 'ALARM') ?? facts.alarms[0];
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Alarm', alarm && `${alarm.name}: ${alarm.state}`],
    ['Healthy by its checks', ratio(facts.healthy, facts.desired, facts.floor)],
    ['Requests failed', failed(facts.errors, facts.requests)],
    ['Grey failures', facts.blind && `cannot be seen: ${facts.blind}`],
    ['Task', victim && taskName(entry)],
    ['Stops used', `${facts.stopsUsed} of ${facts.stopsAllowed}`],
    ['Alarm to stop', ledger.act === undefined ? undefined : spell(ledger.act)],
    ['Stop to all well', ledger.replace === undefined ? undefined : spell(ledger.replace)],
    ['Alarm to recovered', ledger.recover === undefined ? undefined : spell(ledger.recover)],
  ];
  const known = rows.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ type: 'mrkdwn' as const, text: cut(`*${name}*\n${plain(value)}`, FIELD_MAX) }],
  );
  return known.length === 0 ? undefined : { type: 'section', fields: known };
}

function ratio(healthy?: number, desired?: number, floor?: number): string | undefined {
  if (healthy === undefined || desired === undefined) return undefined;
  return `${healthy} of ${desired}${floor === undefined ? '' : ` (never below ${floor})`}`;
}

function failed(errors?: number, requests?: number): string | undefined {
  if (errors === undefined || requests === undefined || requests === 0) return undefined;
  return `${errors} of ${requests} (${((errors / requests) * 100).toFixed(1)} %)`;
}

function taskName({ victim, at }: Entry): string | undefined {
  if (victim === undefined) return undefined;
  const age =
    victim.startedAt === undefined
      ? ''
      : `, ${spell(Math.max(0, at - victim.startedAt) as never)} old`;
  const zone = victim.zone === undefined ? '' : ` in ${victim.zone}`;
  return `${victim.taskId.slice(0, 8)}${zone}, ${victim.revision}${age}`;
}

function story(entry: Entry, head: Headline): string {
  return [
    `*What happened:* ${shown(head.happened, SENTENCE_MAX)}`,
    `*What I did:* ${shown(head.did, SENTENCE_MAX)}`,
    `*Next:* ${shown(head.next, SENTENCE_MAX)}`,
    ...(entry.reason === undefined ? [] : [`*Reason:* ${codes(entry.reason, entry.cause?.code)}`]),
  ].join('\n');
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

function evidence({ victim }: Entry): SectionBlock | undefined {
  const lines = victim?.lastErrors.slice(-LINES_MAX) ?? [];
  if (lines.length === 0) return undefined;
  const trace = victim?.traceIds.at(-1);
  const traced = trace === undefined ? '' : `\nTrace \`${shown(trace, PART_MAX)}\``;
  return section(`*Its last error lines*\n${codeBlock(lines, 2_000)}${traced}`);
}

function context(entry: Entry): ContextBlock {
  const parts = [entry.serviceId, entry.environment, entry.incidentId, entry.trigger];
  const text = `${localTime(entry.at)}  ·  ${parts.map((part) => shown(part, PART_MAX)).join('  ·  ')}`;
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cut(text, SECTION_MAX) }] };
}
