import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { HealerError } from '../../core/errors.ts';
import type { AlarmReading } from '../../core/observation.ts';
import { epochMillis } from '../../core/time.ts';
import type { AlarmReader } from '../../ports/readers.ts';
import { Pace, patiently, type Time } from './pace.ts';

/** What a metric alarm and a composite alarm have in common in the API's answer. */
interface AnyAlarm {
  readonly AlarmArn?: string | undefined;
  readonly AlarmName?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly StateReason?: string | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
  readonly StateTransitionedTimestamp?: Date | undefined;
  readonly ActionsSuppressedBy?: string | undefined;
}

/** Names that one DescribeAlarms call takes. */
const NAMES_MAX = 100;

/** CloudWatch documents 9 in a second, for all processes together: one that works alone rarely needs one. */
const ALARM_READS = { burst: 5, perSecond: 1.8 };

/** Reads the live state of alarms; the message that woke us may be minutes old. */
export function cloudWatchAlarms(client: CloudWatchClient, time?: Time): AlarmReader {
  const pace = new Pace(ALARM_READS, time);
  return {
    async alarms(arns, signal) {
      const found = await Promise.all(
        chunks(arns, NAMES_MAX).map((chunk) =>
          describeAlarms({ client, pace, time }, chunk, signal),
        ),
      );
      const byArn = new Map(found.flat().map((alarm) => [alarm.AlarmArn, alarm]));
      return arns.map((arn) => toReading(arn, byArn.get(arn)));
    },
  };
}

interface AlarmSource {
  readonly client: CloudWatchClient;
  readonly pace: Pace;
  readonly time?: Time | undefined;
}

async function describeAlarms(
  { client, pace, time }: AlarmSource,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<readonly AnyAlarm[]> {
  const command = new DescribeAlarmsCommand({
    AlarmNames: arns.map(nameOfArn),
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: NAMES_MAX,
  });
  const describe = () => client.send(command, { abortSignal });
  const answer = await patiently('cloudwatch:DescribeAlarms', describe, {
    signal: abortSignal,
    pace,
    time,
  });
  return [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
}

function toReading(arn: string, alarm: AnyAlarm | undefined): AlarmReading {
  const since = alarm?.StateTransitionedTimestamp ?? alarm?.StateUpdatedTimestamp;
  const state = alarm?.StateValue;
  if (since === undefined || !isState(state)) {
    const got = alarm === undefined ? 'no such alarm' : `state ${state ?? 'missing'}`;
    throw new HealerError('dependency.missing', `alarm ${arn}: ${got}`, { details: { arn } });
  }
  return {
    arn,
    name: alarm?.AlarmName ?? nameOfArn(arn),
    state,
    since: epochMillis(since.getTime()),
    reason: alarm?.StateReason ?? '',
    suppressed: alarm?.ActionsSuppressedBy !== undefined,
  };
}

function isState(state: string | undefined): state is AlarmReading['state'] {
  return state === 'OK' || state === 'ALARM' || state === 'INSUFFICIENT_DATA';
}

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`; the name itself may hold colons. */
function nameOfArn(arn: string): string {
  return arn.split(':').slice(6).join(':');
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
