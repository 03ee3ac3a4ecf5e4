/** The catalogue: one real production failure each, and what must be true of the healer in it. */
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { CALLER, CLUSTER, REGION, SERVICE } from '../lab/names.ts';
import type { Action, Scenario, Stage, Tolerance } from './scenario.ts';

const most = (measure: Tolerance['measure'], value: number): Tolerance => ({
  measure,
  at: 'most',
  value,
});
const least = (measure: Tolerance['measure'], value: number): Tolerance => ({
  measure,
  at: 'least',
  value,
});
const exactly = (measure: Tolerance['measure'], value: number | string): Tolerance => ({
  measure,
  at: 'exactly',
  value,
});

/** One task answers 500 to most real requests while its health check stays green. */
const greyFault: Action = {
  name: 'make one running task answer 500 to 80 % of its requests, /health stays 200',
  run: ({ lab, victim }) => lab.site.makeIll(victim, { kind: 'grey', errorShare: 0.8 }),
};

const ONE_STOP: readonly Tolerance[] = [
  exactly('stops', 1),
  exactly('stoppedIll', 1),
  exactly('stoppedOther', 0),
];
const NO_STOP: readonly Tolerance[] = [exactly('stops', 0)];
const RECOVERED: readonly Tolerance[] = [exactly('state', 'recovered'), most('failedAfter', 0)];

const HEALED: readonly Tolerance[] = [
  most('detect', 240),
  most('act', 60),
  most('replace', 120),
  most('recover', 600),
  ...ONE_STOP,
  ...RECOVERED,
  exactly('announced', 'ACTING, RECOVERED'),
  most('roundTrips', 4),
  most('calls', 16),
];

const grey: Scenario = {
  name: 'grey-5xx',
  title: 'One task fails its requests while its health check stays green',
  description:
    'A poisoned connection pool: ECS and the load balancer see nothing, a quarter of the users do.',
  hypothesis:
    'The ill task, and no other, is stopped; the service is proven well within ten minutes.',
  victim: 2,
  method: [greyFault],
  until: 'recovered',
  rollbacks: [],
  tolerances: HEALED,
  timeLimit: 1_200,
};

const tripleAlarm: Scenario = {
  ...grey,
  name: 'triple-alarm',
  title: 'The same alarm is delivered three times in parallel',
  description: 'EventBridge delivers at least once; three invocations race for one lock.',
  hypothesis: 'Three deliveries, one stop.',
  victim: 1,
  method: [
    {
      name: 'deliver every alarm event three times',
      run: async ({ lab }) => {
        if (lab.healer !== undefined) lab.healer.copies = 3;
      },
    },
    greyFault,
  ],
  tolerances: [...HEALED, least('deliveries', 3)],
};

const hung: Scenario = {
  name: 'hung',
  title: 'One task hangs: its health check times out',
  description:
    'A blocked event loop. ECS sees it and starts a replacement first, which is better than a stop.',
  hypothesis: 'The healer holds, follows, and reports the recovery; it stops nothing.',
  victim: 2,
  method: [
    { name: 'wait for the next minute of the metrics', run: nextMinute },
    {
      name: 'block the event loop of one running task',
      run: ({ lab, victim }) => lab.site.makeIll(victim, { kind: 'hang', durationMs: 600_000 }),
    },
  ],
  until: 'recovered',
  rollbacks: [],
  tolerances: [
    most('detect', 180),
    most('recover', 600),
    ...NO_STOP,
    ...RECOVERED,
    exactly('held', 'replacing'),
    exactly('announced', 'HOLDING, RECOVERED'),
  ],
  timeLimit: 1_200,
};

const allIll: Scenario = {
  name: 'all-ill',
  title: 'A shared dependency is down: every task answers 500',
  description: 'Stopping tasks would only add to the outage.',
  hypothesis: 'Nothing is stopped, a human is called with the reason, and the end is told too.',
  victim: 0,
  method: [
    {
      name: 'take the dependency of every task down',
      run: async ({ lab }) => {
        lab.site.dependency.isDown = true;
      },
    },
  ],
  until: 'escalated',
  rollbacks: [
    {
      name: 'bring the dependency back, and wait until it is over',
      run: async (stage) => {
        stage.lab.site.dependency.isDown = false;
        if (stage.lab.healer === undefined) return;
        await stage.until('incident is recovered', () => hasState(stage, 'recovered'), 600);
      },
    },
  ],
  tolerances: [
    most('detect', 240),
    ...NO_STOP,
    exactly('escalation', 'storm'),
    ...RECOVERED,
    exactly('announced', 'NEEDS YOU, RECOVERED'),
  ],
  timeLimit: 900,
};

const deploying: Scenario = {
  name: 'deploying',
  title: 'The alarm fires while a deployment replaces the tasks',
  description: 'A stop could count against the deployment, and the ill task is about to go anyway.',
  hypothesis: 'The healer holds for the deployment, stops nothing, and reports the recovery.',
  // The first that a deployment replaces: the alarm ends before the healer's patience does.
  victim: 0,
  maximumPercent: 125,
  method: [
    { name: 'wait for the next minute of the metrics', run: nextMinute },
    greyFault,
    {
      name: 'start a deployment that replaces one task after the other',
      run: async (stage) => {
        await stage.wait(60);
        await deploy(stage);
      },
    },
  ],
  until: 'recovered',
  rollbacks: [],
  tolerances: [
    most('detect', 240),
    ...NO_STOP,
    ...RECOVERED,
    exactly('held', 'deployment-in-progress'),
    exactly('announced', 'HOLDING, RECOVERED'),
  ],
  timeLimit: 1_200,
};

export const SCENARIOS: readonly Scenario[] = [grey, hung, tripleAlarm, allIll, deploying];

/** Metrics come by the minute: a fault at its start is seen at its end, in every run alike. */
async function nextMinute({ lab, wait }: Stage): Promise<void> {
  const minuteMs = lab.time.seconds(60);
  const leftMs = minuteMs - (Date.now() % minuteMs);
  await wait(leftMs / lab.time.seconds(1));
}

async function deploy({ lab }: Stage): Promise<void> {
  const client = new ECSClient(clientConfig(lab.gateway.url, REGION, CALLER.drill));
  await client.send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, forceNewDeployment: true }),
  );
  client.destroy();
}

async function hasState(stage: Stage, state: string): Promise<boolean> {
  return (await stage.lock()).incident?.state === state;
}
