/** Makes a failing run as small as it can be and still fails. */
import { FAULT_KINDS } from './faults.ts';
import type { Config } from './plan.ts';
import type { Result } from './run-seed.ts';

export type Run = (config: Config) => Promise<Result>;

/** Runs that shrinking may cost. */
const RUNS_MAX = 400;
const TROUBLES_MAX = 4;

/** @returns the result of the smallest config that was found to break a promise of the same kind. */
export async function shrink(failed: Result, run: Run): Promise<Result> {
  let best = failed;
  let runs = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const smaller of candidates(best.config)) {
      runs += 1;
      if (runs > RUNS_MAX) return best;
      const result = await run(smaller);
      if (kindOf(result) !== kindOf(failed)) continue;
      best = result;
      isSmaller = true;
      break;
    }
  }
  return best;
}

/** The promise without whose it was: names and numbers change as the world gets smaller. */
function kindOf({ broken }: Result): string | undefined {
  return broken?.replace(/\S*\d\S*/g, '').replace(/sim\/\S+/g, '');
}

/** Each is a little smaller than the config, what takes most away first. */
function* candidates(config: Config): Generator<Config> {
  const { services, people, minutes, without, skipped } = config;
  for (let fewer = 1; fewer < services; fewer += 1) yield { ...config, services: fewer };
  if (people) yield { ...config, people: false };
  for (const kind of FAULT_KINDS) {
    if (!without.includes(kind)) yield { ...config, without: [...without, kind] };
  }
  for (let trouble = 0; trouble < TROUBLES_MAX; trouble += 1) {
    if (!skipped.includes(trouble)) yield { ...config, skipped: [...skipped, trouble] };
  }
  for (const shorter of [Math.floor(minutes / 2), minutes - 2]) {
    if (shorter >= 2 && shorter < minutes) yield { ...config, minutes: shorter };
  }
}
