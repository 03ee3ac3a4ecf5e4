/**
 * The inbox as SQS keeps it: what is delayed, what is with a function, and what came back too often. In memory, since
 * only `SendMessage` is called over HTTP; receiving is Lambda's part.
 */
import { createHash, randomUUID } from 'node:crypto';
import * as sqs from '@aws-sdk/client-sqs';
import type { AwsService } from '../../lab/gateway/operation.ts';

export interface InboxLimits {
  readonly visibilityMs: number;
  readonly receivesMax: number;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  receives: number;
  /** Milliseconds of the machine's clock: until then nobody gets it. */
  hiddenUntil: number;
}

export class Inbox {
  readonly #limits: InboxLimits;
  readonly #messages = new Map<string, Message>();
  readonly dead: Message[] = [];

  constructor(limits: InboxLimits) {
    this.#limits = limits;
  }

  put(body: string, delaySeconds = 0): string {
    const id = randomUUID();
    const hiddenUntil = Date.now() + delaySeconds * 1_000;
    this.#messages.set(id, { id, body, receives: 0, hiddenUntil });
    return id;
  }

  /** The next one that is due; it is hidden from others until it is deleted, or its time is up. */
  receive(): Message | undefined {
    const now = Date.now();
    for (const message of this.#messages.values()) {
      if (message.hiddenUntil > now) continue;
      if (message.receives >= this.#limits.receivesMax) {
        this.#messages.delete(message.id);
        this.dead.push(message);
        continue;
      }
      message.receives += 1;
      message.hiddenUntil = now + this.#limits.visibilityMs;
      return message;
    }
    return undefined;
  }

  delete(message: Message): void {
    this.#messages.delete(message.id);
  }

  /** What is neither deleted nor dead. */
  left(): readonly Message[] {
    return [...this.#messages.values()];
  }

  /** The function's own `SendMessage`. */
  service(): AwsService {
    const send = ({ MessageBody = '', DelaySeconds = 0 }: sqs.SendMessageRequest) => ({
      MessageId: this.put(MessageBody, DelaySeconds),
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    });
    return { signingName: 'sqs', schemas: sqs, operations: { SendMessage: send } };
  }
}
