/** Nothing that stops a task or makes one ill happens unasked. */
import { HealerError } from '../../core/errors.ts';
import type { Surroundings } from './surroundings.ts';

export interface Meant {
  /** `--yes` was given. */
  readonly yes: boolean;
  /** What it does, and what keeps it from doing more. */
  readonly effect: readonly string[];
}

/**
 * @returns whether the person wants it.
 * @throws {config.invalid} when nobody can be asked, and nobody said yes before.
 */
export async function confirm(
  { yes, effect }: Meant,
  { ask, narrate }: Pick<Surroundings, 'ask' | 'narrate'>,
): Promise<boolean> {
  if (yes) return true;
  if (ask === undefined) {
    const why = 'there is no terminal to ask on';
    throw new HealerError('config.invalid', `--yes: got nothing, wanted it, because ${why}`);
  }
  for (const line of effect) narrate(`${line}\n`);
  const answer = await ask('Type yes to go on: ');
  return /^y(?:es)?$/i.test(answer.trim());
}
