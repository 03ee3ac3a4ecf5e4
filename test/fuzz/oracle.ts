/** What must hold whatever comes in. */
import { isHealerError } from '../../functions/core/errors.ts';
import { CANARY } from './hostile.ts';

/** Longer ones cost more to keep in a log than they tell. */
const MESSAGE_MAX = 8_000;

const OBJECT_KEYS = keysOf(Object.prototype);
const ARRAY_KEYS = keysOf(Array.prototype);

function keysOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join();
}

/** @returns what changed of what all objects share. */
export function pollution(): string | undefined {
  const isSame = keysOf(Object.prototype) === OBJECT_KEYS && keysOf(Array.prototype) === ARRAY_KEYS;
  return isSame ? undefined : 'the prototype of all objects has changed';
}

/** @returns the error's code, or what is wrong with it. */
export function judgeError(error: unknown): { readonly code: string; readonly broken?: string } {
  if (!isHealerError(error)) {
    const stack = error instanceof Error ? error.stack : undefined;
    return { code: 'uncoded', broken: `an error without a code: ${stack ?? String(error)}` };
  }
  const { code, message } = error;
  if (message.length > MESSAGE_MAX) {
    return { code, broken: `${code}: a message of ${message.length} characters` };
  }
  return code.includes('.') && !leaks(message)
    ? { code }
    : { code, broken: `${code}: a secret in its message: ${message}` };
}

export function leaks(text: string): boolean {
  return text.includes(CANARY);
}

/** Counts what reaches the outside, so that no event makes work without end. */
export class Effort {
  #calls = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws when it is too much. */
  spend(): void {
    this.#calls += 1;
    if (this.#calls > this.#limit) throw new Error(`more than ${this.#limit} calls for one event`);
  }

  /** The same port, each call of which is counted. */
  counted<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, key, receiver): unknown => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]): unknown => {
          this.spend();
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  }
}
