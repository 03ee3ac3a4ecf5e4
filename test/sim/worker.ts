/** Runs seeds in a thread of its own: with a planted bug if there is one, and then imports what it runs. */
import { parentPort, workerData } from 'node:worker_threads';
import { mutantOf } from './mutants/all.ts';
import { plant } from './mutants/plant.ts';
import type { Order, Report, WorkerData } from './orders.ts';

const { mutant } = workerData as WorkerData;
if (mutant !== undefined) plant(mutantOf(mutant));
const { runSeed } = await import('./run-seed.ts');
const { shrink } = await import('./shrink.ts');
const { count, emptyTally } = await import('./tally.ts');

const port = parentPort;
if (port === null) throw new Error('this is a worker');

async function carryOut(order: Order): Promise<Report> {
  if (order.kind === 'shrink') {
    return { kind: 'shrunk', result: await shrink(order.result, (config) => runSeed(config)) };
  }
  const tally = emptyTally();
  for (const config of order.configs) {
    count(tally, await runSeed(config));
    if (tally.failed.length > 0) break;
  }
  return { kind: 'ran', tally };
}

port.on('message', (order: Order) => {
  void carryOut(order).then((report) => port.postMessage(report));
});
