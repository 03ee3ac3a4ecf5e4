/** The tables of the bench of scale, and the words around them. */
import { CONCURRENCY_MAX } from '../../../infra/healing/remediate.ts';
import { DOCUMENTED_BUCKETS } from '../../lab/gateway/buckets.ts';
import { thousands } from '../healing-report.ts';
import { table } from '../table.ts';
import type { Run } from './measure.ts';
import {
  callsOf,
  clusterReads,
  fleetCalls,
  fleetCallsMax,
  refusedIn,
  stormsTold,
} from './promises.ts';

export interface ScaleRuns {
  readonly services: readonly Run[];
  readonly tasks: readonly Run[];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const ratio = (part: number, whole: number): string => (part / whole).toFixed(1);

/** How long the busiest of the limits alone takes for what was asked of it, without anybody's computing. */
function boundSeconds({ buckets }: Run): string {
  const waits = buckets.map(({ name, taken }) => {
    const limit = DOCUMENTED_BUCKETS.find((found) => found.name === name);
    return limit === undefined ? 0 : (taken - limit.burst) / limit.perSecond;
  });
  return `${Math.max(0, ...waits).toFixed(1)} s`;
}

export function servicesTable(runs: readonly Run[]): string {
  const rows = runs.map((run) => {
    const { site, ledger, dead, waiting, lastMs } = run;
    return [
      thousands(site.services),
      thousands(callsOf(run)),
      ratio(callsOf(run), site.services),
      thousands(clusterReads(run)),
      thousands(refusedIn(run)),
      thousands(ledger.blind.length),
      thousands(callsOf(run, ['StopTask'])),
      thousands(stormsTold(run)),
      thousands(dead + waiting),
      seconds(lastMs),
      boundSeconds(run),
    ];
  });
  const head = [
    'services',
    'calls',
    'for each',
    'task reads',
    'refused, asked again',
    'decided blind',
    'stops',
    'told of the storm',
    'lost',
    'last decision after',
    'limits alone',
  ];
  return table(head, rows);
}

export function tasksTable(runs: readonly Run[]): string {
  const rows = runs.map((run) => {
    const { site, ledger, lastMs, buckets } = run;
    const reads = buckets.find(({ name }) => name === 'ECS cluster read');
    return [
      thousands(site.tasksPerService),
      run.isAlone ? 'full' : '20 tokens left',
      thousands(fleetCalls(run)),
      thousands(fleetCallsMax(site.tasksPerService)),
      thousands(clusterReads(run)),
      run.isAlone ? String(Math.ceil(reads?.deepest ?? 0)) : '–',
      thousands(refusedIn(run)),
      ledger.decisions.map(({ verdict }) => verdict).join(),
      seconds(lastMs),
    ];
  });
  const head = [
    'tasks',
    'bucket',
    'ECS reads',
    'promised',
    'of them cluster reads',
    'tokens taken at once',
    'refused, asked again',
    'decided',
    'after',
  ];
  return table(head, rows);
}

/** Calls by operation, a column for each run. */
export function callsTable({ services, tasks }: ScaleRuns): string {
  const alone = tasks.filter(({ isAlone }) => isAlone).slice(-1);
  const runs = [...services, ...alone];
  const operations = new Set(runs.flatMap(({ calls }) => calls.map(({ operation }) => operation)));
  const heads = runs.map(({ site }) =>
    site.services > 1 ? `${site.services} services` : `1 of ${site.tasksPerService} tasks`,
  );
  const rows = [...operations]
    .toSorted()
    .map((operation) => [operation, ...runs.map((run) => thousands(callsOf(run, [operation])))]);
  return table(['operation', ...heads], rows);
}

const HEADING = `## Scale

\`npm run bench -- scale\` runs the composed \`remediate\` with the real SDK over HTTP, in ${CONCURRENCY_MAX}
execution environments as its mapping allows, against a light AWS on loopback that enforces the
documented rates. Time is real and not compressed, a round trip takes 10 ms, and everybody computes
on one core of the machine that wrote this: its times, and what was refused, differ from run to run.

### Many services

Every alarm rings at the same moment; each service has four tasks, of which one is ill.`;

const SERVICES = `*Task reads* are \`ListTasks\` and \`DescribeTasks\`. *Refused* calls were answered "Rate exceeded";
*decided blind* is what lacked a source because of it. *Lost* are dead letters and alarms that nobody
took. *Limits alone* is what the busiest bucket takes for what was asked of it. The first four are
stopped one by one; the fifth makes it a storm, tells of it once, and from then on an alarm is answered
without a look at tasks, targets and logs.`;

const TASKS = `### Many tasks

One service, one ill task, found and stopped. *20 tokens left* is an account in which other tools have
emptied every bucket to 20 and go on to take half of what comes back.`;

export function scaleText(runs: ScaleRuns): string {
  const limits = DOCUMENTED_BUCKETS.map(({ name, operations, burst, perSecond }) => [
    name,
    operations.map((operation) => `\`${operation}\``).join(' '),
    String(burst),
    String(perSecond),
  ]);
  return [
    HEADING,
    servicesTable(runs.services),
    SERVICES,
    TASKS,
    tasksTable(runs.tasks),
    '### Calls, the refused ones too',
    callsTable(runs),
    '### The rates that are enforced',
    table(['bucket', 'of', 'at once', 'per second'], limits),
  ].join('\n\n');
}
