/**
 * What a platform engineer adds to an app: one healer for the Fargate services of an account and
 * Region.
 */
import { Names, RemovalPolicy, Stack, Stage, Validations } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { notifyVariables, remediateVariables } from '../functions/core/environment.ts';
import { AlarmRules } from './healing/alarm-rules.ts';
import { HealerDashboard } from './healing/dashboard.ts';
import { HealerFunction } from './healing/functions.ts';
import { grantDrill, grantPause, grantReadIncidents } from './healing/grants.ts';
import { accountLimitsOf, policyOverridesOf } from './healing/limits.ts';
import { type Messaging, makeMessaging } from './healing/messaging.ts';
import { HealerMetrics } from './healing/metrics.ts';
import { makeOwnAlarms } from './healing/own-alarms.ts';
import { RemediatePermissions } from './healing/permissions.ts';
import { StackQuotas } from './healing/quotas.ts';
import { ServiceList } from './healing/service-entry.ts';
import { type GuardedBy, type GuardProps, ServiceGuard } from './healing/service-guard.ts';
import { ServiceParameters } from './healing/service-parameters.ts';
import { StackOrder } from './healing/stack-order.ts';
import { makeTable } from './healing/table.ts';
import { grantWebhook, webhookEnvironment } from './healing/webhook.ts';
import { HealingPermissions } from './healing-permissions.ts';
import type { SelfHealingProps } from './self-healing-props.ts';

/** Alarms handled at the same time: a storm of them must not use up the account's ECS calls. */
const CONCURRENCY_MAX = 10;

/**
 * Finds the one ill task of a service, stops exactly that task, proves the recovery, and tells it
 * in Slack.
 *
 * @example
 * const healing = new SelfHealing(this, 'Healing', { slack: Slack.webhook(secret) });
 * healing.guard(service);
 */
export class SelfHealing extends HealerMetrics {
  /** Locks, incidents and their timelines. */
  readonly table: ITable;
  /** What it works through: alarms, its own looks, people's requests. */
  readonly inbox: Queue;
  /** Messages to the inbox that failed five times. */
  readonly inboxDeadLetters: Queue;
  /** Alarms that EventBridge could not put into the inbox. */
  readonly ruleDeadLetters: Queue;
  /** Announcements, and direct invocations, that no function took. */
  readonly invocationDeadLetters: Queue;
  /** Every announcement, as JSON; subscribe your own systems to it. */
  readonly topic: Topic;
  /** Decides and stops. */
  readonly remediate: HealerFunction;
  /** Tells Slack. */
  readonly notify: HealerFunction;
  /** Alarms on the healer itself. */
  readonly ownAlarms: Alarm[];
  /** Path of the SSM parameters that list the guarded services. */
  readonly servicesPath: string;
  /** Of the healer and its services; none unless it is wanted. */
  readonly dashboard: Dashboard | undefined;
  readonly #board: HealerDashboard | undefined;
  readonly #by: GuardedBy;
  readonly #guards: ServiceGuard[] = [];
  /** Paths of the services under care. */
  readonly #guarded = new Set<string>();

