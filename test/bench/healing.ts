/** Every strategy in every scenario, on the same seeds. */
import type { Definition } from '../drill/definition.ts';
import { type Score, score } from './measure.ts';
import { perform, replay, type Schedule } from './perform.ts';
import { ecsAlone } from './strategies/ecs-alone.ts';
import { forceNewDeployment } from './strategies/force-new-deployment.ts';
import { OurHealer, ours } from './strategies/ours.ts';
import { stopAll } from './strategies/stop-all.ts';
import { stopFirst } from './strategies/stop-first.ts';
import type { Strategy } from './strategies/strategy.ts';
import { World } from './world/world.ts';

export const OTHERS: readonly Strategy[] = [ecsAlone, stopAll, stopFirst, forceNewDeployment];
export const STRATEGIES: readonly Strategy[] = [...OTHERS, ours];

export interface OurRun {
  readonly world: World;
  readonly healer: OurHealer;
  readonly schedule: Schedule;
  readonly score: Score;
}

/** Our healer first: when it recovers or calls a human decides when the scenario goes on. */
export async function runOurs(definition: Definition, seed: string): Promise<OurRun> {
  const world = new World(definition.site ?? {}, seed);
  const healer = new OurHealer(world);
  world.onAlarm = (change) => healer.onAlarm(change);
  const schedule = await perform(world, definition, (tier) => healer.lock(tier).incident?.state);
  return { world, healer, schedule, score: score(world, schedule) };
}

export async function runOther(
  definition: Definition,
  seed: string,
  strategy: Strategy,
  schedule: Schedule,
): Promise<Score> {
  const world = new World(definition.site ?? {}, seed);
  const healer = strategy.begin(world);
  world.onAlarm = (change) => healer.onAlarm(change);
  await replay(world, schedule);
  return score(world, schedule);
}
