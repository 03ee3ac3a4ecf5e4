import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DrillAnswer } from '../../functions/app/drill/drill.ts';
import { later, minutes, seconds } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import type { Journal } from '../drill/journal.ts';
import { renderReport } from '../drill/report/page.ts';
import { readJournal } from '../drill/report/read-journal.ts';
import { DrillWorld } from './drill-world.ts';

/** As it comes out of the function, into a file, and back. */
async function journalOf(world: DrillWorld): Promise<Journal> {
  const { id: drillId, serviceId } = world.newest();
  const answer = await world.send({ kind: 'drill-status', serviceId, drillId });
  const { journal } = answer as Extract<DrillAnswer, { kind: 'status' }>;
  const folder = await mkdtemp(path.join(tmpdir(), 'journal-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'journal.json');
  await writeFile(file, JSON.stringify(journal));
  return readJournal(file);
}

/** What the page says, without what it looks like. */
function textOf(journal: Journal): string {
  const body = renderReport(journal).replace(/^[\s\S]*<main>/, '');
  return body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

test('a drill in AWS has a report like one of the lab', async () => {
  const world = new DrillWorld();
  await world.ask('drill-run', 'grey-5xx');
  await world.live(later(NOW, minutes(90)));

  const journal = await journalOf(world);

  expect(journal.rows.filter(({ holds }) => holds === false)).toEqual([]);
  expect(journal).toMatchObject({ status: 'completed', deviated: false, timeFactor: 1 });
  expect(journal.timeline.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['opened', 'stopped', 'recovered']),
  );
  const text = textOf(journal);
  expect(text).toContain('PASS');
  expect(text).toContain('requests as users see them are not sent by the drill');
  expect(text).toContain('mend the tasks that still run');
});

test('the report of one that was ended says why', async () => {
  const world = new DrillWorld();
  world.deliverUntilDone = async () => {};
  await world.ask('drill-run', 'grey-5xx');
  await world.live(later(NOW, seconds(30)));
  await world.stopDrill('a customer calls');

  const journal = await journalOf(world);

  expect(journal).toMatchObject({ status: 'aborted', deviated: true });
  expect(journal.faults).toMatchObject([{ from: expect.any(Number), to: expect.any(Number) }]);
  expect(textOf(journal)).toContain('a customer calls');
});
