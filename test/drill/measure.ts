/** From the recording of a drill to its numbers. Pure: events in, numbers out. */
import type { Entry } from '../../functions/core/entry.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { LabEvent, RecordedCall } from '../lab/events.ts';
import { CALLER } from '../lab/names.ts';
import { type Answer, isFailed } from './load.ts';
import { longestChain } from './round-trips.ts';
import type { MeasureName } from './scenario.ts';

export interface Recording {
  readonly events: readonly LabEvent[];
  readonly answers: readonly Answer[];
  /** Times are epoch milliseconds of the machine. */
  readonly faultAt: number;
  readonly factor: number;
  readonly illTaskArn: string;
  readonly tasks: number;
  readonly incident?: Incident;
  readonly timeline: readonly Entry[];
}

/** What could not be measured is absent: it did not happen, or there was nobody to do it. */
export type Measures = { readonly [M in MeasureName]?: number | string };

export function measure(recording: Recording): Measures {
  const { events, faultAt, factor, illTaskArn, incident } = recording;
  const since = events.filter((event) => event.at >= faultAt);
  const alarmAt = since.find((event) => event.kind === 'alarm-state' && event.to === 'ALARM')?.at;
  const stops = stopCalls(since);
  const stoppedAt = stops[0]?.endedAt;
  const replacedAt = stoppedAt === undefined ? undefined : healthyAgainAt(recording, stoppedAt);
  const recoveredAt = incident?.recoveredAt;
  const span = (from?: number, to?: number): number | undefined =>
    from === undefined || to === undefined ? undefined : ((to - from) * factor) / 1_000;
  const stopped = new Set(stops.map(taskOf));
  const values: { readonly [M in MeasureName]: number | string | undefined } = {
    detect: span(faultAt, alarmAt),
    act: span(alarmAt, stoppedAt),
    replace: span(stoppedAt, replacedAt),
    recover: span(faultAt, recoveredAt),
    stops: stops.length,
    stoppedIll: stopped.has(illTaskArn) ? 1 : 0,
    stoppedOther: [...stopped].filter((arn) => arn !== illTaskArn).length,
    state: incident?.state,
    escalation: recording.timeline.find(({ kind }) => kind === 'escalated')?.reason,
    held: heldFor(recording.timeline),
    announced: announced(since),
    failedAfter:
      recoveredAt === undefined ? undefined : failedAfter(recording.answers, recoveredAt),
    deliveries: alarmDeliveries(since),
    ...costOf(stops[0], since),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
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
function healthyAgainAt(
  { events, tasks, illTaskArn }: Recording,
  stoppedAt: number,
): number | undefined {
  const latest = new Map<string, Extract<LabEvent, { kind: 'target-state' }>>();
  for (const event of events) {
    if (event.kind !== 'target-state') continue;
    latest.set(event.target, event);
    const healthy = [...latest.values()].filter(
      ({ state, taskArn }) => state === 'healthy' && taskArn !== illTaskArn,
    );
    if (event.at > stoppedAt && event.state === 'healthy' && healthy.length >= tasks) {
      return event.at;
    }
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

/** State words of the messages that Slack took, in order. */
function announced(events: readonly LabEvent[]): string {
  const words = events.flatMap((event) => {
    if (event.kind !== 'slack' || event.status !== 200) return [];
    const text = String((event.payload as { text?: unknown }).text);
    return /^[A-Z]+(?: [A-Z]+)?\b/.exec(text)?.[0] ?? 'other';
  });
  return words.join(', ');
}

function failedAfter(answers: readonly Answer[], at: number): number {
  const later = answers.filter((answer) => answer.at >= at);
  return later.length === 0 ? 0 : (later.filter(isFailed).length / later.length) * 100;
}

function alarmDeliveries(events: readonly LabEvent[]): number {
  return events.filter(
    (event) =>
      event.kind === 'invocation' &&
      event.functionName === 'remediate' &&
      event.outcome === 'started' &&
      JSON.stringify(event.event).includes('CloudWatch Alarm State Change') &&
      /\\"state\\":\{\\"value\\":\\"ALARM\\"/.test(JSON.stringify(event.event)),
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
