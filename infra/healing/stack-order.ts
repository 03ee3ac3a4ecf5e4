/**
 * Which stack waits for which: the stack of a guard refers to the healer's queues, so the healer's
 * stack must refer to nothing in it.
 */
import { Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { HealingPermissions } from '../healing-permissions.ts';
import { deployedWith, stacksIn } from './references.ts';

const GUARD_FIX =
  'make the guards where their services are, guard(service, { scope }), and give the healer its ' +
  'rights by names: permissions: HealingPermissions.clusters([...], { logGroups: [...] })';
const GRANT_FIX = 'grant it to a role in a stack of its own';

interface Need {
  readonly by: string;
  readonly fix: string;
}

/** Keeps what is known of the order while services are added. */
export class StackOrder {
  readonly #healer: Construct;
  /** Stacks that refer to the healer's, and the guard by which they do. */
  readonly #before = new Map<Stack, string>();
  /** Stacks that the healer's stack refers to, and for what. */
  readonly #behind = new Map<Stack, Need>();

  constructor(healer: Construct, rights: HealingPermissions) {
    this.#healer = healer;
    this.addNeed('its permissions', [...rights.clusterNames, ...rights.logGroupNames]);
  }

  /** Whether it is deployed by another stack than the healer. */
  isElsewhere(guard: IConstruct): boolean {
    return deployedWith(guard) !== deployedWith(this.#healer);
  }

  /** @throws when a stack could not reach the healer's queues, being in another place. */
  refuseForeign(guard: Construct): void {
    const ours = Stack.of(this.#healer);
    const theirs = Stack.of(guard);
    if (theirs.environment === ours.environment) return;
    throw new Error(
      `${guard.node.path}: its scope is in ${theirs.environment}, the healer in ` +
        `${ours.environment}: give both stacks the same account and Region in env`,
    );
  }

  /** Takes note of a guard that uses the healer's queues. */
  addGuard(guard: Construct): void {
    if (this.isElsewhere(guard)) this.#before.set(deployedWith(guard), guard.node.path);
    this.#refuseCircle();
  }

  /** Takes note of what the healer's stack must know. */
  addNeed(by: string, values: readonly string[], fix = GUARD_FIX): void {
    for (const stack of stacksIn(this.#healer, values)) {
      if (stack !== deployedWith(this.#healer) && !this.#behind.has(stack)) {
        this.#behind.set(stack, { by, fix });
      }
    }
    this.#refuseCircle();
  }

  /** Takes note of who is granted something on the alarms of the guards. */
  addGrantee({ grantPrincipal }: IGrantable, alarmArns: readonly string[]): void {
    if (!Construct.isConstruct(grantPrincipal) || this.isElsewhere(grantPrincipal)) return;
    this.addNeed(`the alarms that ${grantPrincipal.node.path} may ring`, alarmArns, GRANT_FIX);
  }

  #refuseCircle(): void {
    for (const [stack, { by, fix }] of this.#behind) {
      const guard = this.#before.get(stack);
      if (guard === undefined) continue;
      const ours = deployedWith(this.#healer).stackName;
      throw new Error(
        `stack ${ours} of the healer would refer to stack ${stack.stackName} for ${by}, which ` +
          `refers to ${ours} by the guard ${guard}: such a circle cannot be deployed; ${fix}`,
      );
    }
  }
}
