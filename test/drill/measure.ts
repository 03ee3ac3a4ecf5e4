/** From the recording of a drill to its numbers. Pure: events in, numbers out. */

import type { Measures } from '../../functions/core/drill/verdict.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { LabEvent, RecordedCall } from '../lab/events.ts';
import { CALLER, SERVICE_ID } from '../lab/names.ts';
import { countFalseRecoveries } from './false-recoveries.ts';
import type { FaultSpan } from './fault-log.ts';
import { type Answer, isFailed } from './load.ts';
import { longestChain } from './round-trips.ts';
import { countFloorBreaches, Targets } from './targets.ts';
import type { MeasureName } from './tolerance.ts';

export interface Recording {
  readonly events: readonly LabEvent[];
  readonly answers: readonly Answer[];
  /** Times are epoch milliseconds of the machine. */
  readonly faultAt: number;
  readonly factor: number;
  /** What the drill broke, and when it was whole again. */
  readonly faults: readonly FaultSpan[];
  /** ARNs of the tasks that the drill made ill. */
  readonly illTasks: ReadonlySet<string>;
  /** ARNs of every task of checkout-api, those that have stopped too. */
  readonly ownTasks: ReadonlySet<string>;
  readonly tasks: number;
  /** Healthy tasks that must remain after a stop. */
  readonly floor: number;
  readonly backend?: { readonly floor: number; readonly incident?: Incident };
  readonly incident?: Incident;
  /** Of every service, oldest first. */
  readonly timeline: readonly Entry[];
}

export type { Measures } from '../../functions/core/drill/verdict.ts';

