/** The function that rehearses, its queue, and the clock that asks for it. */
import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  type DrillEnvironment,
  drillVariables,
  looksLikeProduction,
} from '../../functions/core/environment-drill.ts';
import type { HealingPermissions } from '../healing-permissions.ts';
import type { HealingDrills } from '../self-healing-props.ts';
import { DrillPermissions } from './drill-permissions.ts';
import { DrillTimes } from './drill-times.ts';
import { HealerFunction } from './functions.ts';
import { keptIn } from './kept.ts';
import { refuseText } from './literal-secrets.ts';
import { deadLetters, RECEIVES_MAX, VISIBILITY_TIMEOUT } from './messaging.ts';
import type { HealerPlace } from './place.ts';
import { workThrough } from './remediate.ts';
import { functionTarget } from './rules.ts';
import type { GuardedResources } from './service-permissions.ts';
import type { StackOrder } from './stack-order.ts';

/** A look that is older than this comes too late for the drill that it is about. */
const LOOKS_KEPT = Duration.hours(4);
/** Looks of several services' drills at the same time. */
const CONCURRENCY_MAX = 2;
const WITHIN_MAX = Duration.days(7);
const FIX =
  'name the alarms that drills may ring, HealingPermissions.clusters([...], { alarms: [...] }), or ' +
  'pass drill: false to guard()';
const URL_FIX = 'write the names of cluster and service, and the URL, into the app';
const URLS = 'DRILL_FAULT_URLS';

export interface DrilledService extends GuardedResources {
  /** Its rule is made in it. */
  readonly guard: Construct;
  readonly servicePath: string;
  readonly serviceId: string;
  readonly environment: string;
  /** ARNs. */
  readonly alarms: readonly string[];
  /** Where users, and so the drill, reach the service; absent where only wiring is drilled. */
  readonly faultUrl: string | undefined;
}

/** Everything of the drills of a healer. */
export class Drills {
  readonly function: HealerFunction;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Longest time without a drill that passed; nothing where only people ask for drills. */
  readonly within: Duration | undefined;
  readonly #place: HealerPlace;
  readonly #options: HealingDrills;
  readonly #permissions: DrillPermissions;
  readonly #times: DrillTimes | undefined;
  readonly #faultUrls: Record<string, string> = {};

  constructor(
    scope: Construct,
    place: HealerPlace,
    options: HealingDrills,
    rights: HealingPermissions,
  ) {
    this.#place = place;
    this.#options = options;
    this.#times = options.every === undefined ? undefined : new DrillTimes(options.every);
    this.within = options.every === undefined ? undefined : withinOf(options.every);
    if (options.faultSecret !== undefined) {
      refuseText('SelfHealing: drills.faultSecret', options.faultSecret, 'secret');
    }
    this.deadLetters = deadLetters(scope, 'DrillDeadLetters');
    this.queue = new Queue(scope, 'DrillLooks', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      retentionPeriod: LOOKS_KEPT,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECEIVES_MAX },
    });
    this.function = this.#make(scope);
    const { role } = this.function;
    const { faultSecret } = options;
    const resources = { ...place, queue: this.queue, faultSecret };
    this.#permissions = new DrillPermissions(role, resources, rights);
    if (this.#times !== undefined) letSchedulesInvoke(this.function);
  }

  /** Lets a guarded service be drilled, and has it drilled by the clock where that is wanted. */
  add(drilled: DrilledService, order: StackOrder): void {
    this.#refuseWithoutSecret(drilled);
    this.#refuseProduction(drilled);
    const { serviceId, faultUrl, alarms } = drilled;
    order.addNeed(`the drills of ${drilled.servicePath}`, this.#permissions.needs(alarms), FIX);
    if (faultUrl !== undefined) {
      order.addNeed(`the fault switch of ${drilled.servicePath}`, [serviceId, faultUrl], URL_FIX);
      if (Object.keys(this.#faultUrls).length === 0) this.#addUrls();
      this.#faultUrls[serviceId] = faultUrl;
    }
    this.#permissions.add(drilled);
    if (this.#times !== undefined) this.#schedule(drilled, this.#times);
  }

  #make(scope: Construct): HealerFunction {
    const { props, messaging } = this.#place;
    const made = HealerFunction._make(scope, 'Drill', {
      name: 'drill',
      description: 'Rehearses the healing of a guarded service',
      environment: drillVariables(this.#environment({})),
      deadLetters: messaging.invocationDeadLetters,
      settings: props,
    });
    workThrough(made, this.queue, { maxConcurrency: CONCURRENCY_MAX, batchSize: 1 });
    return made;
  }

  #environment(faultUrls: Readonly<Record<string, string>>): DrillEnvironment {
    const { table, messaging, servicesPath } = this.#place;
    const { production = false, faultSecret: secret } = this.#options;
    return {
      tableName: table.tableName,
      topicArn: messaging.topic.topicArn,
      servicesPath,
      queueUrl: this.queue.queueUrl,
      mayDrillProduction: production,
      faultUrls,
      ...(secret === undefined ? {} : { faultSecret: keptIn({ secret }) }),
    };
  }

  /** Services are added until the end; names among them only CloudFormation may know. */
  #addUrls(): void {
    const produce = (): string => drillVariables(this.#environment(this.#faultUrls))[URLS] ?? '';
    this.function.function.addEnvironment(URLS, Lazy.string({ produce }));
  }

  #schedule({ guard, servicePath, serviceId }: DrilledService, times: DrillTimes): void {
    const { messaging } = this.#place;
    const { production = false } = this.#options;
    const asked = {
      kind: 'drill-run',
      service: serviceId,
      drill: 'wiring',
      by: 'schedule',
      ...(production ? { allowProduction: true } : {}),
    };
    new Rule(guard, 'Drill', {
      description: 'Drills the wiring of a guarded service',
      schedule: Schedule.cron(times.of(servicePath)),
      targets: [functionTarget(this.function, messaging, asked)],
    });
  }

  /** Switching a fault on is a signed request; without the secret nobody could sign it. */
  #refuseWithoutSecret({ guard, faultUrl }: DrilledService): void {
    if (faultUrl === undefined) return;
    if (this.#options.faultSecret === undefined) {
      throw new Error(
        `${guard.node.path}: got faultUrl without drills.faultSecret, wanted both: requests to the ` +
          'fault switch are signed',
      );
    }
    if (Token.isUnresolved(faultUrl) || /^https?:\/\/[^\s]+$/.test(faultUrl)) return;
    throw new Error(`${guard.node.path}: faultUrl: got '${faultUrl}', wanted an http or https URL`);
  }

  /** Who sees an alarm for drills that never pass would learn to look away. */
  #refuseProduction({ guard, environment }: DrilledService): void {
    const { production = false } = this.#options;
    if (this.#times === undefined || production || !looksLikeProduction(environment)) return;
    throw new Error(
      `${guard.node.path}: scheduled drills of environment '${environment}' would each be refused: ` +
        'got drills.production false, wanted true, or drill: false for this service, or no ' +
        'drills.every',
    );
  }
}

/** Of two drills one may fail to pass; CloudWatch looks back no further than seven days. */
function withinOf(every: Duration): Duration {
  return Duration.hours(Math.min(2 * every.toHours() + 1, WITHIN_MAX.toHours()));
}

/** One statement for all schedules: a function's policy ends at some hundred. */
function letSchedulesInvoke({ function: lambda }: HealerFunction): void {
  lambda.addPermission('LetSchedulesInvoke', {
    principal: new ServicePrincipal('events.amazonaws.com'),
    sourceArn: Stack.of(lambda).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: '*',
    }),
  });
}
