/** AWS's limits that many services come up against, said at synth with the way around. */
import { Annotations, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnRole, ManagedPolicy, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { WARNING_PREFIX } from './service-checks.ts';

/** Resources that CloudFormation takes in one stack, and when to begin to think of another. */
const RESOURCES_MAX = 500;
const RESOURCES_NEAR = 450;
/** Managed policies that IAM attaches to one role, unless the account's quota was raised. */
const POLICIES_MAX = 10;

/** Counts what guards add to the stacks that they are in. */
export class StackQuotas {
  readonly #guards = new Map<Stack, Construct[]>();

  add(guard: Construct): void {
    const stack = Stack.of(guard);
    const guards = this.#guards.get(stack);
    if (guards !== undefined) {
      guards.push(guard);
      return;
    }
    const first = [guard];
    this.#guards.set(stack, first);
    guard.node.addValidation({ validate: () => checkResources(stack, first) });
  }
}

function checkResources(stack: Stack, guards: readonly Construct[]): string[] {
  const count = stack.node
    .findAll()
    .filter((node) => CfnResource.isCfnResource(node) && node.stack === stack).length;
  if (count < RESOURCES_NEAR) return [];
  const message =
    `stack ${stack.stackName} with ${guards.length} guards has ${count} of the ${RESOURCES_MAX} ` +
    'resources that CloudFormation takes: make some guards in other stacks, ' +
    'guard(service, { scope })';
  if (count > RESOURCES_MAX) return [message];
  Annotations.of(stack).addWarningV2(`${WARNING_PREFIX}stack-resources`, message);
  return [];
}

/** Refuses a role with more managed policies than IAM attaches, once all statements are known. */
export function limitPolicies(role: Role): void {
  role.node.addValidation({
    validate: () => {
      const count = policiesOf(role);
      if (count <= POLICIES_MAX) return [];
      return [
        `the guarded services need ${count} managed policies, and IAM attaches ${POLICIES_MAX} ` +
          'to a role: give the rights by the names of clusters instead of each service, ' +
          'permissions: HealingPermissions.clusters([...], { logGroups: [...] })',
      ];
    },
  });
}

/** CDK splits what is too long for a role into policies below it. */
function policiesOf(role: Role): number {
  const split = role.node.findAll().filter((node) => node instanceof ManagedPolicy).length;
  const resource = role.node.defaultChild;
  if (!(resource instanceof CfnRole)) return split;
  const attached: unknown = Stack.of(role).resolve(resource.managedPolicyArns);
  return split + (Array.isArray(attached) ? attached.length : 0);
}
