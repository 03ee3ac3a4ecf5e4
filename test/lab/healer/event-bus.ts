/** EventBridge between the lab's alarms, the healer's queues and its functions. */
import {
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { LambdaFunction } from '../lambda/function.ts';
import { ACCOUNT } from '../names.ts';
import {
  type Deployment,
  findQueue,
  type QueueSpec,
  type RuleSpec,
  type TargetSpec,
} from './deployment.ts';
import { isAllowed, isLike } from './policy-document.ts';

export interface EventBusOptions {
  readonly deployment: Pick<Deployment, 'rules' | 'queues' | 'permissions'>;
  readonly functions: readonly LambdaFunction[];
  readonly sqs: SQSClient;
}

/** Takes an event to one target. */
type Route = (event: unknown) => Promise<unknown>;

interface Routed {
  readonly rule: RuleSpec;
  readonly routes: readonly Route[];
}

export class EventBus {
  /** How many times each event is delivered: EventBridge promises at least once. */
  copies = 1;
  readonly #routed: readonly Routed[];

  /** @throws DeploymentError for a target that is not deployed, and a policy that is not understood. */
  constructor(options: EventBusOptions) {
    this.#routed = options.deployment.rules
      .filter(({ enabled }) => enabled)
      .map((rule) => ({
        rule,
        routes: rule.targets.flatMap((target) => routesOf(rule, target, options)),
      }));
  }

  /** Delivers to the targets of every enabled rule that the event matches. */
  async put(event: unknown): Promise<void> {
    await this.#deliver(({ pattern }) => pattern?.matches(event) === true, event);
  }

  /**
   * Does now what the clock would do.
   *
   * @returns how many rules were done: those with a schedule and these words in their name.
   */
  async fire(words: string): Promise<number> {
    const isMeant = ({ arn, schedule }: RuleSpec): boolean =>
      schedule !== undefined && arn.includes(words);
    await this.#deliver(isMeant, { 'detail-type': 'Scheduled Event', source: 'aws.events' });
    return this.#routed.filter(({ rule }) => isMeant(rule)).length;
  }

  async #deliver(isMeant: (rule: RuleSpec) => boolean, event: unknown): Promise<void> {
    const routes = this.#routed.filter(({ rule }) => isMeant(rule)).flatMap((each) => each.routes);
    const sending = Array.from({ length: this.copies }, () => routes.map((route) => route(event)));
    await Promise.all(sending.flat());
  }
}

/** To the target; or to its dead letters where it takes nothing of the rule; or nowhere. */
function routesOf(rule: RuleSpec, target: TargetSpec, options: EventBusOptions): readonly Route[] {
  const found =
    'queueArn' in target ? toQueue(rule, target, options) : toFunction(rule, target, options);
  if (found.mayTake) return [found.route];
  if (target.deadLetterArn === undefined) return [];
  const { queues } = options.deployment;
  const dead = findQueue(queues, target.deadLetterArn, `dead letters of ${rule.arn}`);
  if (!maySend(rule, dead)) return [];
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  const attributes = {
    RULE_ARN: attribute(rule.arn),
    TARGET_ARN: attribute(found.arn),
    ERROR_CODE: attribute('NO_PERMISSIONS'),
  };
  return [(event) => send(options.sqs, dead, event, attributes)];
}

interface Found {
  readonly arn: string;
  readonly mayTake: boolean;
  readonly route: Route;
}

function toQueue(
  rule: RuleSpec,
  { queueArn, input }: TargetSpec & { readonly queueArn: string },
  { deployment, sqs }: EventBusOptions,
): Found {
  const queue = findQueue(deployment.queues, queueArn, `target of ${rule.arn}`);
  const route: Route = (event) => send(sqs, queue, input ?? event, {});
  return { arn: queue.arn, mayTake: maySend(rule, queue), route };
}

/** EventBridge invokes asynchronously: Lambda accepts, and tries again by itself. */
function toFunction(
  rule: RuleSpec,
  target: TargetSpec & { readonly functionName: string },
  { deployment, functions }: EventBusOptions,
): Found {
  const { functionName, input } = target;
  const found = functions.find(({ name }) => name === functionName);
  if (found === undefined) throw new Error(`function ${functionName} was not made`);
  const mayTake = deployment.permissions.some(
    (permission) =>
      permission.functionName === functionName &&
      isLike('lambda:InvokeFunction', permission.action) &&
      permission.principal === 'events.amazonaws.com' &&
      isLike(rule.arn, permission.sourceArn ?? '*'),
  );
  const route: Route = (event) => found.invoke(input ?? event, { mode: 'async' });
  return { arn: found.arn, mayTake, route };
}

function send(
  sqs: SQSClient,
  { url: QueueUrl }: QueueSpec,
  event: unknown,
  MessageAttributes: Record<string, MessageAttributeValue>,
): Promise<unknown> {
  const MessageBody = JSON.stringify(event);
  return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
}

function maySend(rule: RuleSpec, { arn, policies }: QueueSpec): boolean {
  if (policies === undefined) return true;
  return isAllowed(policies, {
    service: 'events.amazonaws.com',
    action: 'sqs:SendMessage',
    resource: arn,
    context: {
      'aws:SourceArn': rule.arn,
      'aws:SourceAccount': ACCOUNT,
      'aws:SecureTransport': 'true',
    },
  });
}