  constructor(scope: Construct, id: string, props: SelfHealingProps) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN, encryptionKey, policy = {} } = props;
    policyOverridesOf(policy);
    this.servicesPath = `/${Names.uniqueResourceName(this, { separator: '-' })}`;
    this.table = makeTable(this, { removalPolicy, encryptionKey, table: props.table });
    const messaging = makeMessaging(this, encryptionKey);
    this.inbox = messaging.inbox;
    this.inboxDeadLetters = messaging.inboxDeadLetters;
    this.ruleDeadLetters = messaging.ruleDeadLetters;
    this.invocationDeadLetters = messaging.invocationDeadLetters;
    this.topic = messaging.topic;
    this.remediate = this.#makeRemediate(props, messaging, removalPolicy);
    this.notify = this.#makeNotify(props, messaging, removalPolicy);
    this.ownAlarms = [
      ...makeOwnAlarms(this, {
        messaging,
        remediate: this.remediate.function,
        notify: this.notify.function,
        actions: props.alarmActions ?? [],
        drillWithin: props.drillWithin,
      }),
    ];
    this.#board = props.dashboard === true ? this.#makeDashboard(messaging) : undefined;
    this.dashboard = this.#board?.dashboard;
    const { table, servicesPath } = this;
    const { permissions: rights = HealingPermissions.eachService() } = props;
    const { role } = this.remediate;
    this.#by = {
      rules: new AlarmRules(this, messaging),
      rights,
      permissions: new RemediatePermissions(role, { table, messaging, servicesPath }, rights),
      parameters: new ServiceParameters(this, servicesPath),
      environment: props.environment ?? defaultEnvironment(this),
      policy,
      services: new ServiceList(),
      order: new StackOrder(this, rights),
      quotas: new StackQuotas(),
    };
    this.node.addValidation({
      validate: () =>
        this.#guards.length > 0
          ? []
          : ['it guards no service: call guard(service), or remove the construct'],
    });
  }

  /**
   * Takes a service into care; call it after the service is attached to its load balancer.
   *
   * @returns its alarms, rule and configuration.
   */
  guard(service: IBaseService, props: GuardProps = {}): ServiceGuard {
    const { path } = service.node;
    if (this.#guarded.has(path)) {
      throw new Error(`${path} is guarded already: call guard() once for each service`);
    }
    const { scope = this } = props;
    const id = path.replaceAll('/', '-');
    const guardId = scope === this ? id : `${this.node.id}-${id}`;
    const guard = ServiceGuard._make(scope, guardId, service, props, this.#by);
    this.#guards.push(guard);
    this.#board?.add(guard);
    this.#guarded.add(path);
    return guard;
  }

  /**
   * Lets a drill ring the guarded alarms, hand in requests, follow what becomes of them, and count
   * that it passed.
   *
   * Where guards are in other stacks than the healer, the grantee must be in one of its own.
   */
  grantDrill(grantee: IGrantable): Grant {
    const alarmArns = this.#guards.flatMap(({ alarms }) => alarms.map(({ alarmArn }) => alarmArn));
    this.#by.order.addGrantee(grantee, alarmArns);
    return grantDrill(grantee, this.remediate.function, alarmArns).combine(
      this.grantReadIncidents(grantee),
    );
  }

  /** Lets a person or a pipeline pause the healing of a service or of all, and end the pause. */
  grantPause(grantee: IGrantable): Grant {
    return grantPause(grantee, this.table);
  }

  /** Lets a report or a person read incidents and their timelines. */
  grantReadIncidents(grantee: IGrantable): Grant {
    return grantReadIncidents(grantee, this.table);
  }

  #makeDashboard(messaging: Messaging): HealerDashboard {
    const remediate = this.remediate.function;
    const notify = this.notify.function;
    return new HealerDashboard(this, { messaging, remediate, notify, ownAlarms: this.ownAlarms });
  }

  #makeRemediate(
    props: SelfHealingProps,
    messaging: Messaging,
    removalPolicy: RemovalPolicy,
  ): HealerFunction {
    const remediate = HealerFunction._make(this, 'Remediate', {
      name: 'remediate',
      description: 'Finds and stops the one ill task of a guarded service',
      environment: remediateVariables({
        tableName: this.table.tableName,
        inboxUrl: messaging.inbox.queueUrl,
        topicArn: messaging.topic.topicArn,
        servicesPath: this.servicesPath,
        accountLimits: accountLimitsOf(props.accountLimits),
      }),
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy,
      deadLetters: messaging.invocationDeadLetters,
      settings: props,
    });
    remediate.function.addEventSource(
      new SqsEventSource(messaging.inbox, {
        // One incident never waits for another, nor is it repeated for another's fault.
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: CONCURRENCY_MAX,
      }),
    );
    Validations.of(remediate.function).acknowledge({
      id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
      reason: 'A queue as source knows no destination; the queue has dead letters.',
    });
    return remediate;
  }

  #makeNotify(
    props: SelfHealingProps,
    messaging: Messaging,
    removalPolicy: RemovalPolicy,
  ): HealerFunction {
    const notify = HealerFunction._make(this, 'Notify', {
      name: 'notify',
      description: 'Tells incidents in Slack',
      environment: notifyVariables(webhookEnvironment(props.slack)),
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy,
      deadLetters: messaging.invocationDeadLetters,
      settings: props,
    });
    grantWebhook(notify.role, props.slack);
    messaging.topic.addSubscription(
      new LambdaSubscription(notify.function, {
        deadLetterQueue: messaging.invocationDeadLetters,
      }),
    );
    return notify;
  }
}

/** An app is a stage too, without a name. */
function defaultEnvironment(scope: Construct): string {
  const stage = Stage.of(scope)?.stageName;
  return stage === undefined || stage === '' ? Stack.of(scope).stackName : stage;
}
