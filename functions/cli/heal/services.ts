/** Which of the guarded services a command is about. */
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';

/** Services that are read at the same time: AWS throttles whoever asks for hundreds at once. */
const AT_ONCE = 8;

/**
 * @param wanted - `<cluster>/<service>`, or the service alone; every service when absent.
 * @throws {config.invalid} when no service is called so.
 */
export function chooseServices(
  services: readonly GuardedService[],
  wanted: string | undefined,
): readonly GuardedService[] {
  if (wanted === undefined) return services;
  const found = services.filter(({ id, name }) => id === wanted || name === wanted);
  if (found.length > 0) return found;
  const ids = services.map(({ id }) => id).join(', ');
  throw new HealerError('config.invalid', `--service: got ${wanted}, wanted one of ${ids}`);
}

/** @returns the id of the one service. @throws {config.invalid} when none is called so, or several are. */
export function findService(services: readonly GuardedService[], wanted: string): string {
  const [first, ...others] = chooseServices(services, wanted);
  if (first !== undefined && others.length === 0) return first.id;
  const ids = [first, ...others].map((one) => one?.id).join(', ');
  throw new HealerError('config.invalid', `service: got ${wanted}, wanted one of ${ids}`);
}

/** Reads some at a time, and gives the answers in the order of what was asked. */
export async function readEach<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(read))));
  }
  return answers;
}
