/**
 * The documented rate limits of AWS's APIs, as token buckets: one for each category, shared by all in the account.
 */
import type { Denial } from './exchange.ts';

/** Calls that share a bucket. */
export interface BucketLimit {
  readonly name: string;
  /** SigV4 signing name, such as `ecs`. */
  readonly service: string;
  /** Operations of the service that share it. */
  readonly operations: readonly string[];
  /** Tokens that it holds at most. */
  readonly burst: number;
  /** Tokens that come back in a second. */
  readonly perSecond: number;
  /** What the service calls a refusal. @default 'ThrottlingException' */
  readonly code?: string;
}

/**
 * ECS: "Request throttling" of its API reference. CloudWatch: DescribeAlarms, 9 in a second. Load balancing: the
 * example of its guide. Logs: FilterLogEvents, 5 in a second by AWS's knowledge centre. Where only a rate is
 * documented, the burst is what a second allows.
 */
export const DOCUMENTED_BUCKETS: readonly BucketLimit[] = [
  {
    name: 'ECS cluster read',
    service: 'ecs',
    operations: ['DescribeTasks', 'ListTasks'],
    burst: 100,
    perSecond: 20,
  },
  {
    name: 'ECS cluster modify',
    service: 'ecs',
    operations: ['StopTask', 'RunTask'],
    burst: 100,
    perSecond: 40,
  },
  {
    name: 'ECS service read',
    service: 'ecs',
    operations: ['DescribeServices', 'ListServices'],
    burst: 100,
    perSecond: 20,
  },
  {
    name: 'ECS task protection',
    service: 'ecs',
    operations: ['GetTaskProtection', 'UpdateTaskProtection'],
    burst: 200,
    perSecond: 80,
  },
  {
    name: 'ELB read',
    service: 'elasticloadbalancing',
    operations: ['DescribeTargetHealth'],
    burst: 40,
    perSecond: 10,
    code: 'Throttling',
  },
  {
    name: 'CloudWatch alarms',
    service: 'monitoring',
    operations: ['DescribeAlarms'],
    burst: 9,
    perSecond: 9,
    code: 'Throttling',
  },
  {
    name: 'Logs search',
    service: 'logs',
    operations: ['FilterLogEvents'],
    burst: 5,
    perSecond: 5,
  },
];

export interface BucketUse {
  readonly name: string;
  readonly taken: number;
  readonly refused: number;
  /** The most tokens that were missing at once. */
  readonly deepest: number;
}

interface Bucket {
  readonly limit: BucketLimit;
  tokens: number;
  at: number;
  taken: number;
  refused: number;
  deepest: number;
}

export interface BucketOptions {
  /** @default DOCUMENTED_BUCKETS */
  readonly limits?: readonly BucketLimit[];
  /** Milliseconds; @default - the machine's clock */
  readonly now?: () => number;
  /** What other tools of the account have left and go on to leave. @default - all */
  readonly others?: Others;
}

export interface Others {
  /** Tokens of each bucket, at first. */
  readonly tokensLeft: number;
  /** Share of what comes back, from 0 to 1. */
  readonly refillLeft: number;
}

const SYSTEM_NOW = (): number => performance.now();

/** Full at first, unless others were there before. */
export class Buckets {
  readonly #buckets: readonly Bucket[];
  readonly #now: () => number;
  readonly #refillLeft: number;

  constructor({ limits = DOCUMENTED_BUCKETS, now = SYSTEM_NOW, others }: BucketOptions = {}) {
    this.#now = now;
    this.#refillLeft = others?.refillLeft ?? 1;
    this.#buckets = limits.map((limit) => ({
      limit,
      tokens: Math.min(limit.burst, others?.tokensLeft ?? limit.burst),
      at: now(),
      taken: 0,
      refused: 0,
      deepest: 0,
    }));
  }

  /** @returns the refusal when the call is one too many; a refused call takes no token. */
  take(call: { readonly service: string; readonly operation: string }): Denial | undefined {
    const bucket = this.#buckets.find(
      ({ limit }) => limit.service === call.service && limit.operations.includes(call.operation),
    );
    if (bucket === undefined) return undefined;
    this.#refill(bucket);
    if (bucket.tokens < 1) {
      bucket.refused += 1;
      const { code = 'ThrottlingException' } = bucket.limit;
      return { code, message: 'Rate exceeded', status: 400 };
    }
    bucket.tokens -= 1;
    bucket.taken += 1;
    bucket.deepest = Math.max(bucket.deepest, bucket.limit.burst - bucket.tokens);
    return undefined;
  }

  uses(): readonly BucketUse[] {
    return this.#buckets.map(({ limit: { name }, taken, refused, deepest }) => ({
      name,
      taken,
      refused,
      deepest,
    }));
  }

  #refill(bucket: Bucket): void {
    const now = this.#now();
    const { burst, perSecond } = bucket.limit;
    const since = Math.max(0, now - bucket.at) / 1_000;
    bucket.tokens = Math.min(burst, bucket.tokens + since * perSecond * this.#refillLeft);
    bucket.at = now;
  }
}
