/**
 * What a platform engineer adds to an app: one healer for the Fargate services of an account and
 * Region.
 */
import { Names, RemovalPolicy, Stack, Stage, Validations } from 'aws-cdk-lib';
import { type Alarm, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  METRICS_NAMESPACE,
  notifyVariables,
  remediateVariables,
} from '../functions/core/environment.ts';
import { HealerFunction } from './healing/functions.ts';
import { accountLimitsOf, policyOverridesOf } from './healing/limits.ts';
import { type Messaging, makeMessaging } from './healing/messaging.ts';
import { makeOwnAlarms } from './healing/own-alarms.ts';
import { grantWebhook, RemediatePermissions } from './healing/permissions.ts';
import { type GuardedBy, type GuardProps, ServiceGuard } from './healing/service-guard.ts';
import { makeTable } from './healing/table.ts';
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
export class SelfHealing extends Construct {
  /** Locks, incidents and their timelines. */
  readonly table: Table;
  readonly inbox: Queue;
  readonly inboxDeadLetters: Queue;
  readonly ruleDeadLetters: Queue;
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
  readonly #by: GuardedBy;
  readonly #guards: ServiceGuard[] = [];

  constructor(scope: Construct, id: string, props: SelfHealingProps) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN, encryptionKey, policy = {} } = props;
    policyOverridesOf(policy);
    this.servicesPath = `/${Names.uniqueResourceName(this, { separator: '-' })}`;
    this.table = makeTable(this, { removalPolicy, encryptionKey });
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
      }),
    ];
    const { table, servicesPath } = this;
    this.#by = {
      messaging,
      permissions: new RemediatePermissions(this.remediate.role, {
        table,
        messaging,
        servicesPath,
      }),
      servicesPath,
      environment: props.environment ?? defaultEnvironment(this),
      policy,
      services: [],
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
    const id = service.node.path.replaceAll('/', '-');
    if (this.node.tryFindChild(id) !== undefined) {
      throw new Error(
        `${service.node.path} is guarded already: call guard() once for each service`,
      );
    }
    const guard = new ServiceGuard(this, id, service, props, this.#by);
    this.#guards.push(guard);
    return guard;
  }

  /** Lets a drill ring the guarded alarms, hand in requests, and follow what becomes of them. */
  grantDrill(grantee: IGrantable): Grant {
    return this.#grantOnAlarms(grantee, ['cloudwatch:SetAlarmState', 'cloudwatch:DescribeAlarms'])
      .combine(this.remediate.function.grantInvoke(grantee))
      .combine(this.grantReadIncidents(grantee));
  }

  /** Lets a person or a pipeline pause the healing of a service, and end the pause. */
  grantPause(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resourceArns: [this.table.tableArn],
      // The locks alone: neither timelines nor what all services share.
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SERVICE#*'] } },
    }).combine(this.#grantTableKey(grantee));
  }

  /** Lets a report or a person read incidents and their timelines. */
  grantReadIncidents(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      resourceArns: [this.table.tableArn],
    }).combine(this.#grantTableKey(grantee));
  }

  /**
   * Decisions on one service of one kind, such as `act` or `hold` and the reason of it (`none` for
   * an act).
   */
  metricVerdicts(
    guard: ServiceGuard,
    verdict: string,
    reason: string,
    options: MetricOptions = {},
  ): Metric {
    return this.#metric('Verdicts', { guarded: guard.serviceId, verdict, reason }, options);
  }

  /** Failures of remediate by their code, such as `dependency.unavailable`. */
  metricFailures(code: string, options: MetricOptions = {}): Metric {
    return this.#metric('Failures', { code }, options);
  }

  /** Milliseconds from an event to its decision, all reads included. */
  metricDecisionTime(options: MetricOptions = {}): Metric {
    return this.#metric('DecisionTime', {}, { statistic: 'p95', ...options });
  }

  /** Bytes of logs that were read to find ill tasks: what the healing costs most. */
  metricLogBytesScanned(options: MetricOptions = {}): Metric {
    return this.#metric('LogBytesScanned', {}, options);
  }

  #metric(metricName: string, dimensions: Record<string, string>, options: MetricOptions): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      statistic: 'Sum',
      ...options,
      dimensionsMap: { service: 'remediate', ...dimensions },
    }).attachTo(this);
  }

  #makeRemediate(
    props: SelfHealingProps,
    messaging: Messaging,
    removalPolicy: RemovalPolicy,
  ): HealerFunction {
    const remediate = new HealerFunction(this, 'Remediate', {
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
    const { secret } = props.slack;
    const notify = new HealerFunction(this, 'Notify', {
      name: 'notify',
      description: 'Tells incidents in Slack',
      environment: notifyVariables({ slackSecretId: secret.secretFullArn ?? secret.secretName }),
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy,
      deadLetters: messaging.invocationDeadLetters,
    });
    grantWebhook(notify.role, secret);
    messaging.topic.addSubscription(
      new LambdaSubscription(notify.function, {
        deadLetterQueue: messaging.invocationDeadLetters,
      }),
    );
    return notify;
  }

  #grantOnAlarms(grantee: IGrantable, actions: string[]): Grant {
    const resourceArns = this.#guards.flatMap(({ alarms }) =>
      alarms.map((alarm) => alarm.alarmArn),
    );
    if (resourceArns.length === 0) {
      throw new Error('grantDrill: no service is guarded yet; call it after guard()');
    }
    return Grant.addToPrincipal({ grantee, actions, resourceArns });
  }

  #grantTableKey(grantee: IGrantable): Grant {
    return this.table.encryptionKey?.grantDecrypt(grantee) ?? Grant.drop(grantee, 'no own key');
  }
}

/** An app is a stage too, without a name. */
function defaultEnvironment(scope: Construct): string {
  const stage = Stage.of(scope)?.stageName;
  return stage === undefined || stage === '' ? Stack.of(scope).stackName : stage;
}
