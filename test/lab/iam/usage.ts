/** What a run says about its permissions. */
import type { Grant, Usage } from './authorizer.ts';

const POLLING = /^sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueue\w+)$/;
const OWN_LOG = /^logs:(CreateLog\w+|PutLogEvents)$/;

/** Permissions that no call of a function uses in the lab, and that AWS needs all the same. */
const BEYOND_THE_LAB: readonly ((grant: Grant) => boolean)[] = [
  // Lambda sends a function's traces and writes its log in the name of its role.
  ({ action }) => action.startsWith('xray:') || OWN_LOG.test(action),
  // It polls the function's queue; in the lab the platform does, in its own name.
  ({ action }) => POLLING.test(action),
  // It sends what a function could not take to the dead letters. CDK gives this statement no name,
  // while ours all have one.
  ({ action, sid }) => action === 'sqs:SendMessage' && sid === '',
  // It connects a function to its network.
  ({ action }) => action.startsWith('ec2:'),
  // Services use the owner's keys in the caller's name; those of the lab encrypt nothing.
  ({ action }) => action.startsWith('kms:'),
];

/** Plain lines for the terminal, one for each caller and statement; none when all was used. */
export function renderUsage({ unused }: Usage): readonly string[] {
  const actions = new Map<string, string[]>();
  for (const grant of unused) {
    if (BEYOND_THE_LAB.some((matches) => matches(grant))) continue;
    const statement = `${grant.caller} ${grant.sid || grant.resources.join(', ')}`;
    actions.set(statement, [...(actions.get(statement) ?? []), grant.action]);
  }
  return [...actions].map(
    ([statement, names]) => `granted and not used in this run: ${statement}: ${names.join(', ')}`,
  );
}

/** Of several runs together: unused is what none of them used. */
export function mergeUsages(usages: readonly Usage[]): Usage {
  const byName = (grants: readonly Grant[]) =>
    new Map(grants.map((grant) => [JSON.stringify(grant), grant]));
  const used = byName(usages.flatMap((usage) => usage.used));
  const unused = byName(usages.flatMap((usage) => usage.unused));
  for (const name of used.keys()) unused.delete(name);
  return { used: [...used.values()], unused: [...unused.values()] };
}
