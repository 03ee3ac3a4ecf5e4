import { describe, expect, test } from 'vitest';
import type { DrillStatus } from '../../functions/app/drill/drill.ts';
import {
  aJournal,
  aStatus,
  DRILL_ID,
  deployDrill,
  drillAt,
  ENDED,
  ID,
  PLAN,
  telling,
} from './heal-drills.ts';
import type { Look } from './heal-run.ts';
import { type Deployment, useWorld } from './heal-world.ts';

let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});
const drill = (args: readonly string[], look?: Look) => drillAt(healer, args, look);
const deploy = (answers: Parameters<typeof deployDrill>[1]) => deployDrill(healer, answers);

describe('a run', () => {
  const GREY = ['run', ID, '--drill', 'grey-5xx'];

  test('tells each step once, then the result, and ends with its code', async () => {
    const { requests } = deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus({ phase: 'starting' }) }],
      'drill-status': [
        telling(aStatus()),
        telling(aStatus()),
        telling(aStatus({ phase: 'following', target: '0202' })),
        telling(aStatus(ENDED)),
      ],
    });

    const { code, stdout, stderr } = await drill([...GREY, '--yes']);

    expect(code).toBe(0);
    const states = stdout.split('\n').map((line) => /(?:^|Z {2})([A-Z ]+?) {2}/.exec(line)?.[1]);
    expect(states).toEqual(['PLAN', 'STARTING', 'BREAKING', 'FOLLOWING', 'PASS', undefined]);
    expect(stdout).toContain('held: time to recover: 151 s, at most 600 s');
    expect(stdout).toContain('not measured: failed requests after recovery (at most 0)');
    expect(stderr).toContain(`next: npm run heal -- drill report ${DRILL_ID} --service ${ID}`);
    expect(requests.map(({ kind }) => kind)).toEqual([
      ...['drill-plan', 'drill-run'],
      ...Array<string>(4).fill('drill-status'),
    ]);
  });

  test.each<[DrillStatus['verdict'], 'succeeded' | 'failed', number]>([
    ['fail', 'succeeded', 1],
    ['aborted', 'succeeded', 3],
    ['aborted', 'failed', 4],
  ])('that ends as %s (steady before: %s)', async (verdict = 'fail', steady, exit) => {
    deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus() }],
      'drill-status': [telling(aStatus({ ...ENDED, verdict }), aJournal(steady))],
    });

    expect((await drill([...GREY, '--yes'])).code).toBe(exit);
  });

  test.each([
    ['not-told: nobody could be told that it begins', 'failed', 5],
    ['fault-not-taken: task 0202 was not reached in 60 requests', 'succeeded', 5],
    ['stop-condition: alarm payments is in ALARM', 'succeeded', 3],
  ] as const)('that is aborted for %s (steady before: %s)', async (abort, steady, exit) => {
    const ended = aStatus({ ...ENDED, verdict: 'aborted', abort });
    deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus() }],
      'drill-status': [telling(ended, aJournal(steady))],
    });

    expect((await drill([...GREY, '--yes'])).code).toBe(exit);
  });

  test('makes nothing ill without a terminal to ask on', async () => {
    const { requests } = deploy({ 'drill-plan': [PLAN] });

    const { code, stderr } = await drill(GREY);

    expect(code).toBe(2);
    expect(stderr).toContain('--yes: got nothing, wanted it');
    expect(requests.map(({ kind }) => kind)).toEqual(['drill-plan']);
  });

  test('makes nothing ill when the person does not mean it', async () => {
    const { requests } = deploy({ 'drill-plan': [PLAN] });

    const { code, stderr } = await drill(GREY, { types: 'no' });

    expect(code).toBe(130);
    expect(stderr).toContain('touches one running task, which mends itself, now task 0202');
    expect(stderr).toContain('nothing was done');
    expect(requests.map(({ kind }) => kind)).toEqual(['drill-plan']);
  });

  test('of the wiring is harmless, and asks nobody; in production it asks', async () => {
    const plan = { ...PLAN, level: 'wiring', drill: 'wiring' } as const;
    const { requests } = deploy({
      'drill-plan': [plan],
      'drill-run': [{ kind: 'started', status: aStatus(ENDED) }],
      'drill-status': [telling(aStatus(ENDED))],
    });

    expect((await drill(['run', ID])).code).toBe(0);
    expect((await drill(['run', ID, '--allow-production'])).code).toBe(2);

    expect(requests.filter(({ kind }) => kind === 'drill-run')).toMatchObject([
      { drill: 'wiring', service: ID },
    ]);
  });

  test('that was refused after all starts nothing', async () => {
    const refusals = [{ code: 'incident-open', got: 'inc-1', wanted: 'none' } as const];
    deploy({ 'drill-plan': [PLAN], 'drill-run': [{ kind: 'refused', refusals }] });

    const { code, stderr } = await drill([...GREY, '--yes']);

    expect([code, stderr]).toEqual([4, 'refused: incident-open: got inc-1, wanted none\n']);
  });

  test('whose answer was lost is not started twice, and where to look is told', async () => {
    const status = aStatus();
    const { requests } = deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status }],
    });
    const fault = { service: 'lambda', operation: 'Invoke', times: 1 } as const;
    const lose = () => healer.gateway.faults.inject({ ...fault, kind: 'lost-response' });

    const { code, stderr } = await drill(GREY, { types: 'yes', onAsked: lose });

    expect(code).toBe(5);
    expect(stderr).toContain(`it may be on: heal drill list ${ID} shows it, drill stop ends it`);
    expect(requests.filter(({ kind }) => kind === 'drill-run')).toHaveLength(1);
  });

  test('is stopped by Ctrl-C, and followed until what it did is undone', async () => {
    const stopping = aStatus({ phase: 'rolling-back', abort: 'stopped: by ana: Ctrl-C' });
    const { requests } = deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus() }],
      'drill-stop': [{ kind: 'stopping', status: stopping }],
      'drill-status': [telling(stopping), telling(aStatus({ ...ENDED, verdict: 'aborted' }))],
    });

    const { code, stdout, stderr } = await drill([...GREY, '--yes'], { interrupts: 1 });

    expect(code).toBe(130);
    expect(requests[2]).toEqual({ kind: 'drill-stop', service: ID, by: 'ana', why: 'Ctrl-C' });
    expect(stderr).toContain('Ctrl-C again leaves it alone');
    expect(stdout).toMatch(/ROLLING BACK .*\n.*ABORTED /);
  });

  test('is left alone by a second Ctrl-C', async () => {
    const { requests } = deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus() }],
    });

    const { code, stderr } = await drill([...GREY, '--yes'], { interrupts: 2 });

    expect(code).toBe(130);
    expect(stderr).toContain(`left alone: it ends by itself; heal drill stop ${ID} ends it now`);
    expect(requests).toHaveLength(2);
  });

  test('goes on while it cannot be seen for a moment', async () => {
    deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus() }],
      'drill-status': [new TypeError('out of order'), telling(aStatus(ENDED))],
    });

    const { code, stderr } = await drill([...GREY, '--yes']);

    expect(code).toBe(0);
    expect(stderr).toContain(
      'cannot see the drill now, it goes on: drill: TypeError: out of order',
    );
  });

  test('that cannot be seen any more is a failure of the tool, and says so', async () => {
    deploy({
      'drill-plan': [PLAN],
      'drill-run': [{ kind: 'started', status: aStatus() }],
      'drill-status': [new TypeError('out of order')],
    });

    const { code, stderr } = await drill([...GREY, '--yes']);

    expect(code).toBe(5);
    expect(stderr).toContain('unchanged: not known');
  });
});
