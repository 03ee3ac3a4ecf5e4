/** What the guards of one stack share, where each having its own would exceed a quota. */
import { createHash } from 'node:crypto';
import type { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * Groups among which the services of a stack are spread: few enough to share, and by their paths, so
 * that a new service moves no other.
 */
const SPREAD = 8;

/** The place of one kind of shared things in a stack; two healers may guard services there. */
export function homeIn(stack: Stack, healer: Construct, kind: string): Construct {
  const { id, addr } = healer.node;
  const name = `${id}${kind}-${addr.slice(-8)}`;
  const found = stack.node.tryFindChild(name);
  return found === undefined ? new Construct(stack, name) : (found as Construct);
}

/** Shared things of one home, each of which takes so much. */
export class Shared<T> {
  readonly #takes: number;
  readonly #open = new Map<string, { readonly thing: T; left: number }>();
  readonly #made = new Map<string, number>();

  constructor(takes: number) {
    this.#takes = takes;
  }

  /**
   * The thing with room for this much in the group of the service.
   *
   * @param make - makes the next one, by its id.
   */
  find(home: Construct, servicePath: string, size: number, make: (id: string) => T): T {
    const group = createHash('sha256').update(servicePath).digest().readUInt8() % SPREAD;
    const key = `${home.node.path} ${group}`;
    const open = this.#open.get(key);
    if (open !== undefined && open.left >= size) {
      open.left -= size;
      return open.thing;
    }
    const number = (this.#made.get(key) ?? 0) + 1;
    this.#made.set(key, number);
    const thing = make(`Group${group}-${number}`);
    this.#open.set(key, { thing, left: this.#takes - size });
    return thing;
  }
}
