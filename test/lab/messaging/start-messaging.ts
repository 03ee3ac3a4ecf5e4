/**
 * SNS and SQS for the lab: fauxqs on loopback, with queue URLs that lead back through the gateway.
 */
import * as snsSchemas from '@aws-sdk/client-sns';
import * as sqsSchemas from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { forwardTo, type HttpForwarder, type Upstream } from '../gateway/upstream.ts';
import type { WireRequest } from '../gateway/wire.ts';
import { rewriteQueueUrls } from './queue-urls.ts';

/** The account fauxqs writes into every ARN and queue URL; it cannot be told another. */
export const MESSAGING_ACCOUNT_ID = '000000000000';

interface QueueOptions {
  /** 30 seconds when absent. */
  readonly visibilityTimeoutSeconds?: number;
  /** Four days when absent. */
  readonly retentionSeconds?: number;
  /** Sends what was received that often to a queue that exists already. */
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  /**
   * Makes `<name>-dlq`, where a message goes once it was received that often without being
   * deleted.
   */
  readonly deadLetter?: { readonly maxReceiveCount: number };
}

export interface LabQueue {
  readonly name: string;
  readonly arn: string;
  /** `http://127.0.0.1:<gateway port>/<account>/<name>`. */
  readonly url: string;
  readonly deadLetter?: { readonly name: string; readonly arn: string; readonly url: string };
}

interface SubscriptionOptions {
  /** The message alone, without SNS's envelope. */
  readonly raw?: boolean;
  /** SNS filter policy over the message attributes. */
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
}

export interface LabMessaging {
  /** For the gateway's `proxies`, under `sns` and `sqs`. */
  readonly sns: Upstream;
  readonly sqs: Upstream;
  /** @throws Error when the gateway does not listen yet, since the queue's URL is the gateway's. */
  createQueue(name: string, options?: QueueOptions): Promise<LabQueue>;
  /** @returns the topic's ARN. */
  createTopic(name: string): Promise<string>;
  /** @returns the subscription's ARN. */
  subscribeQueue(
    topicArn: string,
    queueArn: string,
    options?: SubscriptionOptions,
  ): Promise<string>;
  close(): Promise<void>;
}

/** Starts SNS and SQS without topics or queues. */
export async function startMessaging(options: { readonly region: string }): Promise<LabMessaging> {
  const app = buildApp({ logger: false, defaultRegion: options.region });
  // The package's own start function listens on every interface, whatever it is told.
  const forwarder = forwardTo(
    Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port),
  );
  let gatewayUrl: string | undefined;
  const admin = new Admin(forwarder, options.region, () => {
    if (gatewayUrl !== undefined) return gatewayUrl;
    throw new Error('messaging: got no gateway, want it started before queues are made');
  });
  const upstream = (schemas: Upstream['schemas'], forward: Upstream['forward']): Upstream => ({
    schemas,
    accountId: MESSAGING_ACCOUNT_ID,
    forward,
    publishedAt: (url) => {
      gatewayUrl = url;
    },
  });
  return {
    sns: upstream(snsSchemas, (request, signal) => forwarder.forward(atRoot(request), signal)),
    sqs: upstream(sqsSchemas, async (request, signal) =>
      rewriteQueueUrls(await forwarder.forward(atRoot(request), signal), gatewayUrl ?? ''),
    ),
    createQueue: (name, queueOptions = {}) => admin.createQueue(name, queueOptions),
    createTopic: (name) => admin.createTopic(name),
    subscribeQueue: (topicArn, queueArn, subscription = {}) =>
      admin.subscribe(topicArn, queueArn, subscription),
    close: async () => {
      forwarder.close();
      await app.close();
    },
  };
}

/** The lab's own calls, past the gateway, so that they are not recorded as anyone's. */
class Admin {
  readonly #forwarder: HttpForwarder;
  readonly #region: string;
  readonly #gatewayUrl: () => string;

  constructor(forwarder: HttpForwarder, region: string, gatewayUrl: () => string) {
    this.#forwarder = forwarder;
    this.#region = region;
    this.#gatewayUrl = gatewayUrl;
  }

  async createQueue(name: string, options: QueueOptions): Promise<LabQueue> {
    const { visibilityTimeoutSeconds, retentionSeconds, deadLetter } = options;
    const dead = deadLetter && (await this.createQueue(`${name}-dlq`, {}));
    const redrive = dead ? { ...deadLetter, deadLetterArn: dead.arn } : options.redrive;
    const attributes: Record<string, string> = {
      ...(visibilityTimeoutSeconds !== undefined && {
        VisibilityTimeout: String(visibilityTimeoutSeconds),
      }),
      ...(retentionSeconds !== undefined && { MessageRetentionPeriod: String(retentionSeconds) }),
      ...(redrive && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: redrive.deadLetterArn,
          maxReceiveCount: redrive.maxReceiveCount,
        }),
      }),
    };
    const url = `${this.#gatewayUrl()}/${MESSAGING_ACCOUNT_ID}/${name}`;
    await this.#sqs('CreateQueue', { QueueName: name, Attributes: attributes });
    const arn = `arn:aws:sqs:${this.#region}:${MESSAGING_ACCOUNT_ID}:${name}`;
    return { name, arn, url, ...(dead && { deadLetter: dead }) };
  }

  async createTopic(name: string): Promise<string> {
    return this.#sns({ Action: 'CreateTopic', Name: name }, 'TopicArn');
  }

  async subscribe(
    topicArn: string,
    queueArn: string,
    options: SubscriptionOptions,
  ): Promise<string> {
    const attributes: Record<string, string> = {};
    if (options.raw) attributes['RawMessageDelivery'] = 'true';
    if (options.filterPolicy) attributes['FilterPolicy'] = JSON.stringify(options.filterPolicy);
    const form: Record<string, string> = {
      Action: 'Subscribe',
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      ReturnSubscriptionArn: 'true',
    };
    for (const [index, [key, value]] of Object.entries(attributes).entries()) {
      form[`Attributes.entry.${index + 1}.key`] = key;
      form[`Attributes.entry.${index + 1}.value`] = value;
    }
    return this.#sns(form, 'SubscriptionArn');
  }

  async #sqs(operation: string, input: unknown): Promise<void> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    };
    await this.#call('sqs', headers, JSON.stringify(input));
  }

  async #sns(form: Readonly<Record<string, string>>, element: string): Promise<string> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const text = await this.#call('sns', headers, new URLSearchParams(form).toString());
    const arn = new RegExp(`<${element}>([^<]+)</${element}>`).exec(text)?.[1];
    if (arn === undefined) throw new Error(`sns ${form['Action']}: got ${text}, want a ${element}`);
    return arn;
  }

  async #call(service: string, headers: Record<string, string>, body: string): Promise<string> {
    const scope = `LAB/20260101/${this.#region}/${service}/aws4_request`;
    const answer = await this.#forwarder.forward({
      method: 'POST',
      path: '/',
      headers: {
        ...headers,
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
      },
      body: Buffer.from(body),
    });
    const text = Buffer.from(answer.body).toString();
    if (answer.status !== 200) throw new Error(`${service}: got ${text}, want HTTP 200`);
    return text;
  }
}

/** SQS clients post to the queue's URL; fauxqs answers on its root only. */
function atRoot(request: WireRequest): WireRequest {
  return { ...request, path: '/' };
}
