/** Builders with overrides: a healthy service of four tasks at a fixed instant, unless a test says otherwise. */

import { emptyAccount } from '../../functions/core/account.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { type GuardedService, parseGuardedServices } from '../../functions/core/guarded-service.ts';
import type { Incident } from '../../functions/core/incident.ts';
import { emptyLock, type LockState } from '../../functions/core/lock.ts';
import type {
  AlarmReading,
  DownstreamReading,
  Observation,
  ServiceReading,
  StoppedTaskReading,
  TargetReading,
  TaskReading,
  TaskTraffic,
  TrafficBasis,
} from '../../functions/core/observation.ts';
import type { PolicyOverrides } from '../../functions/core/policy.ts';
import {
  type EpochMillis,
  earlier,
  epochMillis,
  minutes,
  seconds,
} from '../../functions/core/time.ts';
import type { Victim } from '../../functions/core/verdict.ts';

export const NOW = epochMillis(Date.parse('2026-11-20T10:03:41.516Z'));
const PREFIX = 'arn:aws:ecs:eu-west-1:123456789012';
export const ALARM_ARN = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-api-5xx-rate';
/** Nothing is wrong with the other services. */
export const NO_STORM = { account: emptyAccount(), limits: DEFAULT_ACCOUNT_LIMITS };
export const TARGET_GROUP =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout/6d0e';

export function aService(
  policy: PolicyOverrides = {},
  overrides: Partial<GuardedService> = {},
): GuardedService {
  const [service] = parseGuardedServices([
    {
      cluster: `${PREFIX}:cluster/shop-prod`,
      service: 'checkout-api',
      environment: 'prod',
      alarms: [ALARM_ARN],
      targetGroups: [TARGET_GROUP],
      logGroup: '/ecs/checkout-api',
      policy,
    },
  ]);
  if (service === undefined) throw new Error('no service');
  return { ...service, ...overrides };
}

/** Task `n` is 32 times its digit, lives at 10.0.0.n, and has run for an hour. */
export function taskId(n: number): string {
  return n.toString(16).padStart(2, '0').repeat(16);
}

export function aTask(n: number, overrides: Partial<TaskReading> = {}): TaskReading {
  return {
    arn: `${PREFIX}:task/shop-prod/${taskId(n)}`,
    id: taskId(n),
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    health: 'UNKNOWN',
    startedAt: earlier(NOW, minutes(60)),
    zone: `eu-west-1${'abc'[n % 3]}`,
    revision: 'checkout-api:42',
    ip: `10.0.0.${n}`,
    ...overrides,
  };
}

export function aTarget(n: number, overrides: Partial<TargetReading> = {}): TargetReading {
  return {
    targetGroupArn: TARGET_GROUP,
    ip: `10.0.0.${n}`,
    port: 8080,
    state: 'healthy',
    ...overrides,
  };
}

export function traffic(n: number, requests: number, errors: number): TaskTraffic {
  return {
    taskId: taskId(n),
    requests,
    errors,
    timed: requests,
    slow: 0,
    lastErrors: errors > 0 ? ['500 pool exhausted'] : [],
    traceIds: [],
  };
}

/** A task that took longer than a second over so many of its requests, without an error. */
export function slowTraffic(n: number, requests: number, slow: number): TaskTraffic {
  return { ...traffic(n, requests, 0), slow };
}

/** Task `n`, that ended some minutes ago after a minute of life; killed by the load balancer's checks unless told. */
export function aStoppedTask(
  n: number,
  minutesAgo: number,
  overrides: Partial<StoppedTaskReading> = {},
): StoppedTaskReading {
  const stoppedAt = earlier(NOW, minutes(minutesAgo));
  return {
    id: taskId(n),
    revision: 'checkout-api:42',
    zone: `eu-west-1${'abc'[n % 3]}`,
    startedAt: earlier(stoppedAt, minutes(1)),
    stoppedAt,
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: `Task failed ELB health checks in (target-group ${TARGET_GROUP})`,
    ...overrides,
  };
}

export function anAlarm(overrides: Partial<AlarmReading> = {}): AlarmReading {
  return {
    arn: ALARM_ARN,
    name: 'checkout-api-5xx-rate',
    state: 'ALARM',
    since: earlier(NOW, minutes(1)),
    reason: 'Threshold Crossed',
    suppressed: false,
    ...overrides,
  };
}

