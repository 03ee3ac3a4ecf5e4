import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_RATE_ALARM } from '../lab/names.ts';
import { explain, REHEARSAL_MS_MAX, Rehearsals } from './rehearse.ts';

let rehearsals: Rehearsals;

beforeAll(async () => {
  rehearsals = await Rehearsals.prepare();
});
afterAll(() => rehearsals.close());

describe.concurrent('one ill task', { timeout: REHEARSAL_MS_MAX }, () => {
  test('that fails requests is stopped, and the recovery proven', async () => {
    const rehearsal = await rehearsals.rehearse('grey-5xx');

    const { journal, file, told } = rehearsal;
    expect(journal.deviated, explain(rehearsal)).toBe(false);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(journal)));
    expect(told.map(({ kind }) => kind)).toSatisfy(
      (kinds: string[]) => kinds[0] === 'started' && kinds.at(-1) === 'finished',
    );
  });

  test('is stopped once, however often its alarm is delivered', async () => {
    const rehearsal = await rehearsals.rehearse('triple-alarm');

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
  });

  test('without the healer goes on failing requests', async () => {
    const rehearsal = await rehearsals.rehearse('grey-5xx', { healer: 'none' });

    const { journal, told } = rehearsal;
    expect(journal, explain(rehearsal)).toMatchObject({ status: 'completed', healer: false });
    expect(journal).not.toHaveProperty('deviated');
    expect(journal.rows.find(({ measure }) => measure === 'stops')).toMatchObject({ value: 0 });
    expect(journal.messages).toEqual([]);
    const { sent, failed } = journal.requests.sinceFault;
    // One task of four fails four requests of five.
    expect(failed / sent).toBeGreaterThan(0.15);
    const mending = told.findIndex(
      (step) => step.kind === 'phase' && step.name.startsWith('rollback'),
    );
    const last = told.slice(0, mending).findLast(({ kind }) => kind === 'status');
    expect(last).toMatchObject({ status: { healthy: 4, alarms: [ERROR_RATE_ALARM] } });
    expect(last).toHaveProperty(
      'status.failing',
      expect.toSatisfy((failing) => failing > 0),
    );
  });
});
