import { listTasks, OwnLog } from './own-log.ts';
import type { Strategy } from './strategy.ts';

/**
 * Stops every task that runs, unless its own log says that it did so lately; says `successful`
 * after the calls.
 */
export const stopAll: Strategy = {
  name: 'stop all',
  description:
    'Stops every running task on ALARM, unless its own log has a success line of the last ' +
    '10 minutes.',
  begin(world) {
    const log = new OwnLog(world);
    return {
      onAlarm({ service, state }) {
        if (state !== 'ALARM' || log.hasSucceeded(service)) return Promise.resolve();
        const tasks = listTasks(service);
        for (const { arn } of tasks) world.stopTask(service, arn, 'self-healing');
        if (tasks.length > 0) log.succeeded(service);
        return Promise.resolve();
      },
    };
  },
};
