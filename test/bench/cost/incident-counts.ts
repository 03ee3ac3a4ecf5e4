/** What one incident costs in calls: counted in the journal of a drill, from its alarm to `RECOVERED`. */
import type { CountedCalls, IncidentCounts } from '../../../infra/docs/incident-calls.ts';
import type { Journal } from '../../drill/journal.ts';
import type { LabEvent, RecordedCall } from '../../lab/events.ts';
import { CALLER } from '../../lab/names.ts';
import { dynamoUnits } from './dynamo-units.ts';

type Invocation = Extract<LabEvent, { kind: 'invocation' }>;

const OWN: ReadonlySet<string> = new Set([CALLER.remediate, CALLER.notify]);

export function countIncident({ experiment, events }: Journal): IncidentCounts {
  const calls = events.filter(isCall).filter(({ caller }) => OWN.has(caller));
  const invocations = events.filter(isInvocation);
  const started = (name: string) =>
    invocations.filter((one) => one.outcome === 'started' && one.functionName === name);
  const lines = events.flatMap((event) => (event.kind === 'function-log' ? [event.line] : []));
  const queued = [...started('remediate'), ...started('notify')].filter(isFromQueue);
  const publishes = count(calls, 'Publish');
  return {
    drill: experiment.name,
    invocations: {
      remediate: started('remediate').length,
      notify: started('notify').length,
    },
    // Each message is sent, received and deleted.
    sqsRequests: 3 * queued.length,
    snsPublishes: publishes,
    // The topic's key, for each publish and each delivery.
    kmsRequests: 2 * publishes,
    secretReads: count(calls, 'GetSecretValue'),
    ...chargedFor(calls, lines),
  };
}

/** @param lines - of the functions' logs. */
export function chargedFor(calls: readonly RecordedCall[], lines: readonly string[]): CountedCalls {
  const { reads, writes } = dynamoUnits(calls);
  return {
    dynamoReads: reads,
    dynamoWrites: writes,
    alarmReads: count(calls, 'DescribeAlarms'),
    logKilobytes: round(sum(lines.map((line) => Buffer.byteLength(line) + 1)) / 1_000),
    customMetrics: metricsIn(lines).size,
  };
}

function count(calls: readonly RecordedCall[], operation: string): number {
  return calls.filter((call) => call.operation === operation).length;
}

/** Each different set of dimensions is a metric of its own. */
function metricsIn(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.filter((line) => line.includes('"_aws"')).flatMap(metricsOf));
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

function metricsOf(line: string): readonly string[] {
  const found = JSON.parse(line) as EmbeddedMetrics & Readonly<Record<string, unknown>>;
  return found._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) =>
        JSON.stringify([Namespace, Name, ...names.map((name) => [name, found[name]])]),
      ),
    ),
  );
}

function isFromQueue({ event }: Invocation): boolean {
  return JSON.stringify(event ?? '').includes('"eventSource":"aws:sqs"');
}

function isCall(event: LabEvent): event is RecordedCall {
  return event.kind === 'call';
}

function isInvocation(event: LabEvent): event is Invocation {
  return event.kind === 'invocation';
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const round = (value: number): number => Math.round(value * 100) / 100;
