/** Seeds over several threads: who is done gets more. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Order, Report } from './orders.ts';
import { type Config, configOf } from './plan.ts';
import type { Result } from './run-seed.ts';
import { emptyTally, merge, type Tally } from './tally.ts';

/** Seeds of one order. */
const CHUNK = 10;

export interface Job {
  readonly workers: number;
  readonly mutant?: string | undefined;
  /** @returns undefined when there are no more. */
  readonly next: () => Config | undefined;
  readonly onProgress?: (tally: Tally) => void;
}

/** So many seeds, one after the other. */
export function seeds(from: number, count: number, changes: Partial<Config> = {}): Job['next'] {
  let next = from;
  return () => {
    if (next >= from + count) return undefined;
    next += 1;
    return configOf(next - 1, changes);
  };
}

/** Runs until there are no more, or one failed; what runs then is finished. */
export async function runAll(job: Job): Promise<Tally> {
  const tally = emptyTally();
  await Promise.all(Array.from({ length: job.workers }, () => work(job, tally)));
  return tally;
}

/** @returns the smallest config that was found to fail in the same way. */
export async function shrinkOne(result: Result, mutant?: string): Promise<Result> {
  const worker = start(mutant);
  try {
    const report = await ask(worker, { kind: 'shrink', result });
    if (report.kind !== 'shrunk') throw new Error(`a worker answered ${report.kind}`);
    return report.result;
  } finally {
    await worker.terminate();
  }
}

async function work({ mutant, next, onProgress }: Job, tally: Tally): Promise<void> {
  const worker = start(mutant);
  try {
    for (;;) {
      const configs = tally.failed.length > 0 ? [] : take(next);
      if (configs.length === 0) return;
      const report = await ask(worker, { kind: 'run', configs });
      if (report.kind !== 'ran') throw new Error(`a worker answered ${report.kind}`);
      merge(tally, report.tally);
      onProgress?.(tally);
    }
  } finally {
    await worker.terminate();
  }
}

function take(next: Job['next']): readonly Config[] {
  const configs: Config[] = [];
  while (configs.length < CHUNK) {
    const config = next();
    if (config === undefined) break;
    configs.push(config);
  }
  return configs;
}

function start(mutant: string | undefined): Worker {
  const workerData = mutant === undefined ? {} : { mutant };
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData });
}

async function ask(worker: Worker, order: Order): Promise<Report> {
  worker.postMessage(order);
  const [report] = (await once(worker, 'message')) as [Report];
  return report;
}