export function measure(recording: Recording): Measures {
  const { events, answers, faultAt, factor, incident, backend } = recording;
  const since = events.filter((event) => event.at >= faultAt);
  const alarmAt = since.find((event) => event.kind === 'alarm-state' && event.to === 'ALARM')?.at;
  const [firstStop] = stopCalls(since);
  const stoppedAt = firstStop?.endedAt;
  const replacedAt = firstStop === undefined ? undefined : healthyAgainAt(recording, firstStop);
  const recoveredAt = incident?.recoveredAt;
  const own = recording.timeline.filter(({ serviceId }) => serviceId === SERVICE_ID);
  const span = (from?: number, to?: number): number | undefined =>
    from === undefined || to === undefined ? undefined : ((to - from) * factor) / 1_000;
  const values: { readonly [M in MeasureName]: number | string | undefined } = {
    detect: span(faultAt, alarmAt),
    act: span(alarmAt, stoppedAt),
    replace: span(stoppedAt, replacedAt),
    recover: span(faultAt, recoveredAt),
    ...countStops(recording, stopCalls(since)),
    state: incident?.state,
    backendState: backend?.incident?.state,
    open: span(faultAt, own.find(({ kind }) => kind === 'opened')?.at),
    entries: own.length,
    ...sayIncident(own),
    announced: announced(since),
    falseRecovered: countFalseRecoveries(recording),
    failedSince: answers.filter((answer) => answer.at >= faultAt && isFailed(answer)).length,
    failedAfter: recoveredAt === undefined ? undefined : failedAfter(answers, recoveredAt),
    deliveries: alarmDeliveries(since, 'ALARM'),
    clearings: alarmDeliveries(since, 'OK'),
    ...costOf(firstStop, since),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

type Values<M extends MeasureName> = { readonly [N in M]: number | string | undefined };

function countStops(
  recording: Recording,
  stops: readonly RecordedCall[],
): Values<'stops' | 'stoppedIll' | 'stoppedOther' | 'stoppedBackend' | 'floorBreaches'> {
  const { illTasks, ownTasks, floor, backend } = recording;
  const stopped = [...new Set(stops.map(taskOf))];
  const ill = stopped.filter((task) => illTasks.has(task)).length;
  const behind = stopped.filter((task) => !ownTasks.has(task)).length;
  const floorOf = (task: string) => (ownTasks.has(task) ? floor : (backend?.floor ?? floor));
  const accepted = stops.map((call) => ({ at: call.at, task: taskOf(call) }));
  return {
    stops: stops.length,
    stoppedIll: ill,
    stoppedOther: stopped.length - ill,
    stoppedBackend: backend === undefined ? undefined : behind,
    floorBreaches: countFloorBreaches(recording.events, accepted, floorOf),
  };
}

/** What the healer itself says of the incident, in its timeline. */
function sayIncident(
  timeline: readonly Entry[],
): Values<'incidents' | 'reopened' | 'escalation' | 'cause' | 'outcome' | 'held'> {
  const of = (kind: Entry['kind']) => timeline.filter((entry) => entry.kind === kind);
  const escalated = of('escalated');
  const holds = of('held').toReversed();
  const causes = [...escalated, ...holds].flatMap(({ cause }) => cause?.code ?? []);
  return {
    incidents: new Set(of('opened').map(({ incidentId }) => incidentId)).size,
    reopened: of('reopened').length,
    escalation: escalated[0]?.reason,
    cause: causes[0],
    outcome: of('recovered').at(-1)?.outcome,
    held: heldFor(timeline),
  };
}

function stopCalls(events: readonly LabEvent[]): readonly RecordedCall[] {
  return events.filter(
    (event) =>
      event.kind === 'call' &&
      event.operation === 'StopTask' &&
      event.caller === CALLER.remediate &&
      event.status === 200,
  ) as readonly RecordedCall[];
}

function taskOf(call: RecordedCall): string {
  return String((call.input as { task?: unknown }).task);
}

/** When as many targets as there should be were healthy again, the stopped one not among them. */
function healthyAgainAt({ events, tasks }: Recording, stop: RecordedCall): number | undefined {
  const targets = new Targets();
  const stopped = taskOf(stop);
  for (const event of events) {
    if (event.kind !== 'target-state') continue;
    targets.note(event);
    if (event.at <= stop.endedAt || event.state !== 'healthy') continue;
    if (targets.healthyBeside(stopped).length >= tasks) return event.at;
  }
  return undefined;
}

/** Reasons that pass by themselves are left out: they come in every recovery. */
const PASSING = ['alarm-cleared', 'settling', 'lock-held', 'starting', 'no-suspect'];

function heldFor(timeline: readonly Entry[]): string | undefined {
  const reasons = timeline.flatMap(({ kind, reason }) =>
    kind === 'held' && reason !== undefined && !PASSING.includes(reason) ? [reason] : [],
  );
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join(', ');
}

/**
 * State words of the messages that Slack took, in order. A bot edits its one message for each state, and repeats the
 * step in the thread: the replies are left out, and so is what it shows without telling anybody.
 */
function announced(events: readonly LabEvent[]): string {
  const words = events.flatMap((event) => {
    if (event.kind !== 'slack' || event.status !== 200) return [];
    const payload = event.payload as { text?: unknown; thread_ts?: unknown; metadata?: unknown };
    if (payload.thread_ts !== undefined || isQuiet(payload.metadata)) return [];
    const text = String(payload.text);
    return /^[A-Z]+(?: [A-Z]+)?\b/.exec(text)?.[0] ?? 'other';
  });
  return words.join(', ');
}

/** Sent as an object, or as a form with JSON in it. */
function isQuiet(metadata: unknown): boolean {
  return /\\?"quiet\\?":true/.test(JSON.stringify(metadata ?? ''));
}

function failedAfter(answers: readonly Answer[], at: number): number {
  const later = answers.filter((answer) => answer.at >= at);
  return later.length === 0 ? 0 : (later.filter(isFailed).length / later.length) * 100;
}

function alarmDeliveries(events: readonly LabEvent[], state: 'ALARM' | 'OK'): number {
  // Inside the body of the message that brings it.
  const changed = String.raw`\"state\":{\"value\":\"${state}\"`;
  return events.filter(
    (event) =>
      event.kind === 'invocation' &&
      event.functionName === 'remediate' &&
      event.outcome === 'started' &&
      JSON.stringify(event.event).includes('CloudWatch Alarm State Change') &&
      JSON.stringify(event.event).includes(changed),
  ).length;
}

function costOf(
  stop: RecordedCall | undefined,
  events: readonly LabEvent[],
): { roundTrips: number | undefined; calls: number | undefined } {
  if (stop?.traceId === undefined) return { roundTrips: undefined, calls: undefined };
  const calls = events.filter(
    (event): event is RecordedCall => event.kind === 'call' && event.traceId === stop.traceId,
  );
  const upToStop = calls.filter((call) => call.at <= stop.at);
  return { roundTrips: longestChain(upToStop), calls: calls.length };
}
