/** EventBridge between the lab's alarms and the healer's queues. */
import {
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ACCOUNT } from '../names.ts';
import { findQueue, type QueueSpec, type RuleSpec } from './deployment.ts';
import type { Pattern } from './event-pattern.ts';
import { isAllowed } from './policy-document.ts';

export interface EventBusOptions {
  readonly rules: readonly RuleSpec[];
  readonly queues: readonly QueueSpec[];
  readonly sqs: SQSClient;
}

type Target = RuleSpec['targets'][number];

interface Route {
  readonly queue: QueueSpec;
  readonly attributes: Record<string, MessageAttributeValue>;
}

export class EventBus {
  /** How many times each event is delivered: EventBridge promises at least once. */
  copies = 1;
  readonly #sqs: SQSClient;
  readonly #rules: readonly { readonly pattern: Pattern; readonly routes: readonly Route[] }[];

  /** @throws DeploymentError for a target that is not deployed, and a policy that is not understood. */
  constructor({ rules, queues, sqs }: EventBusOptions) {
    this.#sqs = sqs;
    this.#rules = rules
      .filter(({ enabled }) => enabled)
      .map((rule) => ({
        pattern: rule.pattern,
        routes: rule.targets.flatMap((target) => routesOf(rule, target, queues)),
      }));
  }

  /** Delivers to the targets of every enabled rule that the event matches. */
  async put(event: unknown): Promise<void> {
    const routes = this.#rules
      .filter(({ pattern }) => pattern(event))
      .flatMap((rule) => rule.routes);
    const MessageBody = JSON.stringify(event);
    const sending = Array.from({ length: this.copies }, () =>
      routes.map(({ queue, attributes: MessageAttributes }) =>
        this.#sqs.send(
          new SendMessageCommand({ QueueUrl: queue.url, MessageBody, MessageAttributes }),
        ),
      ),
    );
    await Promise.all(sending.flat());
  }
}

/** The target; or its dead letters where it takes nothing of the rule; or nowhere. */
function routesOf(rule: RuleSpec, target: Target, queues: readonly QueueSpec[]): readonly Route[] {
  const queue = findQueue(queues, target.queueArn, `target of ${rule.arn}`);
  if (maySend(rule, queue)) return [{ queue, attributes: {} }];
  if (target.deadLetterArn === undefined) return [];
  const dead = findQueue(queues, target.deadLetterArn, `dead letters of ${rule.arn}`);
  if (!maySend(rule, dead)) return [];
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  const attributes = {
    RULE_ARN: attribute(rule.arn),
    TARGET_ARN: attribute(queue.arn),
    ERROR_CODE: attribute('NO_PERMISSIONS'),
  };
  return [{ queue: dead, attributes }];
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
