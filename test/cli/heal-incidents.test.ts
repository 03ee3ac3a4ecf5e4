import { describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import type { Incident } from '../../functions/core/incident.ts';
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import { aLock, anEntry, anIncident, aVictim, NOW, taskId } from '../core/builders.ts';
import { type Deployment, useWorld } from './heal-world.ts';

const signal = new AbortController().signal;
const ESCAPE = '\u001B';
let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});

const ID = 'inc-20261120-100241-0001';

/** The entry of one step, `ago` minutes before now. */
function step(seq: number, ago: number, part: Partial<Entry>): Entry {
  const entry = anEntry({
    id: `${ID}#${seq}`,
    incidentId: ID,
    seq,
    at: earlier(NOW, minutes(ago)),
    ...part,
  });
  if (part.kind === 'stopped') return entry;
  const { victim: _none, ...rest } = entry;
  return rest;
}

const HELD = step(1, 10, {
  kind: 'held',
  reason: 'starting',
  detail: 'task 0303 is still starting',
  until: earlier(NOW, minutes(9)),
});
const STOPPED = step(2, 9, {
  kind: 'stopped',
  victim: {
    ...aVictim(2),
    lastErrors: [`500 pool exhausted ${ESCAPE}[2J`],
    before: {
      victim: { requests: 100, errors: 80 },
      others: { requests: 300, errors: 3 },
      ill: 1,
    },
  },
});
const RECOVERED = step(3, 4, {
  kind: 'recovered',
  detail: 'every alarm OK and every task healthy for 60 s',
  outcome: 'by-stop',
  ledger: { act: seconds(62), replace: seconds(70), recover: seconds(300) },
});

/** An incident from its beginning to its proven end. */
async function keepHealed(): Promise<void> {
  const incident = anIncident({
    id: ID,
    state: 'recovered',
    openedAt: earlier(NOW, minutes(10)),
    recoveredAt: earlier(NOW, minutes(4)),
    stopped: 1,
    seq: 3,
  });
  await healer.store.keep([HELD, STOPPED, RECOVERED], incident, signal);
}

async function keepOld(part: Partial<Incident> = {}): Promise<void> {
  const id = 'inc-20261101-000000-0old';
  const openedAt = earlier(NOW, minutes(60 * 24 * 19));
  const entry = step(1, 60 * 24 * 19, { kind: 'escalated', id: `${id}#1`, incidentId: id });
  await healer.store.keep([entry], anIncident({ id, openedAt, ...part }), signal);
}

describe('the list of incidents', () => {
  test('has the newest first', async () => {
    await keepOld({ state: 'recovered' });
    await keepHealed();

    const { code, facts } = await healer.heal(['incidents', '--json']);

    expect(code).toBe(0);
    expect(facts.map(({ incident }) => (incident as Incident).id)).toEqual([
      ID,
      'inc-20261101-000000-0old',
    ]);
  });

  test('has the incident of this moment, which nobody has kept yet', async () => {
    const incident = anIncident({ state: 'holding', hold: { reason: 'settling', since: NOW } });
    const lock = { ...aLock(), version: 1, incident };
    await healer.store.commit(lock, [], 'test', signal);

    const { stdout } = await healer.heal(['incidents']);

    expect(stdout).toContain(`HOLDING  ${incident.id}  shop-prod/checkout-api (prod)`);
    expect(stdout).toContain('why: settling');
  });

  test.each([
    ['12h', 1],
    ['20d', 2],
    ['2026-11-19', 1],
    ['2026-10-01', 2],
  ])('since %s', async (since, count) => {
    await keepOld();
    await keepHealed();

    expect((await healer.heal(['incidents', '--since', since, '--json'])).facts).toHaveLength(
      count,
    );
  });

  test('of one service only', async () => {
    await keepHealed();

    const { code, facts } = await healer.heal(['incidents', '--service', 'checkout-api', '--json']);

    expect(code).toBe(0);
    expect(facts).toHaveLength(1);
  });

  test('says on the other stream that there is none', async () => {
    const { code, stdout, stderr } = await healer.heal(['incidents']);

    expect([code, stdout, stderr]).toEqual([0, '', 'no incident\n']);
  });
});

describe('one incident', () => {
  test('is told from its beginning, with the numbers beside their limits', async () => {
    await keepHealed();

    const { code, stdout } = await healer.heal(['incident', ID]);

    expect(code).toBe(0);
    const states = stdout.split('\n').map((line) => /Z {2}([A-Z ]+?) {2}/.exec(line)?.[1]);
    expect(states.slice(0, 4)).toEqual(['RECOVERED', 'HELD', 'STOPPED', 'RECOVERED']);
    expect(stdout).toContain('4 of 4 healthy, 4 running, at least 3 must remain');
    expect(stdout).toContain('stops: 1 of 3 used');
    expect(stdout).toContain('took: alarm to stop 1 min 2 s, stop to all healthy 1 min 10 s');
  });

  test('has the evidence, and what was not done', async () => {
    await keepHealed();

    const { stdout } = await healer.heal(['incident', ID]);

    expect(stdout).toContain(`task: ${taskId(2)}`);
    expect(stdout).toContain('evidence: 500 pool exhausted');
    expect(stdout).toContain('measured: 80 of its 100 requests failed (80.0 %); 1 task ill');
    expect(stdout).toContain('not chosen: the other tasks, whose 3 of 300 requests failed (1.0 %)');
    expect(stdout).toContain('not done: a stop, because of starting');
  });

  test('has what waits in the outbox, and says so', async () => {
    const incident = anIncident({ id: ID, state: 'holding' });
    await healer.store.commit({ ...aLock(), version: 1, incident }, [HELD], 'test', signal);

    const { facts, code } = await healer.heal(['incident', ID, '--json']);

    expect(code).toBe(0);
    expect(facts).toMatchObject([
      { kind: 'incident', incident: { id: ID } },
      { kind: 'entry', pending: true, entry: { kind: 'held', reason: 'starting' } },
    ]);
  });

  test('is told without colour and cursor codes to whom it is no terminal', async () => {
    await keepHealed();

    expect((await healer.heal(['incident', ID])).stdout).not.toContain(ESCAPE);
  });

  test.each([
    ['in colour', {}, true],
    ['without where NO_COLOR is set', { NO_COLOR: '1' }, false],
    ['line by line on CI', { CI: 'true' }, false],
  ])('on a terminal: %s', async (_, env, colored) => {
    await keepHealed();

    const { stdout } = await healer.heal(['incident', ID], { isTerminal: true, env });

    expect(stdout.includes(`${ESCAPE}[1m`)).toBe(colored);
    expect(stdout).not.toContain(`${ESCAPE}[2J`);
    expect(stdout).toContain('STOPPED');
  });

  test('fits the window', async () => {
    await keepHealed();

    const { stdout } = await healer.heal(['incident', ID], {
      isTerminal: true,
      env: { NO_COLOR: '1' },
    });

    const rows = stdout.split('\n').filter((line) => line.startsWith('    '));
    expect(rows.length).toBeGreaterThan(10);
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('that nobody knows is refused', async () => {
    const { code, stdout, stderr } = await healer.heal(['incident', 'inc-1']);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('incident: got inc-1, wanted the id of an incident');
    expect(stderr).toContain('unchanged: everything');
    expect(stderr).toContain('next: npm run heal');
  });
});
