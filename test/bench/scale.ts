/** `npm run bench -- scale`: many services that alarm at once, and one service of many tasks, within AWS's rates. */
import { writePart } from './document.ts';
import { type Run, run } from './scale/measure.ts';
import { brokenByServices, brokenByTasks, brokenGrowth } from './scale/promises.ts';
import {
  callsTable,
  type ScaleRuns,
  scaleText,
  servicesTable,
  tasksTable,
} from './scale/report.ts';
import type { Site } from './scale/site.ts';

const TASKS_EACH = 4;
/** Other tools have all but emptied the buckets, and go on to take half. */
const BUSY = { tokensLeft: 20, refillLeft: 0.5 };
const FULL = { services: [10, 100, 1_000], tasks: [10, 100, 1_000, 5_000] };
const QUICK = { services: [10, 100], tasks: [10, 1_000] };

/** @returns what was broken. */
export async function benchScale(
  isQuick: boolean,
  say: (text: string) => void,
): Promise<readonly string[]> {
  const sizes = isQuick ? QUICK : FULL;
  const services: Run[] = [];
  for (const count of sizes.services) {
    services.push(await tell(say, { services: count, tasksPerService: TASKS_EACH }));
  }
  const tasks: Run[] = [];
  for (const count of sizes.tasks) {
    const site = { services: 1, tasksPerService: count };
    tasks.push(await tell(say, site), await tell(say, site, BUSY));
  }
  const runs: ScaleRuns = { services, tasks };
  say(`\n${servicesTable(services)}\n\n${tasksTable(tasks)}\n\n${callsTable(runs)}\n`);
  if (!isQuick) writePart('scale', scaleText(runs));
  return [
    ...services.flatMap(brokenByServices),
    ...brokenGrowth(services),
    ...tasks.flatMap(brokenByTasks),
  ];
}

async function tell(say: (text: string) => void, site: Site, others?: typeof BUSY): Promise<Run> {
  const { services, tasksPerService } = site;
  const left = others === undefined ? '' : `, ${others.tokensLeft} tokens left`;
  const name = `${services} of ${tasksPerService} tasks${left}`;
  const done = await run(site, {
    ...(others === undefined ? {} : { others }),
    onProgress: (decided, seconds) =>
      say(`${name}: ${decided} of ${services} decided after ${seconds.toFixed(0)} s`),
  });
  say(`${name}: all decided after ${(done.lastMs / 1_000).toFixed(1)} s`);
  return done;
}
