/** One service under care: its alarms, the rule that listens to them, its configuration. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { DEFAULT_POLICY, parsePolicy } from '../../functions/core/policy.ts';
import type { HealingPolicy } from '../healing-policy.ts';
import { policyOverridesOf } from './limits.ts';
import type { Messaging } from './messaging.ts';
import type { RemediatePermissions } from './permissions.ts';
import { makeServiceAlarms, type ServiceAlarmOptions } from './service-alarms.ts';
import { refuseElsewhere, refuseHalfBlueGreen, refuseShortLease, warn } from './service-checks.ts';
import {
  checkServices,
  type ListedService,
  type LogFieldNames,
  makeParameter,
  type ServiceEntry,
} from './service-entry.ts';
import { factsOf, type ServiceFacts } from './service-facts.ts';

/** How one service is guarded. */
export interface GuardProps {
  /**
   * Named by every message, such as `prod`.
   *
   * @default - of the healer
   */
  readonly environment?: string;
  /**
   * Alarms of your own that open an incident: imported and composite ones too. None of ours are
   * made then, unless `alarmOptions` are given.
   *
   * @default - share of 5xx over all target groups, and unhealthy targets
   */
  readonly alarms?: IAlarm[];
  /**
   * When the alarms that are made for it ring.
   *
   * @default - see there
   */
  readonly alarmOptions?: ServiceAlarmOptions;
  /**
   * Limits that differ from those of the healer.
   *
   * @default - the healer's
   */
  readonly policy?: HealingPolicy;
  /**
   * Target groups that send requests to it; under CodeDeploy blue/green both.
   *
   * @default - those that it is attached to when `guard` is called
   */
  readonly targetGroups?: IApplicationTargetGroup[];
  /**
   * Log group of its containers.
   *
   * @default - of the awslogs driver of its default container
   */
  readonly logGroup?: ILogGroup;
  /**
   * Names of the fields in its log lines.
   *
   * @default - the names that usual loggers use
   */
  readonly logFields?: LogFieldNames;
  /**
   * Guarded services that it calls: no task of it is stopped for a fault behind it.
   *
   * @default - none
   */
  readonly dependsOn?: ServiceGuard[];
}

/** What a healer lends to the services that it guards. */
export interface GuardedBy {
  readonly messaging: Messaging;
  readonly permissions: RemediatePermissions;
  readonly servicesPath: string;
  readonly environment: string;
  readonly policy: HealingPolicy;
  /** Every service of this healer so far. */
  readonly services: ListedService[];
}

/** EventBridge tries as long as the inbox would keep the alarm. */
const RULE_AGE_MAX = Duration.hours(24);
const RULE_TRIES_MAX = 185;

/** A service under care; made by `SelfHealing.guard`. */
export class ServiceGuard extends Construct {
  /** `<cluster name>/<service name>`, as metrics, the table and messages name it. */
  readonly serviceId: string;
  /** All alarms that open an incident. */
  readonly alarms: IAlarm[];
  /** Those of them that were made here. */
  readonly ownAlarms: Alarm[];
  readonly targetGroups: IApplicationTargetGroup[];
  /** Put each OK and ALARM of the alarms into the inbox; more than one only for many alarms. */
  readonly rules: Rule[];
  /** Its configuration. */
  readonly parameter: StringParameter;

  constructor(
    scope: Construct,
    id: string,
    service: IBaseService,
    props: GuardProps,
    by: GuardedBy,
  ) {
    super(scope, id);
    refuseElsewhere(this, service);
    const facts = knownFacts(service, props);
    refuseHalfBlueGreen(service, facts);
    this.targetGroups = [...facts.targetGroups];
    this.serviceId = `${service.cluster.clusterName}/${service.serviceName}`;
    const { alarms: brought = [], alarmOptions } = props;
    const made = brought.length === 0 || alarmOptions !== undefined;
    if (made && this.targetGroups.length === 0) throw new Error(silent(service));
    this.ownAlarms = made
      ? [...makeServiceAlarms(this, this.targetGroups, alarmOptions ?? {})]
      : [];
    this.alarms = [...this.ownAlarms, ...brought];
    const entry = this.#entry(service, props, facts, by);
    const listed = { clusterName: service.cluster.clusterName, entry };
    checkServices([...by.services, listed]);
    by.services.push(listed);
    const policy = parsePolicy(entry.policy);
    refuseShortLease(policy);
    warn(this, { facts, policy, alarms: this.alarms });
    refuseLateTargetGroups(this, service, facts);
    this.rules = makeRules(this, by.messaging, this.alarms);
    this.parameter = makeParameter(this, `${by.servicesPath}/${this.node.addr}`, entry);
    by.permissions.add({
      clusterName: service.cluster.clusterName,
      clusterArn: service.cluster.clusterArn,
      serviceArn: Stack.of(this).formatArn({
        service: 'ecs',
        resource: 'service',
        resourceName: this.serviceId,
      }),
      logGroupName: facts.logGroupName,
    });
  }

