import { describe, expect, test } from 'vitest';
import { minutes } from '../../functions/core/time.ts';
import { aLock, anIncident, NOW } from '../core/builders.ts';
import { run } from './heal-run.ts';
import { type Deployment, useWorld } from './heal-world.ts';

const signal = new AbortController().signal;
const ID = 'shop-prod/checkout-api';
const WHY = ['--why', 'load test until noon'];
let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});

/** The pause that stands in the lock of the service. */
async function pauseOf() {
  return (await healer.store.read(ID, signal)).pause;
}

describe('a pause', () => {
  test('is set by remediate, with who, why and until when', async () => {
    const { code, stdout } = await healer.ask(['pause', ID, '--for', '30min', ...WHY]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^PAUSED {2}shop-prod\/checkout-api: paused by ana, until 2026-11-20T/);
    expect(await pauseOf()).toMatchObject({
      by: 'ana',
      why: 'load test until noon',
      until: NOW + minutes(30),
    });
  });

  test('is seen in the status', async () => {
    await healer.ask(['pause', ID, '--for', '2h', '--by', 'bo', ...WHY]);

    expect((await healer.heal(['status'])).stdout).toContain('paused: by bo: load test until noon');
  });

  test('finds the service by its name alone, and ends when it is told to', async () => {
    const until = new Date(NOW + minutes(90)).toISOString();

    const { facts } = await healer.ask([
      'pause',
      'checkout-api',
      '--until',
      until,
      ...WHY,
      '--json',
    ]);

    expect(facts).toMatchObject([
      { kind: 'answer', asked: 'pause', service: ID, reason: 'paused' },
    ]);
    expect(await pauseOf()).toMatchObject({ until: NOW + minutes(90) });
  });

  test('of all services is one of its own', async () => {
    const { code, stdout } = await healer.ask(['pause', '--all', '--for', '1d', ...WHY]);

    expect([code, stdout]).toEqual([0, expect.stringMatching(/^PAUSED {2}all services: /)]);
    expect((await healer.store.readAccount(signal)).pause).toMatchObject({ by: 'ana' });
    expect(await pauseOf()).toBeUndefined();
  });

  test('ends when somebody resumes', async () => {
    await healer.ask(['pause', ID, '--for', '2h', ...WHY]);

    const { code, stdout } = await healer.ask(['resume', ID, '--why', 'it is over']);

    expect([code, stdout]).toEqual([0, expect.stringMatching(/^RESUMED .* ended by ana: it is/)]);
    expect(await pauseOf()).toBeUndefined();
  });

  test('that is not there is no mistake to end', async () => {
    const { code, stdout } = await healer.ask(['resume', '--all']);

    expect([code, stdout]).toEqual([0, 'NOT PAUSED  all services: there is no pause to end\n']);
  });

  test('is told to a person at a terminal', async () => {
    const args = ['pause', ID, '--for', '2h', ...WHY];
    const { stdout } = await healer.ask(args, { isTerminal: true, env: { NO_COLOR: '1' } });

    expect(stdout).toMatch(/^✓ PAUSED {2}shop-prod\/checkout-api: paused by ana/);
  });
});

describe('stopping one more', () => {
  const MANUAL = ['stop-one', ID, '--why', 'it is task 3'];

  test('is not done without a terminal to ask on', async () => {
    const { code, stdout, stderr } = await healer.ask(MANUAL);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--yes: got nothing, wanted it, because there is no terminal');
    expect(stderr).toContain('unchanged: everything; nothing was asked');
    expect((await healer.store.read(ID, signal)).version).toBe(0);
  });

  test.each(['', 'n', 'yesterday'])('is not done when the person types %j', async (types) => {
    const { code, stdout, stderr } = await healer.ask(MANUAL, { types });

    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain(`stop the ill task of ${ID}, one at the most`);
    expect(stderr).toContain('every guardrail holds');
    expect(stderr).toContain('nothing was done');
    expect((await healer.store.read(ID, signal)).version).toBe(0);
  });

  test.each([
    ['typed', MANUAL, { types: 'Yes' }],
    ['given before', [...MANUAL, '--yes'], {}],
  ])('is asked for when yes is %s, and every guardrail is asked', async (_, args, look) => {
    const incident = anIncident({ state: 'holding', hold: { reason: 'settling', since: NOW } });
    await healer.store.commit({ ...aLock({ incident }), version: 1 }, [], 'test', signal);
    healer.scene.alarms = { 'checkout-api-5xx-rate': 'ALARM' };
    healer.scene.tasks = [1];

    const { code, facts } = await healer.ask([...args, '--json'], look);

    expect(code).toBe(1);
    expect(facts).toMatchObject([{ asked: 'stop-one', service: ID, reason: expect.any(String) }]);
    expect(['hold', 'escalate']).toContain(facts[0]?.['verdict']);
  });

  test('may be tried without doing it, and without a question', async () => {
    const { code, stdout } = await healer.ask([...MANUAL, '--dry-run']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^(?:WOULD|NOTHING)/);
    expect((await healer.store.read(ID, signal)).version).toBe(0);
  });
});

