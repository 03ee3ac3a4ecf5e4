/** Drills, a broken healer and the weekly digest as Slack messages. */
import type {
  Assertion,
  BrokenNotice,
  DigestNotice,
  DrillNotice,
  Notice,
} from '../../core/notice.ts';
import { durationMillis, spell } from '../../core/time.ts';
import {
  compose,
  context,
  fields,
  lines,
  type SlackMessage,
  type State,
  section,
  type Verdict,
} from './blocks.ts';
import { buttons } from './buttons.ts';
import { alarmUrl, placeOf } from './console-links.ts';
import { nameOf } from './headline.ts';
import { codeBlock, cut, localDay, localTime, shown } from './text.ts';

const PART_MAX = 100;
const TEXT_PART_MAX = 300;
const ROWS_MAX = 8;
const REPEATED_MAX = 3;

export function renderNotice(notice: Notice): SlackMessage {
  switch (notice.kind) {
    case 'drill':
      return notice.end === undefined ? drillStarted(notice) : drillEnded(notice, notice.end);
    case 'broken':
      return broken(notice);
    case 'digest':
      return digest(notice);
  }
}

function drillStarted(notice: DrillNotice): SlackMessage {
  const { method, blastRadius, stopConditions, stopCommand, endsBy, lead } = notice;
  const until = new Date(endsBy).toISOString().slice(11, 16);
  const name = nameOf(notice.serviceId, notice.environment);
  const verdict = {
    ...DRILL,
    sentence: `started on ${name} by ${cut(lead, 30)}, ends by ${until} UTC.`,
    ask: 'Ignore alerts here.',
  };
  return compose(verdict, [
    fields([
      ['Level', notice.level],
      ['Lead', lead],
      ['Blast radius', blastRadius],
    ]),
    lines([
      ['What is done', shown(method, TEXT_PART_MAX)],
      ['Ends by', localTime(endsBy)],
      ['Stops at once when', shown(stopConditions.join('; '), TEXT_PART_MAX)],
      ['If a real alarm rings', 'the drill is aborted, and the usual policy applies'],
    ]),
    section(`*Stop it by*\n${codeBlock([stopCommand], TEXT_PART_MAX)}`),
    drillOrigin(notice),
  ]);
}

const DRILL = { emoji: ':construction:', state: 'DRILL', color: 'purple' } as const satisfies State;

const ENDS = {
  pass: { emoji: ':construction: :white_check_mark:', state: 'DRILL PASS', color: 'green' },
  fail: { emoji: ':construction: :x:', state: 'DRILL FAIL', color: 'red' },
  aborted: { emoji: ':construction: :no_entry_sign:', state: 'DRILL ABORTED', color: 'amber' },
} as const satisfies Record<string, State>;

function drillEnded(notice: DrillNotice, end: NonNullable<DrillNotice['end']>): SlackMessage {
  const name = nameOf(notice.serviceId, notice.environment);
  const verdict = {
    ...ENDS[end.verdict],
    sentence: `${name}: ${end.summary}.`,
    ask:
      end.verdict === 'pass'
        ? 'No action needed.'
        : `${cut(notice.lead, 30)} looks; nobody else need.`,
  } as const;
  return compose(verdict, [
    assertions(end.assertions),
    lines([
      ['What was done', shown(notice.method, TEXT_PART_MAX)],
      ['Put back', shown(end.rollback, TEXT_PART_MAX)],
    ]),
    buttons([{ label: 'Report', url: end.reportUrl, primary: true }]),
    drillOrigin(notice),
  ]);
}

