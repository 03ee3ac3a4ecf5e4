/** `heal drill report ID`: the journal of a drill in AWS, and the report that is made from it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HealerError } from '../../core/errors.ts';
import { type Answer, about, askDrill, type DrillTask, serviceOf } from './drill-requests.ts';
import { EXIT, type ExitCode } from './exit.ts';

const FOLDER = '.drill';

/** @returns the code of whatever makes the report. */
export async function reportDrill(task: DrillTask, drillId: string): Promise<ExitCode> {
  const { options, around } = task;
  const { drills, journal } = await find(task, drillId);
  const [status] = drills;
  if (status?.phase !== 'ended' || journal === undefined) {
    const message = `drill ${drillId}: got phase ${status?.phase ?? 'none'}, wanted ended`;
    throw new HealerError('config.invalid', message);
  }
  const folder = options.out ?? path.join(FOLDER, drillId);
  const file = path.join(folder, 'journal.json');
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(journal, null, 2)}\n`);
  around.narrate(`journal: ${file}\n`);
  const made = around.report([file, '--out', path.join(folder, 'report.html')]);
  if (made === undefined) {
    around.narrate('no report: where this was checked out, npm run drill -- report makes it\n');
    return EXIT.ok;
  }
  return (await made) === 0 ? EXIT.ok : EXIT.toolFailed;
}

/** @throws {config.invalid} when no service has this drill. */
async function find(task: DrillTask, drillId: string): Promise<Answer<'status'>> {
  const { options, healer } = task;
  const ids =
    options.service === undefined && healer.guarded !== undefined
      ? (await healer.guarded.all()).map(({ id }) => id)
      : [await serviceOf(task, options.service)];
  for (const id of ids) {
    const request = { kind: 'drill-status', ...about(id), drillId };
    const answer = await askDrill(task, request, ['status', 'refused']);
    if (answer.kind === 'status' && answer.drills.length > 0) return answer;
  }
  const wanted = `a drill of ${ids.join(', ')}, as "heal drill list <service>" has them`;
  throw new HealerError('config.invalid', `drill: got ${drillId}, wanted ${wanted}`);
}
