import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmSetter } from '../../ports/drill.ts';
import { calling } from './errors.ts';

/** Sets an alarm by hand; CloudWatch says again what is true at its next evaluation. */
export function alarmSetter(client: CloudWatchClient): AlarmSetter {
  return {
    async set(AlarmName, StateValue, StateReason, abortSignal) {
      const command = new SetAlarmStateCommand({ AlarmName, StateValue, StateReason });
      await calling('cloudwatch:SetAlarmState', () => client.send(command, { abortSignal }));
    },
  };
}
