/** One seed from beginning to end: first everything may fail, then everything is healed and must come right. */
import type { FaultKind } from './faults.ts';
import { findLeft, findStuck } from './liveness.ts';
import { type Config, HEALED_MS } from './plan.ts';
import { Simulation } from './simulation.ts';

export interface Result {
  readonly config: Config;
  /** Which promise was broken; absent when all were kept. */
  readonly broken?: string;
  readonly tried: ReadonlyMap<FaultKind, number>;
  readonly verdicts: ReadonlyMap<string, number>;
  readonly stops: number;
  readonly incidents: number;
  readonly troubles: number;
}

const MINUTE_MS = 60_000;
const REDRIVEN_MS = 5 * MINUTE_MS;
/** Recovery is proven, what was asked for ends, and the last word is told. */
const CURED_MS = 25 * MINUTE_MS;

export async function runSeed(config: Config, trace?: (line: string) => void): Promise<Result> {
  const sim = new Simulation(config, trace);
  const broken = await runPhases(sim);
  const incidents = [...sim.safety.announced.written.values()];
  return {
    config,
    ...(broken === undefined ? {} : { broken }),
    tried: sim.faults.tried,
    verdicts: sim.verdicts,
    stops: sim.safety.stops.length,
    incidents: incidents.filter(({ kind }) => kind === 'opened').length,
    troubles: sim.plan.troubles.flat().length,
  };
}

async function runPhases(sim: Simulation): Promise<string | undefined> {
  const { plan, faults, queue, sites, trace } = sim;
  const broken = (): string | undefined => sim.safety.broken;
  await sim.runUntil(plan.healAt);
  if (broken() !== undefined) return broken();
  trace('HEALED');
  faults.heal();
  queue.redrive();
  await sim.runUntil(plan.healAt + REDRIVEN_MS);
  // What had failed five times when its last invocation died is given up only now.
  queue.redrive();
  await sim.runUntil(plan.healAt + HEALED_MS);
  const stuck = broken() ?? findStuck(sim);
  if (stuck !== undefined) return stuck;
  trace('CURED');
  for (const site of sites) site.cure();
  await sim.runUntil(plan.healAt + HEALED_MS + CURED_MS);
  return broken() ?? findLeft(sim);
}
