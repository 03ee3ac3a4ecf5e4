/** Every way in which the healer is troubled while it heals. */
import type { FaultHandle } from '../gateway/faults.ts';
import {
  breakService,
  FAULTY_SERVICES,
  type FaultyService,
  SERVICE_FAULTS,
  type ServiceFault,
} from '../gateway/service-faults.ts';
import type { Lab } from '../lab.ts';
import { CALLER } from '../names.ts';
import type { SlackFault } from '../slack/slack-faults.ts';

/** A service is faulty from the first alarm on, for a while. */
export interface ServiceTrouble {
  readonly kind: 'service';
  readonly service: FaultyService | 'slack';
  readonly how: ServiceFault;
}

/** `kill -9` of `remediate` at one of its calls: before it runs, or when it ran and is not answered yet. */
export interface KillTrouble {
  readonly kind: 'kill';
  readonly when: 'before' | 'after';
  readonly service: FaultyService;
  readonly operation: string;
  /** Calls of the same kind since the alarm that pass first. */
  readonly skip: number;
}

/** Slack cannot be reached for an hour, in which one task after the other is ill. */
export interface HourTrouble {
  readonly kind: 'hour';
  readonly service: 'slack';
  readonly how: ServiceFault;
}

export type Trouble = ServiceTrouble | KillTrouble | HourTrouble;

/** Each call that the deciding invocation makes, in that order; then those that follow the stop to its end. */
const STEPS: readonly (readonly [FaultyService, string, number])[] = [
  ['ssm', 'GetParametersByPath', 0],
  ['dynamodb', 'GetItem', 0],
  ['dynamodb', 'GetItem', 1],
  ['monitoring', 'DescribeAlarms', 0],
  ['ecs', 'DescribeServices', 0],
  ['ecs', 'ListTasks', 0],
  ['ecs', 'DescribeTasks', 0],
  ['ecs', 'GetTaskProtection', 0],
  ['elasticloadbalancing', 'DescribeTargetHealth', 0],
  ['logs', 'FilterLogEvents', 0],
  ['dynamodb', 'TransactWriteItems', 0],
  ['sqs', 'SendMessage', 0],
  ['ecs', 'StopTask', 0],
  ['dynamodb', 'UpdateItem', 0],
  ['dynamodb', 'BatchWriteItem', 0],
  ['dynamodb', 'PutItem', 0],
  ['sns', 'Publish', 0],
  ['dynamodb', 'UpdateItem', 1],
  ['sqs', 'SendMessage', 1],
  ['dynamodb', 'BatchWriteItem', 1],
  ['sns', 'Publish', 1],
];

const KILLS: readonly KillTrouble[] = STEPS.flatMap(([service, operation, skip]) =>
  (['before', 'after'] as const).map(
    (when): KillTrouble => ({ kind: 'kill', when, service, operation, skip }),
  ),
);

const OUTAGES: readonly ServiceTrouble[] = [...FAULTY_SERVICES, 'slack' as const].flatMap(
  (service) => SERVICE_FAULTS.map((how): ServiceTrouble => ({ kind: 'service', service, how })),
);

const HOURS: readonly HourTrouble[] = (['down', 'throttle'] as const).map((how) => ({
  kind: 'hour',
  service: 'slack',
  how,
}));

export const TROUBLES: readonly Trouble[] = [...OUTAGES, ...KILLS, ...HOURS];

/** Such as `ecs-down`, or `kill-before-ecs:StopTask`. */
export function nameOf(trouble: Trouble): string {
  const { service } = trouble;
  if (trouble.kind === 'hour') return `hour-${service}-${trouble.how}`;
  if (trouble.kind === 'service') return `${service}-${trouble.how}`;
  const nth = trouble.skip === 0 ? '' : `-${trouble.skip + 1}`;
  return `kill-${trouble.when}-${service}:${trouble.operation}${nth}`;
}

/** Real time that a slow service takes longer: within the time limits of every client, and often over the lab's. */
const SLOW_MS = 1_500;
const SLACK: Readonly<Record<ServiceFault, SlackFault>> = {
  throttle: { kind: 'rate-limited', retryAfterSeconds: 30 },
  slow: { kind: 'slow', delayMs: SLOW_MS },
  '500': { kind: 'server-error' },
  down: { kind: 'down' },
};

/** Begins now. @returns what ends it. */
export function begin(trouble: ServiceTrouble | HourTrouble, lab: Lab): () => void {
  const { service, how } = trouble;
  if (service === 'slack') {
    const fault = lab.slack.faults.from(SLACK[how]);
    return () => fault.cancel();
  }
  const handles: FaultHandle[] = [CALLER.remediate, CALLER.notify].map((caller) =>
    breakService(lab.gateway.faults, { service, how, caller, delayMs: SLOW_MS }),
  );
  if (service === 'sqs') handles.push(...troublePollers(how, lab));
  return () => {
    for (const handle of handles) handle.cancel();
  };
}

/** Lambda's own polling; EventBridge keeps what it cannot send for a day, and the lab's does not. */
function troublePollers(how: ServiceFault, { gateway }: Lab): readonly FaultHandle[] {
  return ['ReceiveMessage', 'DeleteMessageBatch'].map((operation) =>
    breakService(gateway.faults, {
      service: 'sqs',
      operation,
      how,
      caller: CALLER.platform,
      delayMs: SLOW_MS,
    }),
  );
}

/** Waits for its call. */
export function armKill({ when, service, operation, skip }: KillTrouble, lab: Lab): FaultHandle {
  return lab.gateway.faults.inject({
    kind: 'crash',
    when,
    service,
    operation,
    skip,
    times: 1,
    caller: CALLER.remediate,
    crash: async ({ traceId }) => lab.healer?.crash('remediate', traceId),
  });
}