/** What broke its limit comes first; the rest is counted where there is no room. */
function assertions(all: readonly Assertion[]): ReturnType<typeof section> | undefined {
  if (all.length === 0) return undefined;
  const sorted = all.toSorted((a, b) => Number(a.holds) - Number(b.holds));
  const told = sorted.slice(0, ROWS_MAX).map(({ name, measured, limit, holds }) => {
    const mark = holds ? ':white_check_mark: held' : ':x: *broken*';
    const numbers = `${shown(measured, PART_MAX)} (limit ${shown(limit, PART_MAX)})`;
    return `${mark}  ${shown(name, PART_MAX)}: ${numbers}`;
  });
  const rest = all.length - told.length;
  return section([...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'));
}

function drillOrigin(notice: DrillNotice): ReturnType<typeof context> {
  return context([
    'This is a drill',
    localTime(notice.at),
    ...[notice.serviceId, notice.environment, notice.drillId].map((part) => shown(part, PART_MAX)),
  ]);
}

function broken(notice: BrokenNotice): SlackMessage {
  const { environment, services, since, at, alarm, works = false } = notice;
  const place = alarm === undefined ? undefined : placeOf(alarm.arn);
  const url = alarm === undefined || place === undefined ? undefined : alarmUrl(place, alarm.name);
  const lasted = spell(durationMillis(Math.max(0, at - since)));
  // Not everything that an alarm rings for is tried again: a dead letter waits for a person.
  const again = alarm === undefined ? 'I try again at each look, and' : 'I';
  const next = works ? undefined : `${again} tell when it is over; ECS itself goes on as ever`;
  return compose(works ? mended(notice, lasted) : unable(notice), [
    fields([
      ['Not healed', services === undefined || works ? undefined : counted(services, 'service')],
      [works ? 'Lasted' : 'For', lasted],
      [alarm === undefined ? 'Error' : 'Alarm', notice.code],
    ]),
    lines([
      ['What happened', shown(notice.detail, TEXT_PART_MAX)],
      ['Likely fix', works ? undefined : shown(notice.hint, TEXT_PART_MAX)],
      ['Next', next],
    ]),
    buttons([
      { label: 'Runbook', url: notice.runbookUrl, primary: true },
      { label: 'Alarm', url },
      { label: 'Logs', url: notice.logsUrl },
    ]),
    context([localTime(at), shown(environment, PART_MAX), `since ${localTime(since)}`]),
  ]);
}

function unable({ cannot, environment, meanwhile, hint, canWait }: BrokenNotice): Verdict {
  const then = cut(meanwhile ?? 'nothing is healed', 100);
  return {
    emoji: ':rotating_light:',
    state: 'HEALER BROKEN',
    color: 'red',
    sentence: `in ${cut(environment, 20)}: I cannot ${cut(cannot, 200)}; ${then}.`,
    ask: canWait === true ? 'Look in work hours.' : 'A person must look.',
    fix: hint,
  };
}

/** Says which trouble is over: there may be another. */
function mended({ cannot, environment }: BrokenNotice, lasted: string): Verdict {
  return {
    emoji: ':wrench: :white_check_mark:',
    state: 'HEALER MENDED',
    color: 'green',
    sentence: `in ${cut(environment, 20)} after ${lasted}: I could not ${cut(cannot, 200)}.`,
    ask: 'No action needed.',
  };
}

function digest(notice: DigestNotice): SlackMessage {
  const { environment, incidents, recovered, escalated, open, stops, drills } = notice;
  const ends = `${recovered} recovered, ${escalated} needed a person`;
  const result = `${counted(incidents, 'incident')}, ${ends}`;
  const verdict = {
    emoji: ':bar_chart:',
    state: 'WEEKLY',
    color: 'grey',
    sentence: `${cut(environment, 20)}: ${result}.`,
    ask: open === 0 ? 'No action needed.' : `${counted(open, 'incident')} still open.`,
  } as const;
  return compose(verdict, [
    fields([
      ['Guarded services', String(notice.services)],
      ['Recovered', `${recovered} of ${incidents}`],
      ['Tasks stopped', String(stops)],
      [
        'Alarm to recovered',
        notice.recover === undefined
          ? undefined
          : `${spell(durationMillis(notice.recover))} (median)`,
      ],
      ['Drills passed', `${drills.passed} of ${drills.run}`],
      ['Still open', String(open)],
    ]),
    repeated(notice),
    unread(notice),
    buttons([{ label: 'Report', url: notice.reportUrl }]),
    context([`${localDay(notice.from)} to ${localDay(notice.to)}`, shown(environment, PART_MAX)]),
  ]);
}

function repeated(notice: DigestNotice): ReturnType<typeof section> | undefined {
  if (notice.repeated.length === 0) return undefined;
  const told = notice.repeated.slice(0, REPEATED_MAX).map(({ serviceId, incidents, hint }) => {
    const name = shown(serviceId, PART_MAX);
    return `• *${name}* ${incidents} times: ${shown(hint, TEXT_PART_MAX)}`;
  });
  return section(`Ill again and again:\n${told.join('\n')}`);
}

function unread({ unread: missing = [] }: DigestNotice): ReturnType<typeof section> | undefined {
  if (missing.length === 0) return undefined;
  const told = missing.slice(0, REPEATED_MAX).map(({ serviceId, why }) => {
    return `• *${shown(serviceId, PART_MAX)}*: ${shown(why, TEXT_PART_MAX)}`;
  });
  const rest = missing.length - told.length;
  const more = rest > 0 ? [`and ${rest} more`] : [];
  return section(
    `Could not be read, and are in no other number:\n${[...told, ...more].join('\n')}`,
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
