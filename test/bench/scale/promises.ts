/** What the bench of scale holds the healer to. Each function returns what is broken, in words. */
import { DEFAULT_ACCOUNT_LIMITS } from '../../../functions/core/account-limits.ts';
import type { Run } from './measure.ts';

/** Tasks that one call names. */
const PAGE = 100;
const CLUSTER_READ = ['ListTasks', 'DescribeTasks'];
const FLEET_READ = [...CLUSTER_READ, 'GetTaskProtection', 'DescribeServices'];
/** From one size to the next, calls and time may grow by this more than the services do. */
const GROWTH_MAX = 1.5;

export const callsOf = ({ calls }: Run, operations?: readonly string[]): number =>
  calls.filter(({ operation }) => operations?.includes(operation) ?? true).length;

/** Calls that AWS refused because it was asked too much. */
export const refusedIn = ({ buckets }: Run): number =>
  buckets.reduce((sum, { refused }) => sum + refused, 0);

/** Of a fleet: its pages are listed, described and asked for protection; those that ended are one page more. */
export const fleetCallsMax = (tasks: number): number => 3 * Math.ceil(tasks / PAGE) + 2;

/** Of the bucket that ECS keeps for them, with others in it. */
export const clusterReads = (run: Run): number => callsOf(run, CLUSTER_READ);

export const fleetCalls = (run: Run): number => callsOf(run, FLEET_READ);

export const stormsTold = ({ ledger }: Run): number =>
  ledger.entries.filter(
    ({ kind, announce, reason }) => kind === 'escalated' && announce && reason === 'account-storm',
  ).length;

const most = (texts: readonly string[]): number =>
  Math.max(
    0,
    ...Map.groupBy(texts, (text) => text)
      .values()
      .map(({ length }) => length),
  );

/** What holds for any number of services. */
export function brokenByServices(run: Run): readonly string[] {
  const { ledger, site, dead, waiting, forgotten, late } = run;
  const decided = ledger.decisions.filter(({ trigger }) => trigger.startsWith('alarm'));
  const opened = ledger.entries.filter(({ kind }) => kind === 'opened');
  const stops = run.calls.filter(({ operation }) => operation === 'StopTask');
  const { stormServices } = DEFAULT_ACCOUNT_LIMITS;
  const storms = site.services >= stormServices ? 1 : 0;
  const counts: readonly (readonly [string, number, number])[] = [
    ['services decided', new Set(decided.map(({ service }) => service)).size, site.services],
    ['decisions by alarm of one service, at most', most(decided.map(({ service }) => service)), 1],
    ['incidents of one service, at most', most(opened.map(({ serviceId }) => serviceId)), 1],
    ['stops of one task, at most', most(stops.map(({ input }) => JSON.stringify(input))), 1],
    ['stops', stops.length, Math.min(site.services, stormServices - 1)],
    ['messages about the storm', stormsTold(run), storms],
    ['dead letters', dead, 0],
    ['alarms left in the queue', waiting, 0],
    ['services without a next look', forgotten, 0],
    ['invocations out of time', late, 0],
    ['sources that a decision lacked', ledger.blind.length, 0],
  ];
  return counts.flatMap(([what, got, wanted]) =>
    got === wanted ? [] : [`${site.services} services: ${what}: got ${got}, wanted ${wanted}`],
  );
}

/** What holds for one service, however many tasks it has. */
export function brokenByTasks(run: Run): readonly string[] {
  const { site, buckets, ledger } = run;
  const allowed = fleetCallsMax(site.tasksPerService);
  const asked = fleetCalls(run) - refusedIn(run);
  const verdict = ledger.decisions.map((decision) => decision.verdict).join();
  const reads = buckets.find(({ name }) => name === 'ECS cluster read');
  const problems = [
    ...(asked <= allowed ? [] : [`calls of ECS reads: got ${asked}, wanted at most ${allowed}`]),
    ...(verdict === 'act' ? [] : [`verdict: got ${verdict}, wanted act`]),
    ...(ledger.blind.length === 0 ? [] : [`sources that it lacked: ${ledger.blind.join('; ')}`]),
    ...(run.isAlone && (reads?.deepest ?? 0) > 50
      ? [`tokens taken out of the bucket at once: got ${reads?.deepest}, wanted at most 50`]
      : []),
  ];
  return problems.map((problem) => `${site.tasksPerService} tasks: ${problem}`);
}

/** The larger of two sizes costs no more for each service than the smaller. */
export function brokenGrowth(runs: readonly Run[]): readonly string[] {
  return runs.slice(1).flatMap((run, index) => {
    const before = runs[index];
    if (before === undefined) return [];
    const sizes = `${before.site.services} to ${run.site.services} services`;
    const grown = run.site.services / before.site.services;
    const measures = [
      ['calls', callsOf(run) / callsOf(before)],
      ['time', run.lastMs / before.lastMs],
    ] as const;
    return measures.flatMap(([what, ratio]) =>
      ratio <= grown * GROWTH_MAX
        ? []
        : [
            `${sizes}: ${what} grew ${ratio.toFixed(1)} times, wanted at most ${grown * GROWTH_MAX}`,
          ],
    );
  });
}
