/** One run of the bench: so many services, of so many tasks, that alarm at once; and what can be counted of it. */
import { FUNCTION_TIMEOUT } from '../../../infra/healing/functions.ts';
import { RECEIVES_MAX, VISIBILITY_TIMEOUT } from '../../../infra/healing/messaging.ts';
import { CONCURRENCY_MAX } from '../../../infra/healing/remediate.ts';
import type { RecordedCall } from '../../lab/events.ts';
import type { BucketUse, Others } from '../../lab/gateway/buckets.ts';
import { CALLER, CLUSTER } from '../../lab/names.ts';
import { ringing } from './alarm.ts';
import { startFakeAws } from './fake-aws.ts';
import { workThrough } from './lambdas.ts';
import { Ledger } from './ledger.ts';
import { nameOf, type Site } from './site.ts';

export interface Run {
  readonly site: Site;
  /** Nobody else uses the account's rates. */
  readonly isAlone: boolean;
  readonly ledger: Ledger;
  /** Of remediate, the refused ones too. */
  readonly calls: readonly RecordedCall[];
  readonly buckets: readonly BucketUse[];
  /** From the first alarm to the last first decision. */
  readonly lastMs: number;
  /** Messages in the dead-letter queue. */
  readonly dead: number;
  /** Alarms that are still in the queue. */
  readonly waiting: number;
  /** Services whose incident is open and has no next look in the queue. */
  readonly forgotten: number;
  /** Invocations that ran out of time. */
  readonly late: number;
}

export interface RunOptions {
  /** Who else uses the account's rates. @default - nobody */
  readonly others?: Others;
  readonly onProgress?: (decided: number, seconds: number) => void;
}

const PROGRESS_MS = 5_000;
/** A bench that does not end is broken. */
const RUN_MAX_MS = 600_000;

export async function run(site: Site, options: RunOptions = {}): Promise<Run> {
  const visibilityMs = VISIBILITY_TIMEOUT.toMilliseconds();
  const inbox = { visibilityMs, receivesMax: RECEIVES_MAX };
  await using aws = await startFakeAws(site, { inbox, ...options });
  const ledger = new Ledger();
  const ids = Array.from({ length: site.services }, (_, index) => `${CLUSTER}/${nameOf(index)}`);
  const alarms = ids.map((_, index) => aws.inbox.put(ringing(index)));
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt > RUN_MAX_MS;
  const isDone = () => isOver() || decidedIn(ledger).size >= ids.length;
  const timer = setInterval(() => {
    options.onProgress?.(decidedIn(ledger).size, (performance.now() - startedAt) / 1_000);
  }, PROGRESS_MS);
  const limits = {
    concurrency: CONCURRENCY_MAX,
    timeoutMs: FUNCTION_TIMEOUT.toMilliseconds(),
  };
  const late = await workThrough(aws, ledger, limits, isDone).finally(() => clearInterval(timer));
  const left = aws.inbox.left();
  const looks = new Set(left.map(({ body }) => serviceOf(body)));
  return {
    site,
    isAlone: options.others === undefined,
    ledger,
    calls: aws.events.calls().filter(({ caller }) => caller === CALLER.remediate),
    buckets: aws.buckets.uses(),
    lastMs: Math.max(0, ...[...decidedIn(ledger).values()].map((at) => at - startedAt)),
    dead: aws.inbox.dead.length,
    waiting: left.filter(({ id }) => alarms.includes(id)).length,
    forgotten: ids.filter((id) => !looks.has(id)).length,
    late,
  };
}

/** When each service was decided first, because of its alarm. */
function decidedIn({ decisions }: Ledger): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { service, at } of decisions) if (!first.has(service)) first.set(service, at);
  return first;
}

/** Of a re-check; an alarm names none. */
function serviceOf(body: string): string | undefined {
  return (JSON.parse(body) as { serviceId?: string }).serviceId;
}
