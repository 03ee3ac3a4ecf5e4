/** What a run says about its permissions. */
import { CALLER } from '../names.ts';
import type { Grant, Usage } from './authorizer.ts';

const POLLING = /^sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueue\w+)$/;
const OWN_LOG = /^logs:(CreateLog\w+|PutLogEvents)$/;

/** Permissions that are needed all the same, though no call is seen that uses them. */
interface Excuse {
  readonly matches: (grant: Grant) => boolean;
  readonly reason: string;
}

/** No call of a function uses them in the lab, whatever it does. */
const BEYOND_THE_LAB: readonly Excuse[] = [
  {
    matches: ({ action }) => action.startsWith('xray:') || OWN_LOG.test(action),
    reason: "Lambda sends a function's traces and writes its log in the name of its role",
  },
  {
    matches: ({ action }) => POLLING.test(action),
    reason: "Lambda polls a function's queue; in the lab the platform does, in its own name",
  },
  {
    // CDK gives this statement no name, while ours all have one.
    matches: ({ action, sid }) => action === 'sqs:SendMessage' && sid === '',
    reason: 'Lambda sends what a function could not take to the dead letters',
  },
  {
    matches: ({ action }) => action.startsWith('ec2:'),
    reason: 'Lambda connects a function to its network',
  },
  {
    matches: ({ action }) => action.startsWith('kms:'),
    reason: "services use the owner's keys in the caller's name; those of the lab encrypt nothing",
  },
];

const ofStatement =
  (...names: readonly string[]): Excuse['matches'] =>
  ({ sid }) =>
    names.includes(sid.replace(/\d+$/, ''));

/** No drill of the catalogue can bring them about; `permissions-used.test.ts` uses each of them. */
const BEYOND_THE_CATALOGUE: readonly Excuse[] = [
  {
    matches: ofStatement('ReadWeek'),
    reason: 'the digest comes by the clock, once a week',
  },
  {
    matches: ({ caller, sid }) => caller === CALLER.notify && /^ReadGuardedServices/.test(sid),
    reason: 'the digest comes by the clock, once a week',
  },
  {
    matches: ofStatement('GiveUpTelling'),
    reason: 'no drill announces what the chat refuses for good',
  },
  {
    matches: ofStatement('ReadTimelines'),
    reason: 'only what overtook an earlier step is told from the table',
  },
  {
    matches: ({ action }) => action === 'logs:StartQuery' || action === 'logs:GetQueryResults',
    reason: 'only a service of more than 10,000 lines in the window is counted by Logs Insights',
  },
  {
    matches: ({ caller }) => caller === CALLER.respond,
    reason: 'nobody clicks in a drill',
  },
  {
    matches: ({ caller }) => caller === CALLER.rehearse,
    reason: 'the catalogue is run from outside, not by the function drill',
  },
];

/** @returns why a permission that no call used is granted; nothing where nobody knows. */
function excuseOf(grant: Grant): string | undefined {
  return [...BEYOND_THE_LAB, ...BEYOND_THE_CATALOGUE].find(({ matches }) => matches(grant))?.reason;
}

/** What became of one permission in a whole catalogue. */
export interface Needed extends Grant {
  /** Drills that used it. */
  readonly drills: number;
  /** Why it is granted though none did. */
  readonly excuse?: string;
}

/** Each permission of every function, with the number of drills that needed it. */
export function neededBy(usages: readonly Usage[]): readonly Needed[] {
  const { used, unused } = mergeUsages(usages);
  const counts = new Map<string, number>();
  for (const grant of usages.flatMap((usage) => usage.used)) {
    const name = JSON.stringify(grant);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...used, ...unused].map((grant) => {
    const drills = counts.get(JSON.stringify(grant)) ?? 0;
    const excuse = drills === 0 ? excuseOf(grant) : undefined;
    return { ...grant, drills, ...(excuse === undefined ? {} : { excuse }) };
  });
}

/** Granted, used by no drill, and nobody knows why. */
export function isIdle({ drills, excuse }: Needed): boolean {
  return drills === 0 && excuse === undefined;
}

/** Cells of a table, its heading first. */
export function needsTable(all: readonly Needed[]): readonly (readonly string[])[] {
  const rows = all
    .toSorted(
      (a, b) => compare(a.caller, b.caller) || compare(a.sid, b.sid) || compare(a.action, b.action),
    )
    .map((needed) => [
      needed.caller,
      needed.sid || '-',
      needed.action,
      isIdle(needed) ? 'NEVER' : String(needed.drills),
      needed.excuse ?? '',
    ]);
  return [['role', 'statement', 'granted', 'drills', 'why, if none'], ...rows];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Plain lines for the terminal, one for each caller and statement; none when all was used. */
export function renderUsage({ unused }: Usage): readonly string[] {
  const actions = new Map<string, string[]>();
  for (const grant of unused) {
    if (BEYOND_THE_LAB.some(({ matches }) => matches(grant))) continue;
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
