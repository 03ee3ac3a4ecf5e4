/** The points that a drill is retold by, each with who tells it. */
import type { LabEvent } from '../../lab/events.ts';
import type { Journal } from '../journal.ts';
import { isFailed } from '../load.ts';
import { Clock } from './clock.ts';
import { type Html, html, section, table } from './html.ts';
import { isStop, short, stoppedTask } from './stops.ts';

export interface Point {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what: string;
  readonly source: string;
  /** What is told once of several in a row: the id of this one, and the words for many. */
  readonly alike?: { readonly id: string; readonly many: string };
}

/** Ids of a row that are told. */
const NAMED_MAX = 4;

/** Every point since the fault, oldest first. */
export function pointsOf(journal: Journal): readonly Point[] {
  const zero = Date.parse(journal.faultAt ?? journal.start);
  const points = [
    ...drillPoints(journal, zero),
    ...requestPoints(journal, zero),
    ...recordPoints(journal),
    ...eventPoints(journal.events, zero),
  ];
  return joinAlike(
    points.toSorted((a, b) => a.at - b.at),
    zero,
  );
}

/** What the stream tells since `zero`, in epoch milliseconds. */
export function eventPoints(events: readonly LabEvent[], zero: number): readonly Point[] {
  return [
    ...alarmPoints(events, zero),
    ...invocationPoints(events, zero),
    ...taskPoints(events, zero),
    ...messagePoints(events),
  ];
}

export function timeline(journal: Journal): Html {
  const clock = new Clock(journal);
  const { timeFactor } = journal;
  const isPaced = timeFactor !== 1;
  const pace = `AWS’s periods were divided by ${timeFactor}; the pace of AWS multiplies by it.`;
  return section(
    'Timeline',
    html`<p>T0 is the fault. ${isPaced ? pace : undefined}</p>\n`,
    table({
      caption: 'What happened, in order',
      headings: ['time', 'what', ...(isPaced ? ['AWS’s pace'] : [])],
      className: 'timeline',
      rows: pointsOf(journal).map(({ at, what, source }) => [
        clock.cell(at),
        html`${what} <small>${source}</small>`,
        ...(isPaced ? [clock.paced(at)] : []),
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

function alarmPoints(events: readonly LabEvent[], zero: number): readonly Point[] {
  return events.flatMap((event): readonly Point[] => {
    if (event.kind !== 'alarm-state' || event.at < zero) return [];
    const { at, alarmName, from, to } = event;
    return [{ at, what: `alarm ${alarmName}: ${from} → ${to}`, source: 'CloudWatch' }];
  });
}

/** The first time of each kind, and of each reason of a hold: a timeline has every look again. */
function recordPoints({ timeline: entries }: Journal): readonly Point[] {
  const seen = new Set<string>();
  const services = new Set(entries.map(({ serviceId }) => serviceId));
  return entries.flatMap(({ at, kind, reason, detail, incidentId, seq, serviceId }) => {
    const name = `${incidentId} ${kind} ${reason ?? ''} ${kind === 'held' ? '' : seq}`;
    if (kind === 'stopped' || seen.has(name)) return [];
    seen.add(name);
    const why = reason === undefined ? '' : ` (${reason})`;
    const whose = services.size > 1 ? `${serviceId.split('/').at(-1)} ` : '';
    return [{ at, what: `${whose}${kind}${why}: ${detail}`, source: 'incident record' }];
  });
}

/** The first one after an alarm. */
function invocationPoints(events: readonly LabEvent[], zero: number): readonly Point[] {
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
  return invoked === undefined
    ? []
    : [{ at: invoked.at, what: 'healer invoked', source: 'Lambda' }];
}

/** Stops, and what became of the tasks that they meant and of those that came after. */
function taskPoints(events: readonly LabEvent[], zero: number): readonly Point[] {
  const statuses = events.filter((event) => event.kind === 'task-status');
  const known = new Set(statuses.filter(({ at }) => at < zero).map(({ taskArn }) => taskArn));
  const since = events.filter(({ at }) => at >= zero);
  const stops = since.filter(isStop);
  const stopped = new Set(stops.map(stoppedTask));
  return [
    ...stops.map((call) => {
      const answer = call.status === 200 ? 'accepted' : `refused with ${call.status}`;
      return {
        at: call.endedAt,
        what: `StopTask ${short(stoppedTask(call))} ${answer}`,
        source: 'ECS',
      };
    }),
    ...since.flatMap((event) => tellTask(event, known, stopped)),
  ];
}

function tellTask(
  event: LabEvent,
  known: ReadonlySet<string>,
  stopped: ReadonlySet<string>,
): readonly Point[] {
  if (event.kind !== 'task-status' && event.kind !== 'target-state') return [];
  const { at, kind, taskArn } = event;
  if (taskArn === undefined) return [];
  const id = short(taskArn);
  const isNew = !known.has(taskArn);
  if (kind === 'target-state') {
    if (!isNew || event.state !== 'healthy') return [];
    const alike = { id, many: 'targets of new tasks are healthy' };
    return [{ at, what: `target of new task ${id} is healthy`, source: 'load balancer', alike }];
  }
  if (stopped.has(taskArn) && event.status === 'STOPPED') {
    return [{ at, what: `task ${id} is STOPPED`, source: 'ECS' }];
  }
  if (!isNew || event.status !== 'RUNNING') return [];
  const alike = { id, many: 'new tasks are RUNNING' };
  return [{ at, what: `new task ${id} is RUNNING`, source: 'ECS', alike }];
}

/** As in a crash loop: what comes again and again, with nothing else between, is one point. */
export function joinAlike(points: readonly Point[], zero: number): readonly Point[] {
  const groups: Point[][] = [];
  for (const point of points) {
    const group = groups.at(-1);
    const words = point.alike?.many;
    if (group !== undefined && words !== undefined && group[0]?.alike?.many === words) {
      group.push(point);
    } else {
      groups.push([point]);
    }
  }
  return groups.flatMap((group): readonly Point[] => {
    const [first] = group;
    const [alike, last] = [first?.alike, group.at(-1)];
    if (first === undefined || alike === undefined || last === first) return group;
    const ids = group.map((point) => point.alike?.id);
    const named =
      ids.length > NAMED_MAX ? `${ids.slice(0, NAMED_MAX).join(', ')}, …` : ids.join(', ');
    const until = (((last?.at ?? first.at) - zero) / 1_000).toFixed(1);
    const what = `${group.length} ${alike.many}, the last at T+${until} s: ${named}`;
    return [{ at: first.at, what, source: first.source }];
  });
}

function messagePoints(events: readonly LabEvent[]): readonly Point[] {
  return events.flatMap((event): readonly Point[] => {
    if (event.kind !== 'slack') return [];
    const text = String((event.payload as { readonly text?: unknown }).text);
    const what = event.status === 200 ? `message: ${text}` : `refused: ${event.answer}`;
    return [{ at: event.at, what, source: 'Slack' }];
  });
}
