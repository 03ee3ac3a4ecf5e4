/** One service under care: its alarms, the rule that listens to them, its configuration. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { DEFAULT_POLICY, parsePolicy } from '../../functions/core/policy.ts';
import type { HealingPermissions } from '../healing-permissions.ts';
import type { HealingPolicy } from '../healing-policy.ts';
import type { AlarmRules } from './alarm-rules.ts';
import { checkCoverage } from './coverage.ts';
import type { Drills } from './drill.ts';
import { policyOverridesOf } from './limits.ts';
import type { RemediatePermissions } from './permissions.ts';
import type { StackQuotas } from './quotas.ts';
import { makeServiceAlarms, type ServiceAlarmOptions } from './service-alarms.ts';
import { refuseElsewhere, refuseHalfBlueGreen, refuseShortLease, warn } from './service-checks.ts';
import type { LogFieldNames, ServiceEntry, ServiceList } from './service-entry.ts';
import { factsOf, type ServiceFacts } from './service-facts.ts';
import type { ServiceParameters } from './service-parameters.ts';
import type { StackOrder } from './stack-order.ts';

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
   * Whether it may be drilled, where the healer has drills.
   *
   * @default true
   */
  readonly drill?: boolean;
  /**
   * URL at which users reach it, and drills its fault switch, `PUT /drill/fault`; only with
   * `drills.faultSecret`.
   *
   * @default - none: its wiring can be drilled, none of its tasks is made ill
   */
  readonly faultUrl?: string;
  /**
   * Guarded services that it calls: no task of it is stopped for a fault behind it.
   *
   * @default - none
   */
  readonly dependsOn?: ServiceGuard[];
  /**
   * Where its alarms, rule and parameter are made, such as the stack of the service: same account
   * and Region as the healer, whose stack must be deployed first.
   *
   * @default - the healer: then its stack holds some hundred services, as far as CloudFormation's
   * 500 resources reach
   */
  readonly scope?: Construct;
}

/** What a healer lends to the services that it guards. */
export interface GuardedBy {
  readonly rules: AlarmRules;
  /** By whose choice the role has its rights. */
  readonly rights: HealingPermissions;
  readonly permissions: RemediatePermissions;
  readonly parameters: ServiceParameters;
  readonly environment: string;
  readonly policy: HealingPolicy;
  /** Every service of this healer so far. */
  readonly services: ServiceList;
  readonly order: StackOrder;
  readonly quotas: StackQuotas;
  readonly drills: Drills | undefined;
}

/** A service under care; made by `SelfHealing.guard`. */
export class ServiceGuard extends Construct {
  /**
   * For the healer, which lends its own parts.
   *
   * @internal
   */
  static _make(
    scope: Construct,
    id: string,
    service: IBaseService,
    props: GuardProps,
    by: GuardedBy,
  ): ServiceGuard {
    return new ServiceGuard(scope, id, service, props, by);
  }

  /** `<cluster name>/<service name>`, as metrics, the table and messages name it. */
  readonly serviceId: string;
  /** All alarms that open an incident. */
  readonly alarms: IAlarm[];
  /** Those of them that were made here. */
  readonly ownAlarms: Alarm[];
  readonly targetGroups: IApplicationTargetGroup[];
  /**
   * Put each OK and ALARM of the alarms into the inbox; more than one only for many alarms. In
   * another stack than the healer's, services share them.
   */
  readonly rules: Rule[];
  /** Its configuration; in another stack than the healer's, services share it. */
  readonly parameter: StringParameter;

  private constructor(
    scope: Construct,
    id: string,
    service: IBaseService,
    props: GuardProps,
    by: GuardedBy,
  ) {
    super(scope, id);
    by.order.refuseForeign(this);
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
    by.services.add({ clusterName: service.cluster.clusterName, entry });
    const policy = parsePolicy(entry.policy);
    refuseShortLease(policy);
    warn(this, { facts, policy, alarms: this.alarms });
    refuseLateTargetGroups(this, service, facts);
    this.rules = by.rules.listen(this, service.node.path, this.alarms);
    const { dependsOn = [] } = props;
    const after = dependsOn.map(({ parameter }) => parameter);
    this.parameter = by.parameters.add(this, service.node.path, entry, after);
    this.#addPermissions(service, entry, props, by);
    by.quotas.add(this);
  }

  #addPermissions(
    service: IBaseService,
    entry: ServiceEntry,
    { dependsOn = [], drill = true, faultUrl }: GuardProps,
    by: GuardedBy,
  ): void {
    const { clusterName, clusterArn } = service.cluster;
    const upFront = by.rights.clusterNames.length > 0;
    if (upFront) checkCoverage(this, by.rights, { clusterName, logGroupName: entry.logGroup });
    // What stands in the healer's stack: the guard itself, or what its role would say of it.
    const { alarms, targetGroups, logGroup = '' } = entry;
    const named = [clusterName, clusterArn, service.serviceName, logGroup];
    const parameters = dependsOn.map(({ parameter }) => parameter.parameterName);
    const here = [...named, ...alarms, ...targetGroups, ...parameters];
    const elsewhere = upFront ? [] : named;
    by.order.addNeed(service.node.path, by.order.isElsewhere(this) ? elsewhere : here);
    by.order.addGuard(this);
    const guarded = {
      clusterName,
      clusterArn,
      serviceArn: Stack.of(this).formatArn({
        service: 'ecs',
        resource: 'service',
        resourceName: this.serviceId,
      }),
      logGroupName: entry.logGroup,
    };
    by.permissions.add(guarded);
    if (!drill || by.drills === undefined) {
      refuseIdleSwitch(this, faultUrl);
      return;
    }
    const { serviceId } = this;
    const { path: servicePath } = service.node;
    const drilled = { ...guarded, guard: this, servicePath, serviceId, faultUrl };
    by.drills.add({ ...drilled, alarms, environment: entry.environment }, by.order);
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

/** Nobody would ever use it, and who gave it would not know. */
function refuseIdleSwitch({ node }: ServiceGuard, faultUrl: string | undefined): void {
  if (faultUrl === undefined) return;
  throw new Error(
    `${node.path}: got faultUrl for a service that is not drilled, wanted drills: { faultSecret } of ` +
      'the healer, and no drill: false',
  );
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
