/**
 * The deployed healer in the lab: table, queues, topics, rules, configuration, and the functions
 * with their sources and addresses.
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
import { startMapping, subscribe } from './healer/sources.ts';
import type { EventSource } from './lambda/event-sources.ts';
import type { InvokeResult, LambdaFunction } from './lambda/function.ts';
import { startFunctionUrl } from './lambda/function-url.ts';
import type { LabMessaging } from './messaging/start-messaging.ts';
import { CALLER, DRILL_TOKEN, LAB_SIGNING_SECRET, REGION } from './names.ts';
import type { ParameterStore } from './parameters/parameter-store.ts';
import type { SecretStore } from './parameters/secrets-service.ts';
import type { SlackReceiver } from './slack/receiver.ts';
import type { TimeFactor } from './time-factor.ts';

/** What the lab has for a healer to be deployed into. */
export interface HealerOptions {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly gatewayUrl: string;
  readonly messaging: LabMessaging;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  /** Where to post, and what the bot needs. */
  readonly slack: Pick<SlackReceiver, 'webhookUrl' | 'apiUrl' | 'bot'>;
}

interface Parts {
  readonly functions: readonly LambdaFunction[];
  readonly bus: EventBus;
  /** By the name of the function. */
  readonly urls: ReadonlyMap<string, string>;
  readonly opened: AsyncDisposableStack;
}

export class Healer {
  readonly deployment: Deployment;
  readonly #parts: Parts;

  private constructor(deployment: Deployment, parts: Parts) {
    this.deployment = deployment;
    this.#parts = parts;
  }

  /** @throws DeploymentError with what AWS would refuse; nothing is left running then. */
  static async deploy(deployment: Deployment, options: HealerOptions): Promise<Healer> {
    refuseAsAws(deployment);
    const opened = new AsyncDisposableStack();
    try {
      return new Healer(deployment, { ...(await open(deployment, options, opened)), opened });
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
  invoke(name: string, event: unknown, mode: 'sync' | 'async' = 'sync'): Promise<InvokeResult> {
    return this.#function(name).invoke(event, { mode });
  }

  /**
   * `kill -9` of the process that works on the invocation of this trace; without one, of those that start.
   *
   * @throws Error for a function that is not deployed.
   */
  crash(name: string, traceId?: string): Promise<void> {
    return this.#function(name).crash(traceId);
  }

  /** The next invocation starts cold. @throws Error for a function that is not deployed. */
  cool(name: string): Promise<void> {
    return this.#function(name).cool();
  }

  /** Where Slack sends clicks; nothing where nobody answers them. */
  get respondUrl(): string | undefined {
    return this.#parts.urls.get('respond');
  }

  /**
   * Does now what the clock would do.
   *
   * @returns how many rules were done: those with a schedule and these words in their name.
   */
  fire(words: string): Promise<number> {
    return this.#parts.bus.fire(words);
  }

  /** Hands an event to EventBridge, which asks its rules. */
  deliver(event: unknown): Promise<void> {
    return this.#parts.bus.put(event);
  }

  close(): Promise<void> {
    return this.#parts.opened.disposeAsync();
  }

  #function(name: string): LambdaFunction {
    const found = this.#parts.functions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`function: got ${name}, want one that is deployed`);
    return found;
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
  const { apiUrl, bot } = options.slack;
  const variables = { SLACK_API_URL: apiUrl, SLACK_CHANNEL_ID: bot.channel };
  const place = { ...options, sqsOf, deployment, variables };
  const functions = deployment.functions.map((spec) => makeFunction(spec, place));
  opened.defer(() => closeAll(functions));
  const bus = new EventBus({ deployment, functions, sqs: sqsOf(CALLER.platform) });
  const urls = await openUrls(deployment, functions, opened);
  const sources: EventSource[] = [];
  opened.defer(() => closeAll(sources));
  for (const subscription of deployment.subscriptions) {
    await subscribe(subscription, place);
  }
  for (const mapping of deployment.mappings) {
    sources.push(...startMapping(mapping, { ...place, functions }));
  }
  return { functions, bus, urls };
}

async function openUrls(
  { urls, permissions }: Deployment,
  functions: readonly LambdaFunction[],
  opened: AsyncDisposableStack,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { functionName } of urls) {
    const owner = functions.find(({ name }) => name === functionName);
    if (owner === undefined) throw new DeploymentError(`Function not found: ${functionName}`);
    const isOpen = mayBeAskedByAll(functionName, permissions);
    const address = await startFunctionUrl({ function: owner, isOpen });
    opened.defer(() => address.close());
    found.set(functionName, address.url);
  }
  return found;
}

/** AWS asks for both: to use the address, and to invoke through it. */
function mayBeAskedByAll(functionName: string, permissions: Deployment['permissions']): boolean {
  return ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].every((action) =>
    permissions.some(
      (permission) =>
        permission.functionName === functionName &&
        permission.action === action &&
        permission.principal === '*' &&
        permission.throughUrl === true,
    ),
  );
}

async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(parts.map((part) => part.close()));
}

/** Parameters of the guarded services, and the secrets of Slack and the fault switch. */
function configure(
  deployment: Deployment,
  { parameters, secrets, slack }: Pick<HealerOptions, 'parameters' | 'secrets' | 'slack'>,
): void {
  const telling = ['webhookUrl', 'botToken'];
  if (!deployment.secrets.some(({ holds }) => telling.includes(holds)) && !hasChat(deployment)) {
    throw new DeploymentError('Slack: got no secret and no parameter, want one of them');
  }
  for (const { name, value } of deployment.parameters) parameters.put(name, value);
  const values = {
    webhookUrl: slack.webhookUrl,
    botToken: slack.bot.token,
    signingSecret: LAB_SIGNING_SECRET,
    drillToken: DRILL_TOKEN,
  };
  for (const { in: place, name, holds } of deployment.secrets) {
    if (place === 'secret') secrets.put(name, values[holds]);
    else parameters.put(name, values[holds], 'SecureString');
  }
}

/** Amazon Q reads a topic, and has no secret. */
function hasChat({ functions }: Deployment): boolean {
  return functions.some(({ environment }) => environment['CHAT_TOPIC_ARN'] !== undefined);
}
