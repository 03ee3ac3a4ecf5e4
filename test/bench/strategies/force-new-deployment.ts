import { OwnLog } from './own-log.ts';
import type { Strategy } from './strategy.ts';

/** Replaces everything by a rolling deployment of the same revision; refused for CODE_DEPLOY. */
export const forceNewDeployment: Strategy = {
  name: 'new deployment',
  description: 'UpdateService with forceNewDeployment on every ALARM; CODE_DEPLOY refuses it.',
  begin(world) {
    const log = new OwnLog(world);
    return {
      onAlarm({ service, state }) {
        if (state !== 'ALARM') return Promise.resolve();
        const refused = world.forceNewDeployment(service);
        if (refused === undefined) log.succeeded(service);
        return Promise.resolve();
      },
    };
  },
};
