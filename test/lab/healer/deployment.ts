/**
 * What is deployed, as plain data: the same whether the lab's defaults say it or a template that
 * CDK synthesised. Times are AWS's own; whoever deploys compresses them.
 */
import { DeploymentError } from './deployment-error.ts';
import type { Pattern } from './event-pattern.ts';
import type { PolicyDocument } from './policy-document.ts';

export interface TableSpec {
  readonly name: string;
  readonly attributes: readonly { readonly name: string; readonly type: 'S' | 'N' | 'B' }[];
  readonly keys: readonly { readonly name: string; readonly type: 'HASH' | 'RANGE' }[];
  readonly timeToLive?: string;
}

export interface QueueSpec {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** SQS's own 30 when absent. */
  readonly visibilityTimeoutSeconds?: number;
  readonly retentionSeconds?: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  /** Absent: whoever asks may, as in a lab that models no policies. */
  readonly policies?: readonly PolicyDocument[];
}

export interface RoleSpec {
  readonly arn: string;
  readonly trust: PolicyDocument;
  readonly documents: readonly PolicyDocument[];
}

export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the module that is run. */
  readonly handlerFile: string;
  readonly handlerExport: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Signs the function's calls. */
  readonly accessKeyId: string;
  /** Absent: it may do everything. */
  readonly role?: RoleSpec;
  readonly maxEventAgeSeconds?: number;
  readonly retryAttempts?: 0 | 1 | 2;
  readonly deadLetterArn?: string;
}

export interface MappingSpec {
  readonly functionName: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly reportBatchItemFailures: boolean;
  readonly enabled: boolean;
  readonly concurrency: number;
  /** A message that matches none of them is dropped; without any, all are taken. */
  readonly filters: readonly Pattern[];
}

/** What is published to a topic goes into a queue. */
export interface SubscriptionSpec {
  readonly topicArn: string;
  readonly queueArn: string;
  /** As it was published, without SNS's envelope. */
  readonly raw: boolean;
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
  readonly deadLetterArn?: string;
}

/** Lets a service of AWS invoke a function. */
export interface PermissionSpec {
  readonly functionName: string;
  readonly action: string;
  readonly principal: string;
  /** Absent: any. */
  readonly sourceArn?: string;
  /** Only through the function's address; absent: by any way. */
  readonly throughUrl?: boolean;
}

/** Where a rule sends an event: a queue, or a function. */
export type TargetSpec = {
  readonly deadLetterArn?: string;
  /** Instead of the event. */
  readonly input?: unknown;
} & ({ readonly queueArn: string } | { readonly functionName: string });

export interface RuleSpec {
  readonly arn: string;
  readonly enabled: boolean;
  /** What it listens to; absent of one that is a clock. */
  readonly pattern?: { readonly matches: Pattern; readonly json: string };
  /** Such as `cron(0 8 ? * MON *)`; the lab does it only when it is asked to. */
  readonly schedule?: string;
  readonly targets: readonly TargetSpec[];
}

/** A function that answers at an address of its own, to everyone. */
export interface UrlSpec {
  readonly functionName: string;
}

/** By what a secret holds: the field in it, if it is JSON. */
export interface SecretSpec {
  readonly in: 'secret' | 'parameter';
  readonly name: string;
  readonly holds: 'webhookUrl' | 'botToken' | 'signingSecret' | 'drillToken';
}

export interface Deployment {
  readonly table: TableSpec;
  readonly queues: readonly QueueSpec[];
  readonly topics: readonly { readonly name: string; readonly arn: string }[];
  readonly functions: readonly FunctionSpec[];
  readonly mappings: readonly MappingSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
  readonly permissions: readonly PermissionSpec[];
  readonly rules: readonly RuleSpec[];
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly urls: readonly UrlSpec[];
  readonly secrets: readonly SecretSpec[];
}

/** @throws DeploymentError naming who asked for a queue that is not deployed. */
export function findQueue(queues: readonly QueueSpec[], arn: string, who: string): QueueSpec {
  const found = queues.find((queue) => queue.arn === arn);
  if (found === undefined) {
    throw new DeploymentError(`${who}: got ${arn}, want a queue that is deployed`);
  }
  return found;
}
