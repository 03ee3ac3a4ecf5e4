/** The points that a drill is retold by, each with who tells it. */
import type { LabEvent, RecordedCall } from '../../lab/events.ts';
import { CALLER } from '../../lab/names.ts';
import type { Journal } from '../journal.ts';
import { isFailed } from '../load.ts';
import { Clock } from './clock.ts';
import { type Html, html, section, table } from './html.ts';

export interface Point {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what: string;
  readonly source: string;
}

/** Every point since the fault, oldest first. */
export function pointsOf(journal: Journal): readonly Point[] {
  const zero = Date.parse(journal.faultAt ?? journal.start);
  const points = [
    ...drillPoints(journal, zero),
    ...requestPoints(journal, zero),
    ...alarmPoints(journal, zero),
    ...healerPoints(journal, zero),
    ...taskPoints(journal, zero),
    ...messagePoints(journal),
  ];
  return points.toSorted((a, b) => a.at - b.at);
}

export function timeline(journal: Journal): Html {
  const clock = new Clock(journal);
  return section(
    'Timeline',
    html`<p>T0 is the fault. AWS’s periods were divided by ${journal.timeFactor};
the pace of AWS multiplies by it.</p>\n`,
    table({
      caption: 'What happened, in order',
      headings: ['time', 'what', 'AWS’s pace'],
      className: 'timeline',
      rows: pointsOf(journal).map(({ at, what, source }) => [
        clock.cell(at),
        html`${what} <small>${source}</small>`,
        clock.paced(at),
      ]),
    }),
  );
}

function drillPoints({ run, rollbacks, faultAt }: Journal, zero: number): readonly Point[] {
  const steps = run.filter(({ type, start }) => type === 'action' && Date.parse(start) >= zero);
  const told = (prefix: string) => (step: Journal['run'][number]) => ({
    at: Date.parse(step.start),
    what: `${prefix}: ${step.name}`,
    source: 'drill',
  });
  return faultAt === undefined
    ? rollbacks.map(told('rollback'))
    : [...steps.map(told('fault')), ...rollbacks.map(told('rollback'))];
}

function requestPoints({ requests }: Journal, zero: number): readonly Point[] {
  const failed = requests.answers
    .filter((answer) => answer.at >= zero && isFailed(answer))
    .toSorted((a, b) => a.at - b.at);
  const [first, last] = [failed[0], failed.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [
    { at: first.at, what: `first failed request: ${first.status}`, source: 'load' },
    { at: last.at, what: `last failed request: ${last.status}`, source: 'load' },
  ];
}

function alarmPoints({ events }: Journal, zero: number): readonly Point[] {
  return events.flatMap((event): readonly Point[] => {
    if (event.kind !== 'alarm-state' || event.at < zero) return [];
    const { at, alarmName, from, to } = event;
    return [{ at, what: `alarm ${alarmName}: ${from} → ${to}`, source: 'CloudWatch' }];
  });
}

/** The first time of each kind, and of each reason of a hold: a timeline has every look again. */
function healerPoints({ timeline: entries, events }: Journal, zero: number): readonly Point[] {
  const seen = new Set<string>();
  const decided = entries.flatMap(({ at, kind, reason, detail, incidentId, seq }) => {
    const name = `${incidentId} ${kind} ${reason ?? ''} ${kind === 'held' ? '' : seq}`;
    if (kind === 'stopped' || seen.has(name)) return [];
    seen.add(name);
    const why = reason === undefined ? '' : ` (${reason})`;
    return [{ at, what: `${kind}${why}: ${detail}`, source: 'incident record' }];
  });
  const rang = events.find(
    (event) => event.kind === 'alarm-state' && event.at >= zero && event.to === 'ALARM',
  );
  const invoked = events.find(
    (event) =>
      event.kind === 'invocation' &&
      event.functionName === 'remediate' &&
      event.outcome === 'started' &&
      event.at >= (rang?.at ?? Number.POSITIVE_INFINITY),
  );
  const start = invoked && { at: invoked.at, what: 'healer invoked', source: 'Lambda' };
  return [...(start === undefined ? [] : [start]), ...decided];
}

/** Stops, and what became of the tasks that they meant and of those that came after. */
function taskPoints({ events }: Journal, zero: number): readonly Point[] {
  const statuses = events.filter((event) => event.kind === 'task-status');
  const known = new Set(statuses.filter(({ at }) => at < zero).map(({ taskArn }) => taskArn));
  const since = events.filter(({ at }) => at >= zero);
  const stops = since.filter(
    (event): event is RecordedCall =>
      event.kind === 'call' && event.operation === 'StopTask' && event.caller === CALLER.remediate,
  );
  const stopped = new Set(stops.map(taskOf));
  return [
    ...stops.map((call) => {
      const answer = call.status === 200 ? 'accepted' : `refused with ${call.status}`;
      return { at: call.endedAt, what: `StopTask ${short(taskOf(call))} ${answer}`, source: 'ECS' };
    }),
    ...since.flatMap((event): readonly Point[] => {
      const what = tellTask(event, known, stopped);
      const source = event.kind === 'target-state' ? 'load balancer' : 'ECS';
      return what === undefined ? [] : [{ at: event.at, what, source }];
    }),
  ];
}

function tellTask(
  event: LabEvent,
  known: ReadonlySet<string>,
  stopped: ReadonlySet<string>,
): string | undefined {
  if (event.kind === 'task-status') {
    const { taskArn, status } = event;
    if (stopped.has(taskArn) && status === 'STOPPED') return `task ${short(taskArn)} is STOPPED`;
    const isNew = !known.has(taskArn) && status === 'RUNNING';
    return isNew ? `new task ${short(taskArn)} is RUNNING` : undefined;
  }
  if (event.kind !== 'target-state' || event.state !== 'healthy') return undefined;
  const { taskArn } = event;
  if (taskArn === undefined || known.has(taskArn)) return undefined;
  return `target of new task ${short(taskArn)} is healthy`;
}

function taskOf({ input }: RecordedCall): string {
  return String((input as { readonly task?: unknown }).task);
}

function messagePoints({ events }: Journal): readonly Point[] {
  return events.flatMap((event): readonly Point[] => {
    if (event.kind !== 'slack') return [];
    const text = String((event.payload as { readonly text?: unknown }).text);
    const what = event.status === 200 ? `message: ${text}` : `refused: ${event.answer}`;
    return [{ at: event.at, what, source: 'Slack' }];
  });
}

/** The first characters of a task's id, as people say it. */
export function short(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).slice(0, 8);
}
