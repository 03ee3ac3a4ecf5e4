/** Collects everything that is wrong with a piece of configuration, each with path, value got and value wanted. */
import { listProblems, shortenInput, showInput } from './bad-input.ts';
import { HealerError } from './errors.ts';

export class Problems {
  readonly #found: string[] = [];

  add(path: string, got: unknown, wanted: string): void {
    this.#found.push(`${shortenInput(path)}: got ${showInput(got)}, wanted ${wanted}`);
  }

  /** Reads a plain object and reports keys that nobody knows: a misspelt limit must not be ignored. */
  object(path: string, value: unknown, known: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(path, value, 'an object');
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) {
        this.add(`${path}.${key}`, key, `one of ${known.join(', ')}`);
      }
    }
    return value as Record<string, unknown>;
  }

  /** @returns the fallback when the value is not a number within the bounds. */
  number(
    path: string,
    value: unknown,
    bounds: { readonly min: number; readonly max: number },
    fallback: number,
  ): number {
    if (typeof value === 'number' && value >= bounds.min && value <= bounds.max) return value;
    this.add(path, value, `a number from ${bounds.min} to ${bounds.max}`);
    return fallback;
  }

  /** @returns the first of the wanted values when the value is none of them. */
  oneOf<T extends string>(path: string, value: unknown, wanted: readonly T[]): T {
    const found = wanted.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    this.add(path, value, `one of ${wanted.join(', ')}`);
    return wanted[0] as T;
  }

  string(path: string, value: unknown, wanted = 'a non-empty string'): string {
    if (typeof value === 'string' && value !== '') return value;
    this.add(path, value, wanted);
    return '';
  }

  strings(path: string, value: unknown, wanted: string, least: number): readonly string[] {
    if (!Array.isArray(value) || value.length < least) {
      this.add(path, value, `${least} or more of ${wanted}`);
      return [];
    }
    return value.map((item, index) => this.string(`${path}[${index}]`, item, wanted));
  }

  /** @throws {config.invalid} naming every problem at once, or the first of very many. */
  throwIfAny(what: string): void {
    if (this.#found.length === 0) return;
    throw new HealerError('config.invalid', `${what} is invalid: ${listProblems(this.#found)}`);
  }
}
