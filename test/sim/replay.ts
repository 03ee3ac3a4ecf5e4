/** The command that does a run again. */
import { type Config, MINUTES_MAX, SERVICES_MAX } from './plan.ts';

export function replayOf(config: Config, mutant?: string): string {
  const { seed, without, services, people, watchdog, skipped, minutes } = config;
  const options = [
    `--seed ${seed}`,
    ...(without.length === 0 ? [] : [`--without ${without.join(',')}`]),
    ...(services === SERVICES_MAX ? [] : [`--services ${services}`]),
    ...(people ? [] : ['--no-people']),
    // A planted bug never has one.
    ...(watchdog || mutant !== undefined ? [] : ['--no-watchdog']),
    ...(skipped.length === 0 ? [] : [`--skip ${skipped.join(',')}`]),
    ...(minutes === MINUTES_MAX ? [] : [`--minutes ${minutes}`]),
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`]),
  ];
  return `npm run sim -- ${options.join(' ')}`;
}
