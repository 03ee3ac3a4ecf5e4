/** The choices of the app, as its own parser tells them: asked with a wrong value it says what it wants. */
import { HealerError } from '../../functions/core/errors.ts';
import { parseSettings } from '../stacks/settings.ts';
import { APP_EFFECTS } from './app-effects.ts';
import { markdownTable } from './regions.ts';

/** Whatever a key takes, it does not take all of them. */
const WRONG: readonly unknown[] = [{ wrong: true }, 'wrong, on purpose'];

/** @throws when a key has no effect written down, or an effect no key. */
export function appTable(): string {
  const keys = wantedOf('noSuchKey')
    .replace(/^one of /, '')
    .split(', ');
  const forgotten = keys.filter((key) => APP_EFFECTS[key] === undefined);
  const stale = Object.keys(APP_EFFECTS).filter((key) => !keys.includes(key));
  if (forgotten.length > 0 || stale.length > 0) {
    throw new Error(`app-effects: missing ${forgotten.join(', ')}; no choice ${stale.join(', ')}`);
  }
  const settings = parseSettings({}) as unknown as Readonly<Record<string, unknown>>;
  const { health, image, ...plain } = settings;
  const defaults = { ...plain, ...(health as object), image: (image as { kind: string }).kind };
  return markdownTable(
    ['key', 'wanted', 'default', 'effect'],
    keys.map((key) => [
      `\`${key}\``,
      wantedOf(key).replaceAll(/[{<^][^ ]+|[@:]\S*<[^ ]+/g, '`$&`'),
      spell((defaults as Readonly<Record<string, unknown>>)[key]),
      APP_EFFECTS[key] ?? '',
    ]),
  );
}

/** @returns what the parser's refusal says that it wants. */
function wantedOf(key: string): string {
  for (const value of WRONG) {
    const problem = problemsOf(key, value).find((text) => text.startsWith(`${key}: `));
    if (problem !== undefined) return problem.split(', wanted ').slice(1).join(', wanted ');
  }
  throw new Error(`the app takes anything as ${key}: cannot tell what it wants`);
}

function problemsOf(key: string, value: unknown): readonly string[] {
  try {
    parseSettings({ [key]: value });
    return [];
  } catch (error) {
    if (!(error instanceof HealerError)) throw error;
    return error.message.replace(/^context is invalid: /, '').split('; ');
  }
}

function spell(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value !== 'object') return `\`${String(value)}\``;
  // Of each service only what a person would write.
  return `\`${JSON.stringify(value, (key, part: unknown) => (key === 'image' ? undefined : part))}\``;
}
