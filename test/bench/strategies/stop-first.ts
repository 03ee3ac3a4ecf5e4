import { listTasks, OwnLog } from './own-log.ts';
import type { Strategy } from './strategy.ts';

/** Stops the task that happens to be listed first. */
export const stopFirst: Strategy = {
  name: 'stop first',
  description: 'Stops the first task that ListTasks names, on every ALARM.',
  begin(world) {
    const log = new OwnLog(world);
    return {
      onAlarm({ service, state }) {
        const [first] = listTasks(service);
        if (state !== 'ALARM' || first === undefined) return Promise.resolve();
        world.stopTask(service, first.arn, 'self-healing');
        log.succeeded(service);
        return Promise.resolve();
      },
    };
  },
};
