/** The words around the tables of `docs/benchmarks.md`. */
import type { Campaign } from './attribution/campaign.ts';
import { attributionTables } from './attribution-report.ts';
import { STRATEGIES } from './healing.ts';
import {
  brokenPromises,
  outdoneTable,
  type ScenarioResult,
  scenarioTable,
  summaryTable,
  thousands,
} from './healing-report.ts';

const HEALING = `## Healing

\`npm run bench -- healing\` puts every scenario of the drill catalogue before five strategies,
in one virtual AWS, on the same seeds and the same load.`;

const KEPT =
  'Kept: no wrong stop, no stop below the floor, no false recovery, and nowhere more failed or ' +
  'slow requests than with the best other strategy without a reason.';

const GENERATED = `generated observations before the decision, seed 1, at
the default policy, with an alarm that has rung for ten minutes: 2 to 200 tasks, 5 to 100,000
requests per task, up to 5 % of them failing everywhere and not everywhere alike; nobody, one,
several, a zone, a release or everybody ill; and half of the time a part of the evidence missing.`;

const RULES = `### How it is counted

- A stop is **right** when the task was ill by a fault of its own and its replacement is well.
  In a bad release, an ill zone, a dependency that is down or a closed network no stop is right,
  because none can help. A replacement that is made ill in its turn counts as an ill task too:
  nobody can know it before.
- Every other stop is **wrong**; of a forced deployment, every task that it replaces and that
  was not ill by itself.
- **Below the floor** are stops of a task in service that left fewer than all but one in
  service, or none.
- **Failed** requests were answered with 500 or above, or not at all within 10 s; **slow** ones
  took more than 1 s. Both are counted from the fault to the end of the run, per run.
- **Well after**: from the fault to the last ten seconds in which more than 1 % was failed or
  slow, with three good minutes behind them; the slowest run. Never: until the drill itself
  cleaned up.
- **Said falsely**: "recovered" or "successful" while the fault was on, an alarm rang or tasks
  were missing, or within five minutes before an alarm of that service rang again.

### What the virtual AWS does

- Tasks take 15 s for their network interface, 10 to 20 s for their image and 2 s to be
  registered. Health checks come every 10 s, two in a row decide. The scheduler looks every 10 s
  and replaces an unhealthy task, replacement first, 35 s after the load balancer's verdict.
- StopTask takes a task out of the load balancer within 3 s. The workload serves on for 10 s
  after SIGTERM, so a stop by itself loses no connection: for every strategy alike.
- Metrics come by the minute, alarms look at them 10 s later and are delivered 0.5 to 3 s after
  that. Four alarms for each service: share of 5xx, unhealthy hosts, healthy hosts below the
  desired count, and the 90th percentile of the latency.
- The lambdas themselves take no time. Log lines can be read after 5 s.
- The fault begins anywhere within a minute, and the steps come at the same moments for every
  strategy: those at which they came with our healer. A person who is called begins to mend five
  minutes later; a drill that ends in a recovery is cleaned up at its time limit.`;

export function healingText(results: readonly ScenarioResult[], seeds: number): string {
  const legend = STRATEGIES.map(({ name, description }) => `- **${name}**: ${description}`);
  const broken = brokenPromises(results);
  const promises =
    broken.length === 0
      ? KEPT
      : ['**Broken:**', '', ...broken.map((promise) => `- ${promise}`)].join('\n');
  return [
    HEALING,
    legend.join('\n'),
    `${results.length} scenarios, ${seeds} runs of each, seeds 1 to ${seeds}; ` +
      'requests are sums over the scenarios of one run:',
    summaryTable(results),
    promises,
    'Where another strategy had fewer failed or slow requests than ours, per run:',
    outdoneTable(results),
    '### By scenario',
    scenarioTable(results),
    RULES,
  ].join('\n\n');
}

export function attributionText(campaign: Campaign): string {
  return [
    '## Attribution',
    `\`npm run bench -- attribution\` puts ${thousands(campaign.cases)} ${GENERATED}`,
    attributionTables(campaign),
  ].join('\n\n');
}
