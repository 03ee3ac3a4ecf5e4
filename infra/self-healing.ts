/**
 * What a platform engineer adds to an app: one healer for the Fargate services of an account and
 * Region.
 */
import { Names, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { AlarmRules } from './healing/alarm-rules.ts';
import { HealerDashboard } from './healing/dashboard.ts';
import { Drills } from './healing/drill.ts';
import type { HealerFunction } from './healing/functions.ts';
import { grantDrill, grantReadIncidents } from './healing/grants.ts';
import { policyOverridesOf } from './healing/limits.ts';
import { type Messaging, makeMessaging } from './healing/messaging.ts';
import { HealerMetrics } from './healing/metrics.ts';
import { makeNotify } from './healing/notify.ts';
import { makeOwnAlarms, type OwnAlarmsProps } from './healing/own-alarms.ts';
import { RemediatePermissions } from './healing/permissions.ts';
import { StackQuotas } from './healing/quotas.ts';
import { makeRemediate } from './healing/remediate.ts';
import { makeRespond } from './healing/respond.ts';
import { tellDigest, tellOwnAlarms } from './healing/rules.ts';
import { ServiceList } from './healing/service-entry.ts';
import { type GuardedBy, type GuardProps, ServiceGuard } from './healing/service-guard.ts';
import { ServiceParameters } from './healing/service-parameters.ts';
import { StackOrder } from './healing/stack-order.ts';
import { makeTable } from './healing/table.ts';
import { blindWithinOf, makeWatchdog } from './healing/watchdog.ts';
import { HealingPermissions } from './healing-permissions.ts';
import type { SelfHealingProps } from './self-healing-props.ts';

type Sources = Omit<OwnAlarmsProps, 'actions' | 'drillWithin' | 'blindWithin'>;

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
  /** Direct invocations that no function took. */
  readonly invocationDeadLetters: Queue;
  /** What waits to be told: announcements, alarms on the healer, the week's digest. */
  readonly announcements: Queue;
  /** Announcements that could not be told. */
  readonly announcementDeadLetters: Queue;
  /** Every announcement, as JSON; subscribe your own systems to it. */
  readonly topic: Topic;
  /** What Amazon Q Developer subscribes to; only with `Slack.amazonQ()`. */
  readonly chatTopic: Topic | undefined;
  /** Decides and stops. */
  readonly remediate: HealerFunction;
  /** Tells Slack. */
  readonly notify: HealerFunction;
  /** Answers clicks; only with `buttons`. */
  readonly respond: HealerFunction | undefined;
  /** The "Request URL" of the Slack app's interactivity; only with `buttons`. */
  readonly respondUrl: string | undefined;
  /** Runs drills; only with `drills`. */
  readonly drill: HealerFunction | undefined;
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
    const withChatTopic = props.slack._way === 'topic';
    const messaging = makeMessaging(this, { encryptionKey, withChatTopic });
    this.inbox = messaging.inbox;
    this.inboxDeadLetters = messaging.inboxDeadLetters;
    this.ruleDeadLetters = messaging.ruleDeadLetters;
    this.invocationDeadLetters = messaging.invocationDeadLetters;
    this.announcements = messaging.announcements;
    this.announcementDeadLetters = messaging.announcementDeadLetters;
    this.topic = messaging.topic;
    this.chatTopic = messaging.chatTopic;
    const { table, servicesPath } = this;
    const { environment = defaultEnvironment(this) } = props;
    const place = { props, table, messaging, servicesPath, environment };
    const { permissions: rights = HealingPermissions.eachService() } = props;
    this.remediate = makeRemediate(this, place);
    this.notify = makeNotify(this, place);
    const responding = makeRespond(this, place);
    this.respond = responding?.function;
    this.respondUrl = responding?.url;
    const drills =
      props.drills === undefined ? undefined : new Drills(this, place, props.drills, rights);
    this.drill = drills?.function;
    this.ownAlarms = this.#makeOwnAlarms(props, messaging, drills);
    tellOwnAlarms(this, this.ownAlarms, messaging);
    if (props.digest !== false) tellDigest(this, messaging);
    const shown = { ...this.#sources(messaging, drills), ownAlarms: this.ownAlarms };
    this.#board = props.dashboard === true ? new HealerDashboard(this, shown) : undefined;
    this.dashboard = this.#board?.dashboard;
    this.#by = {
      rules: new AlarmRules(this, messaging),
      rights,
      permissions: new RemediatePermissions(this.remediate.role, place, rights),
      parameters: new ServiceParameters(this, servicesPath),
      environment,
      policy,
      services: new ServiceList(),
      order: new StackOrder(this, rights),
      quotas: new StackQuotas(),
      drills,
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
   * Lets somebody run drills: ring the guarded alarms, hand in requests, follow what becomes of them,
   * count that a drill passed; with `drills` also ask the function that runs them.
   *
   * Where guards are in other stacks than the healer, the grantee must be in one of its own.
   */
  grantDrill(grantee: IGrantable): Grant {
    const alarmArns = this.#guards.flatMap(({ alarms }) => alarms.map(({ alarmArn }) => alarmArn));
    this.#by.order.addGrantee(grantee, alarmArns);
    const functions = [this.remediate, this.drill].flatMap((each) => each?.function ?? []);
    return grantDrill(grantee, functions, alarmArns).combine(this.grantReadIncidents(grantee));
  }

  /**
   * Lets a person or a pipeline ask `remediate`: to pause the healing of a service or of all, to end a
   * pause, to look at a service. Whatever is asked, the guardrails stand.
   */
  grantPause(grantee: IGrantable): Grant {
    return this.remediate.function.grantInvoke(grantee);
  }

  /** Lets a report or a person read incidents and their timelines. */
  grantReadIncidents(grantee: IGrantable): Grant {
    return grantReadIncidents(grantee, this.table);
  }

  #makeOwnAlarms(
    props: SelfHealingProps,
    messaging: Messaging,
    drills: Drills | undefined,
  ): Alarm[] {
    const { alarmActions: actions = [], drillWithin = drills?.within } = props;
    const blindWithin = blindWithinOf(props);
    if (blindWithin !== undefined) makeWatchdog(this, messaging);
    const sources = this.#sources(messaging, drills);
    return [...makeOwnAlarms(this, { ...sources, actions, drillWithin, blindWithin })];
  }

  /** What alarms and the dashboard look at. */
  #sources(messaging: Messaging, drills: Drills | undefined): Sources {
    return {
      messaging,
      remediate: this.remediate.function,
      notify: this.notify.function,
      respond: this.respond?.function,
      drill:
        drills === undefined
          ? undefined
          : { function: drills.function.function, deadLetters: drills.deadLetters },
    };
  }
}

/** An app is a stage too, without a name. */
function defaultEnvironment(scope: Construct): string {
  const stage = Stage.of(scope)?.stageName;
  return stage === undefined || stage === '' ? Stack.of(scope).stackName : stage;
}