  #entry(
    service: IBaseService,
    props: GuardProps,
    facts: ServiceFacts,
    by: GuardedBy,
  ): ServiceEntry {
    const { environment = by.environment, policy = {}, logFields, dependsOn = [] } = props;
    const grace = (facts.graceSeconds ?? 0) * 1_000;
    const slowStart: HealingPolicy =
      grace > DEFAULT_POLICY.startGrace ? { startGrace: Duration.millis(grace) } : {};
    return {
      cluster: service.cluster.clusterArn,
      service: service.serviceName,
      environment,
      alarms: this.alarms.map((alarm) => alarm.alarmArn),
      targetGroups: this.targetGroups.map((group) => group.targetGroupArn),
      ...(facts.logGroupName === undefined ? {} : { logGroup: facts.logGroupName }),
      ...(logFields === undefined ? {} : { logFields }),
      ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map((guard) => guard.serviceId) }),
      policy: policyOverridesOf(slowStart, by.policy, policy),
    };
  }
}

function knownFacts(service: IBaseService, props: GuardProps): ServiceFacts {
  const facts = factsOf(service);
  return {
    ...facts,
    targetGroups: props.targetGroups ?? facts.targetGroups,
    logGroupName: props.logGroup?.logGroupName ?? facts.logGroupName,
  };
}

function silent(service: IBaseService): string {
  return (
    `${service.node.path} has no target group and no alarms, so nothing would open an incident: ` +
    'call guard() after it is attached to its load balancer, or pass { alarms: [...] }'
  );
}

/** A target group that is attached later would be guarded by nobody. */
function refuseLateTargetGroups(
  guard: ServiceGuard,
  service: IBaseService,
  facts: ServiceFacts,
): void {
  const known = new Set(facts.targetGroups);
  guard.node.addValidation({
    validate: () =>
      factsOf(service)
        .targetGroups.filter((group) => !known.has(group))
        .map(
          (group) =>
            `${group.node.path} sends requests to ${service.node.path} and is not guarded: ` +
            'call guard() after it is attached, or pass it in targetGroups',
        ),
  });
}

/** A pattern ends at 2,048 characters, and an alarm's ARN may have some 170. */
const ALARMS_MAX = 10;

function makeRules(scope: Construct, messaging: Messaging, alarms: readonly IAlarm[]): Rule[] {
  const count = Math.ceil(alarms.length / ALARMS_MAX);
  return Array.from({ length: count }, (_, index) => {
    const some = alarms.slice(index * ALARMS_MAX, (index + 1) * ALARMS_MAX);
    return new Rule(scope, index === 0 ? 'AlarmChanges' : `AlarmChanges${index + 1}`, {
      description: 'Alarms of a guarded service, to the inbox of self-healing',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: some.map((alarm) => alarm.alarmArn),
        // OK as well: an alarm that clears by itself is a recovery to be proven.
        detail: { state: { value: ['ALARM', 'OK'] } },
      },
      targets: [inboxTarget(messaging)],
    });
  });
}

/** The queues let every rule of this account send, so that this adds no statement for each rule. */
function inboxTarget({ inbox, ruleDeadLetters }: Messaging): IRuleTarget {
  return {
    bind: () => ({
      arn: inbox.queueArn,
      deadLetterConfig: { arn: ruleDeadLetters.queueArn },
      retryPolicy: {
        maximumEventAgeInSeconds: RULE_AGE_MAX.toSeconds(),
        maximumRetryAttempts: RULE_TRIES_MAX,
      },
    }),
  };
}
