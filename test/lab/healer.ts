/**
 * The deployed healer in the lab: table, queues, topic, rules, configuration, and the functions
 * with their sources.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import type { Deployment } from './healer/deployment.ts';
import { DeploymentError } from './healer/deployment-error.ts';
import { EventBus } from './healer/event-bus.ts';
import { makeFunction } from './healer/functions.ts';
import { refuseAsAws } from './healer/refusals.ts';
import { makeQueues, makeTable } from './healer/resources.ts';
import { startMapping, startSubscription } from './healer/sources.ts';
import type { EventSource } from './lambda/event-sources.ts';
import type { InvokeResult, LambdaFunction } from './lambda/function.ts';
import type { LabMessaging } from './messaging/start-messaging.ts';
import { CALLER, REGION } from './names.ts';
import type { ParameterStore } from './parameters/parameter-store.ts';
import type { SecretStore } from './parameters/secrets-service.ts';
import type { TimeFactor } from './time-factor.ts';

/** What the lab has for a healer to be deployed into. */
export interface HealerOptions {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly gatewayUrl: string;
  readonly messaging: LabMessaging;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly slackUrl: string;
}

interface Parts {
  readonly functions: readonly LambdaFunction[];
  readonly bus: EventBus;
  readonly opened: AsyncDisposableStack;
}

export class Healer {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws DeploymentError with what AWS would refuse; nothing is left running then. */
  static async deploy(deployment: Deployment, options: HealerOptions): Promise<Healer> {
    refuseAsAws(deployment);
    const opened = new AsyncDisposableStack();
    try {
      return new Healer({ ...(await open(deployment, options, opened)), opened });
    } catch (error) {
      await opened.disposeAsync();
      throw error;
    }
  }

  /** How many times EventBridge delivers each event: it promises at least once. */
  set copies(copies: number) {
    this.#parts.bus.copies = copies;
  }

  /** @throws Error for a function that is not deployed. */
  invoke(name: string, event: unknown): Promise<InvokeResult> {
    const found = this.#parts.functions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`function: got ${name}, want one that is deployed`);
    return found.invoke(event, { mode: 'sync' });
  }

  /** Hands an event to EventBridge, which asks its rules. */
  deliver(event: unknown): Promise<void> {
    return this.#parts.bus.put(event);
  }

  close(): Promise<void> {
    return this.#parts.opened.disposeAsync();
  }
}

async function open(
  deployment: Deployment,
  options: HealerOptions,
  opened: AsyncDisposableStack,
): Promise<Omit<Parts, 'opened'>> {
  await makeTable(deployment.table, options.gatewayUrl);
  await makeQueues(deployment, options);
  for (const { name } of deployment.topics) await options.messaging.createTopic(name);
  configure(deployment, options);
  const clients = new Map<string, SQSClient>();
  opened.defer(() => {
    for (const client of clients.values()) client.destroy();
  });
  const sqsOf = (caller: string): SQSClient => {
    const known = clients.get(caller);
    const client = known ?? new SQSClient(clientConfig(options.gatewayUrl, REGION, caller));
    clients.set(caller, client);
    return client;
  };
  const { rules, queues } = deployment;
  const bus = new EventBus({ rules, queues, sqs: sqsOf(CALLER.platform) });
  const place = { ...options, sqsOf, deployment };
  const functions = deployment.functions.map((spec) => makeFunction(spec, place));
  opened.defer(() => closeAll(functions));
  const sources: EventSource[] = [];
  opened.defer(() => closeAll(sources));
  for (const subscription of deployment.subscriptions) {
    sources.push(await startSubscription(subscription, { ...place, functions }));
  }
  for (const mapping of deployment.mappings) {
    sources.push(...startMapping(mapping, { ...place, functions }));
  }
  return { functions, bus };
}

async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(parts.map((part) => part.close()));
}

/** Parameters of the guarded services, and the URL of the Slack hook where it is kept. */
function configure(
  deployment: Deployment,
  { parameters, secrets, slackUrl }: Pick<HealerOptions, 'parameters' | 'secrets' | 'slackUrl'>,
): void {
  if (deployment.webhooks.length === 0) {
    throw new DeploymentError('Slack webhook: got no secret and no parameter, want one of them');
  }
  for (const { name, value } of deployment.parameters) parameters.put(name, value);
  for (const { in: place, name } of deployment.webhooks) {
    if (place === 'secret') secrets.put(name, slackUrl);
    else parameters.put(name, slackUrl, 'SecureString');
  }
}
