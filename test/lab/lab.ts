/** AWS on loopback, with one guarded service in it and, unless told otherwise, the healer deployed beside it. */
import type { Bundle } from '../../infra/bundle.ts';
import type { SiteSettings, Tier } from '../drill/definition.ts';
import type { AlarmStateChangeEvent } from './cloudwatch/alarm-event.ts';
import { makeCloudWatchApi } from './cloudwatch/api.ts';
import { startDynamoDb } from './dynamodb/start-dynamodb.ts';
import { makeEcsApi } from './ecs/api.ts';
import { makeElbApi } from './elb/api.ts';
import { LabEvents } from './events.ts';
import { eventsApi, rulesOf } from './events-api.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { type ChatKind, defaultDeployment } from './healer/defaults.ts';
import type { Deployment } from './healer/deployment.ts';
import { Healer } from './healer.ts';
import { type Authorizer, makeAuthorizer } from './iam/authorizer.ts';
import { functionsOf, lambdaApi } from './lambda/invoke-api.ts';
import { logsService } from './logs/logs-service.ts';
import { MESSAGING_ACCOUNT_ID, startMessaging } from './messaging/start-messaging.ts';
import { ACCOUNT, BACKEND, REGION, SERVICE } from './names.ts';
import { ParameterStore } from './parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from './parameters/secrets-service.ts';
import { ssmService } from './parameters/ssm-service.ts';
import { guardedServices } from './site/guarded-services.ts';
import { Site } from './site.ts';
import { type SlackReceiver, startSlackReceiver } from './slack/receiver.ts';
import { policiesOf, readDeployment } from './template/read-deployment.ts';
import type { Template } from './template/template.ts';
import { TimeFactor } from './time-factor.ts';

/** Where the healer comes from: built functions wired by the lab, or what CDK would deploy. */
export type HealerSource =
  | {
      readonly bundles: readonly Bundle[];
      /** How people are told. @default 'webhook' */
      readonly chat?: ChatKind;
    }
  | { readonly template: Template };

export interface LabOptions {
  /** AWS's periods are divided by it. */
  readonly timeFactor: number;
  readonly site?: SiteSettings;
  /** In short for the same of `site`. */
  readonly tasks?: number;
  readonly maximumPercent?: number;
  /** Without it the service is on its own. */
  readonly healer?: HealerSource;
  readonly events?: LabEvents;
}

export interface Lab {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly site: Site;
  readonly gateway: Gateway;
  readonly slack: SlackReceiver;
  /** Absent in a lab without a healer. */
  readonly healer?: Healer;
  /** What the functions' roles permit; absent where they have none. */
  readonly authorizer?: Authorizer;
  /** Ends every process and frees every port. */
  close(): Promise<void>;
}

/** Starts everything; the tasks come up in the background. On failure nothing is left running. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const opened = new AsyncDisposableStack();
  try {
    const lab = await open(options, opened);
    return { ...lab, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/**
 * A call inside a Region takes some milliseconds; more here, so that a busy machine cannot make
 * parallel calls look sequential.
 */
const LATENCY_MS = 40;

async function open(
  options: LabOptions,
  opened: AsyncDisposableStack,
): Promise<Omit<Lab, 'close'>> {
  const time = new TimeFactor(options.timeFactor);
  const events = options.events ?? new LabEvents();
  const keep = <T extends { close(): unknown }>(part: T): T =>
    opened.adopt(part, async (closing) => {
      await closing.close();
    });
  let healer: Healer | undefined;
  let authorizer: Authorizer | undefined;
  const { tasks, maximumPercent } = options;
  const settings: SiteSettings = {
    ...options.site,
    ...(tasks === undefined ? {} : { tasks }),
    ...(maximumPercent === undefined ? {} : { maximumPercent }),
  };
  const onAlarm = (event: AlarmStateChangeEvent): void => {
    // A lab that is closing takes its queue away; an event on its way there is nobody's any more.
    healer?.deliver(event).catch(() => {});
  };
  const starting = [
    startDynamoDb({ region: REGION, accountId: ACCOUNT }).then(keep),
    startMessaging({ region: REGION }).then(keep),
    startSlackReceiver({ events, timeFactor: options.timeFactor }).then(keep),
    Site.open({ ...settings, time, events, onAlarm }).then(keep),
  ] as const;
  // When one of them fails, the others must have started before they can be closed.
  await Promise.allSettled(starting);
  const [dynamodb, messaging, slack, site] = await Promise.all(starting);
  const parameters = new ParameterStore();
  const secrets = new SecretStore();
  const place = { region: REGION, accountId: ACCOUNT };
  const gateway = keep(
    await startGateway({
      events,
      region: REGION,
      latencyMs: LATENCY_MS,
      // Roles name resources, and those of the gateway are known when it listens.
      authorize: async (call) => authorizer?.authorize(call),
      // The emulator's account stands in queue URLs; every other ARN has the lab's own.
      accountId: MESSAGING_ACCOUNT_ID,
      services: [
        makeEcsApi(site.plane),
        makeElbApi(site.loadBalancers),
        makeCloudWatchApi(site.alarms),
        logsService({ store: site.logs, ...place }),
        ssmService({ store: parameters, ...place }),
        secretsManagerService({ store: secrets, ...place }),
        lambdaApi(() => (healer === undefined ? [] : functionsOf(healer))),
        eventsApi(() => (healer === undefined ? [] : rulesOf(healer.deployment))),
      ],
      proxies: { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs },
    }),
  );
  const lab = { time, events, site, gateway, slack };
  if (options.healer === undefined) return lab;
  const deployment = describeDeployment(options.healer, { gateway, site, time, settings });
  const policies = policiesOf(deployment);
  if (Object.keys(policies).length > 0) {
    authorizer = makeAuthorizer({ policies, region: REGION, account: ACCOUNT });
  }
  healer = keep(
    await Healer.deploy(deployment, {
      time,
      events,
      gatewayUrl: gateway.url,
      messaging,
      parameters,
      secrets,
      slack,
    }),
  );
  return { ...lab, healer, ...(authorizer && { authorizer }) };
}

function describeDeployment(
  source: HealerSource,
  {
    gateway: { url: gatewayUrl },
    site,
    time,
    settings: { policy = {} },
  }: Pick<Lab, 'gateway' | 'site' | 'time'> & { readonly settings: SiteSettings },
): Deployment {
  const { factor } = time;
  if ('bundles' in source) {
    const services = guardedServices(site, time, policy);
    const serviceUrl = site.loadBalancer.url;
    return defaultDeployment({ ...source, services, gatewayUrl, factor, serviceUrl });
  }
  const arnsOf = (tier: Tier) => site.targetGroups(tier).map(({ arn }) => arn);
  const targetGroups = {
    [SERVICE]: arnsOf(SERVICE),
    ...(site.backend && { [BACKEND]: arnsOf(BACKEND) }),
  };
  const { host: serviceHost } = new URL(site.loadBalancer.url);
  const place = { gatewayUrl, serviceHost, factor, policy, targetGroups };
  return readDeployment(source.template, place);
}
