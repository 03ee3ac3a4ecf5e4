import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmInspector, AlarmSetting } from '../../ports/operator.ts';
import { calling } from './errors.ts';

/** Names that one DescribeAlarms call takes. */
const NAMES_MAX = 100;

/** Says of each alarm whether it exists; a reader for decisions fails with the first that does not. */
export function alarmInspector(client: CloudWatchClient): AlarmInspector {
  return {
    async settings(arns, signal) {
      const found = new Map<string, AlarmSetting['state']>();
      for (let start = 0; start < arns.length; start += NAMES_MAX) {
        const names = arns.slice(start, start + NAMES_MAX).map(nameOfArn);
        for (const [arn, state] of await describeAlarms(client, names, signal)) {
          found.set(arn, state);
        }
      }
      return arns.map((arn) => {
        const state = found.get(arn);
        return { arn, ...(state === undefined ? {} : { state }) };
      });
    },
  };
}

async function describeAlarms(
  client: CloudWatchClient,
  names: readonly string[],
  abortSignal: AbortSignal,
): Promise<readonly (readonly [string, AlarmSetting['state']])[]> {
  const command = new DescribeAlarmsCommand({
    AlarmNames: [...names],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: NAMES_MAX,
  });
  const answer = await calling('cloudwatch:DescribeAlarms', () =>
    client.send(command, { abortSignal }),
  );
  const alarms = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
  return alarms.map(({ AlarmArn = '', StateValue }) => [AlarmArn, StateValue] as const);
}

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`; the name itself may hold colons. */
function nameOfArn(arn: string): string {
  return arn.split(':').slice(6).join(':');
}
