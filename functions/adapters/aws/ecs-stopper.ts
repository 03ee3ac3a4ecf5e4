import { type ECSClient, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { TaskStopper } from '../../ports/task-stopper.ts';
import { translate } from './errors.ts';

/**
 * Stops one named task. Repeating it is safe: the same ARN, never another.
 *
 * A task that ECS no longer knows has stopped already, which is what was wanted.
 */
export function ecsStopper(client: ECSClient): TaskStopper {
  return {
    async stop(service, taskArn, reason, abortSignal) {
      const command = new StopTaskCommand({ cluster: service.clusterArn, task: taskArn, reason });
      try {
        await client.send(command, { abortSignal });
        return { kind: 'accepted' };
      } catch (error) {
        const failure = translate(error, 'ecs:StopTask');
        if (/referenced task was not found/i.test(failure.message)) return { kind: 'accepted' };
        return { kind: failure.retryable ? 'unknown' : 'refused', message: failure.message };
      }
    },
  };
}