describe('bad input', () => {
  test.each([
    [
      ['pause', ID],
      ['--for, --until: got nothing, wanted one of', '--why: got nothing'],
    ],
    [
      ['pause', ID, '--for', '1h', '--until', '2026-11-20T14:30Z', ...WHY],
      ['--for, --until: got "PT1H, 2026-11-20T14:30:00.000Z", wanted one of the two'],
    ],
    [['pause', '--for', '1h', ...WHY], ['service: got nothing, wanted a service, or --all']],
    [['pause', ID, '--all', '--for', '1h', ...WHY], ['service: got "shop-prod/checkout-api and']],
    [
      ['pause', ID, '--for', '1 week', ...WHY],
      ['--for', 'got 1 week, wanted such as 30min'],
    ],
    [['pause', ID, '--for', '0h', ...WHY], ['got 0h, wanted']],
    [['pause', ID, '--until', 'noon', ...WHY], ['got noon, wanted such as 2026-11-20T14:30Z']],
    [
      ['pause', ID, '--for', '8d', ...WHY],
      ['for: got', 'of at most 7 days', 'refused the request'],
    ],
    [['pause', 'chekout', '--for', '1h', ...WHY], ['--service: got chekout, wanted one of shop-']],
    [
      ['pause', 'shop-prod/chekout', '--for', '1h', ...WHY],
      ['belongs to no guarded service', 'unchanged: everything; the healer refused'],
    ],
    [['stop-one', ID, '--yes'], ['--why: got nothing']],
    [['resume'], ['service: got nothing']],
  ])('%j is refused', async (args, words) => {
    const { code, stdout, stderr } = await healer.ask(args);

    expect([code, stdout]).toEqual([2, '']);
    for (const word of words) expect(stderr).toContain(word);
  });

  test('without a function there is nobody to ask', async () => {
    const { code, stderr } = await run(['resume', 'checkout-api', '--region', 'eu-west-1']);

    expect(code).toBe(2);
    expect(stderr).toContain('--function: got nothing, wanted the name or ARN of remediate');
  });

  test('a name alone needs the list of the services', async () => {
    const { code, stderr } = await run(['resume', 'checkout-api', '--function', 'remediate']);

    expect(code).toBe(2);
    expect(stderr).toContain('service: got checkout-api, wanted <cluster>/<service>, or --path');
  });
});

describe('a function that does not do it', () => {
  const asking = ['pause', ID, '--for', '1h', ...WHY];

  test('because it is not there', async () => {
    const { code, stderr } = await healer.ask([...asking, '--function', 'nobody']);

    expect(code).toBe(5);
    expect(stderr).toContain('ResourceNotFoundException: Function not found: nobody');
    expect(stderr).toContain('unchanged: everything; nothing was asked');
  });

  test.each([
    ['AccessDeniedException', 403, 'unchanged: everything'],
    ['TooManyRequestsException', 429, 'unchanged: everything'],
    ['ServiceException', 500, 'unchanged: not known'],
  ])('because Lambda answers %s', async (code, status, words) => {
    const { gateway } = healer;
    gateway.faults.inject({
      service: 'lambda',
      operation: 'Invoke',
      times: 1,
      kind: 'error',
      code,
      status,
    });

    const ended = await healer.ask(asking);

    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain(code);
    expect(ended.stderr).toContain(words);
  });

  test('or did, and the answer was lost: it is not asked again', async () => {
    healer.gateway.faults.inject({
      service: 'lambda',
      operation: 'Invoke',
      times: 1,
      kind: 'lost-response',
    });

    const { code, stderr } = await healer.ask(asking);

    expect(code).toBe(5);
    expect(stderr).toContain('nobody can say whether it ran');
    expect(stderr).toContain('unchanged: not known: it may have been done');
    expect(stderr).toContain('next: npm run heal -- status');
    expect(await pauseOf()).toMatchObject({ record: { seq: 1 } });
  });

  test.each([
    ['dies of it', async () => Promise.reject(new TypeError('no such thing')), 'TypeError'],
    ['answers something else', async () => ({ hello: 1 }), 'got {"hello":1}, wanted service'],
  ])('because it %s', async (_, invoke, words) => {
    const [remediate] = healer.scene.functions;
    const answer = async () =>
      invoke().then(
        (payload) => ({ statusCode: 200, requestId: '', traceId: '', payload }),
        ({ name, message }: Error) => ({
          ...{ statusCode: 200, requestId: '', traceId: '', functionError: 'Unhandled' },
          payload: { errorType: name, errorMessage: message },
        }),
      );
    healer.scene.functions = remediate ? [{ ...remediate, invoke: answer }] : [];

    const { code, stderr } = await healer.ask(asking);

    expect(code).toBe(5);
    expect(stderr).toContain(words);
    expect(stderr).toContain('unchanged: not known');
  });
});
