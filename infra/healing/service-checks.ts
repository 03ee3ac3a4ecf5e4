/** What is unsafe about a service under care, said at synth with its fix. */
import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { Policy } from '../../functions/core/policy.ts';
import { type Say, warnOfAlarms } from './alarm-checks.ts';
import { FUNCTION_TIMEOUT } from './functions.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Prefix of the warnings' ids, by which an app may acknowledge one. */
export const WARNING_PREFIX = 'ecs-self-healing:';

/**
 * @throws when the service is in another account or Region: neither its alarms nor its tasks could
 * be reached.
 */
export function refuseElsewhere(healer: Construct, service: IBaseService): void {
  const here = Stack.of(healer);
  const arn = Token.isUnresolved(service.serviceArn) ? [] : service.serviceArn.split(':');
  const { region = service.env.region, account = service.env.account } = {
    ...(arn[3] === undefined ? {} : { region: arn[3] }),
    ...(arn[4] === undefined ? {} : { account: arn[4] }),
  };
  const pairs = [
    ['account', account, here.account],
    ['Region', region, here.region],
  ] as const;
  for (const [what, theirs, ours] of pairs) {
    if (Token.isUnresolved(theirs) || Token.isUnresolved(ours) || theirs === ours) continue;
    throw new Error(
      `${service.node.path} is in ${what} ${theirs}, the healer in ${ours}: make a SelfHealing ` +
        `in a stack of that ${what}; one for all its services is enough`,
    );
  }
}

/**
 * @throws when only one of the two groups is known: half of the time the healer would see nothing.
 */
export function refuseHalfBlueGreen(service: IBaseService, facts: ServiceFacts): void {
  if (!facts.blueGreen || facts.targetGroups.length !== 1) return;
  throw new Error(
    `${service.node.path} is deployed blue/green, and only one target group is known: ` +
      'after the next deployment its tasks are in the other one; ' +
      'pass guard(service, { targetGroups: [blue, green] })',
  );
}

/** @throws when a claim may be taken over while its function still runs. */
export function refuseShortLease(policy: Policy): void {
  const timeout = FUNCTION_TIMEOUT.toSeconds();
  if (policy.claimLease > timeout * 1_000) return;
  throw new Error(
    `policy.claimLease is ${policy.claimLease / 1_000} s: wanted more than the ${timeout} s ` +
      'that the function may run',
  );
}

export interface Watched {
  readonly facts: ServiceFacts;
  readonly policy: Policy;
  readonly alarms: readonly IAlarm[];
}

/** Adds a warning for all that works and may surprise; each can be acknowledged by its id. */
export function warn(scope: Construct, { facts, policy, alarms }: Watched): void {
  const say: Say = (id, message) =>
    Annotations.of(scope).addWarningV2(`${WARNING_PREFIX}${id}`, message);
  if (facts.desiredCount === 1 && policy.singleTask === 'hold') {
    say(
      'single-task',
      'the service has one task, which is never stopped by default: a human is called instead. ' +
        'Raise desiredCount to 2, or accept the outage with policy { singleTask: SingleTask.STOP }',
    );
  }
  const grace = facts.graceSeconds ?? 0;
  if (facts.deployedHere && facts.targetGroups.length > 0 && grace === 0) {
    say(
      'no-grace-period',
      'the service has no health check grace period: ECS stops tasks that are still ' +
        'starting, and so the incident never ends. ' +
        'Set healthCheckGracePeriod to the time a task needs until it answers /health',
    );
  }
  if (grace * 1_000 > policy.startGrace) {
    say(
      'start-grace',
      `policy.startGrace is ${policy.startGrace / 1_000} s, the grace period ${grace} s: ` +
        'a task could be stopped while it may still be starting. Raise policy.startGrace',
    );
  }
  if (policy.mode === 'observe') {
    Annotations.of(scope).addInfo('observe mode: no task is stopped, only told what would be');
  }
  warnOfAlarms(say, { alarms, targetGroups: facts.targetGroups, policy });
  if (facts.logGroupName === undefined) {
    say(
      'no-log-group',
      'no log group is known: a task that fails requests while its health checks pass cannot ' +
        'be told from its peers. Use the awslogs driver, or pass logGroup',
    );
  }
}