export interface Scene {
  readonly at?: EpochMillis;
  readonly alarms?: readonly AlarmReading[];
  readonly service?: Partial<ServiceReading>;
  readonly tasks?: readonly TaskReading[];
  readonly targets?: readonly TargetReading[];
  readonly traffic?: readonly TaskTraffic[];
  readonly basis?: TrafficBasis;
  readonly stopped?: readonly StoppedTaskReading[];
  readonly downstream?: readonly DownstreamReading[];
}

/** Four tasks, the alarm on, and task 2 failing 80 of its 100 requests while the others fail one. */
export function anObservation(scene: Scene = {}): Observation {
  const at = scene.at ?? NOW;
  const tasks = scene.tasks ?? [1, 2, 3, 4].map((n) => aTask(n));
  return {
    at,
    alarms: { kind: 'read', value: scene.alarms ?? [anAlarm()] },
    service: {
      kind: 'read',
      value: {
        status: 'ACTIVE',
        desired: tasks.length,
        running: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
        pending: 0,
        controller: 'ECS',
        deployments: [
          {
            id: 'ecs-svc/1',
            status: 'PRIMARY',
            rolloutState: 'COMPLETED',
            taskDefinition: 'checkout-api:42',
          },
        ],
        taskSets: [],
        graceSeconds: 60,
        events: [],
        ...scene.service,
      },
    },
    tasks: { kind: 'read', value: tasks },
    stopped: { kind: 'read', value: scene.stopped ?? [] },
    downstream:
      scene.downstream === undefined
        ? { kind: 'absent' }
        : { kind: 'read', value: scene.downstream },
    targets: { kind: 'read', value: scene.targets ?? [1, 2, 3, 4].map((n) => aTarget(n)) },
    traffic: {
      kind: 'read',
      value: {
        from: earlier(at, minutes(5)),
        to: at,
        basis: scene.basis ?? 'status',
        cost: { source: 'FilterLogEvents', calls: 1, usd: 0 },
        tasks: scene.traffic ?? [1, 2, 3, 4].map((n) => traffic(n, 100, n === 2 ? 80 : 1)),
        truncated: false,
      },
    },
  };
}

export function anAlarmDelivery(state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA' = 'ALARM'): Delivery {
  return {
    kind: 'alarm',
    alarm: {
      arn: ALARM_ARN,
      name: 'checkout-api-5xx-rate',
      kind: 'metric-math',
      accountId: '123456789012',
      region: 'eu-west-1',
      state,
      changedAt: earlier(NOW, minutes(1)),
      reason: 'Threshold Crossed',
      triggeredBy: [],
    },
  };
}

export function aVictim(n = 2): Victim {
  const { arn, id, revision } = aTask(n);
  return {
    taskArn: arn,
    taskId: id,
    revision,
    why: '80.0 % of its 100 requests failed',
    lastErrors: [],
    traceIds: [],
  };
}

export function anIncident(overrides: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-20261120-100241-0001',
    state: 'holding',
    openedAt: earlier(NOW, minutes(1)),
    alarmSince: earlier(NOW, minutes(2)),
    openedBy: 'alarm checkout-api-5xx-rate ALARM',
    reopened: 0,
    rang: [ALARM_ARN],
    seq: 1,
    token: 1,
    nextCheckAt: NOW,
    stopped: 0,
    told: false,
    ...overrides,
  };
}

export function aLock(overrides: Partial<LockState> = {}): LockState {
  return { ...emptyLock('shop-prod/checkout-api'), ...overrides };
}

/** The entry of one stop, as it is announced. */
export function anEntry(overrides: Partial<Entry> = {}, victim: Partial<Victim> = {}): Entry {
  return {
    id: 'inc-20261120-100341-3f9c#3',
    incidentId: 'inc-20261120-100341-3f9c',
    seq: 3,
    at: NOW,
    kind: 'stopped',
    announce: true,
    serviceId: 'shop-prod/checkout-api',
    environment: 'prod',
    trigger: 'alarm checkout-api-5xx-rate ALARM',
    detail: "80.0 % of its 100 requests failed, 1.0 % of its peers'",
    victim: {
      ...aVictim(2),
      zone: 'eu-west-1b',
      startedAt: earlier(NOW, minutes(60)),
      lastErrors: ['500 pool exhausted'],
      ...victim,
    },
    stopped: 1,
    reopened: 0,
    facts: {
      desired: 4,
      running: 4,
      healthy: 4,
      floor: 3,
      requests: 400,
      errors: 83,
      alarms: [{ name: 'checkout-api-5xx-rate', state: 'ALARM', reason: '' }],
      stopsUsed: 1,
      stopsAllowed: 3,
    },
    ledger: { act: seconds(62) },
    ...overrides,
  };
}
