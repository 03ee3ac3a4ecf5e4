import type { Strategy } from './strategy.ts';

/** The control: nobody but ECS does anything. */
export const ecsAlone: Strategy = {
  name: 'ECS alone',
  description: 'Nobody acts; ECS replaces what its health checks see.',
  begin: () => ({ onAlarm: () => Promise.resolve() }),
};
