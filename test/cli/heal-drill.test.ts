import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DrillAnswer } from '../../functions/app/drill/drill.ts';
import { WIRING } from '../../functions/core/drill/built-in.ts';
import { JOURNAL_SCHEMA } from '../../functions/core/drill/journal.ts';
import type { Refusal } from '../../functions/core/drill/refusal.ts';
import {
  aStatus,
  DRILL_ID,
  deployDrill,
  drillAt,
  ENDED,
  ID,
  PLAN,
  telling,
} from './heal-drills.ts';
import { offer } from './heal-functions.ts';
import { type Look, run } from './heal-run.ts';
import { type Deployment, useWorld } from './heal-world.ts';

let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});
const drill = (args: readonly string[], look?: Look) => drillAt(healer, args, look);
const deploy = (answers: Parameters<typeof deployDrill>[1]) => deployDrill(healer, answers);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heal-drill-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the list', () => {
  test('has what runs by name', async () => {
    const { code, facts } = await run(['drill', 'list', '--json']);

    expect(code).toBe(0);
    expect(facts).toMatchObject([
      { kind: 'drill', definition: { name: 'grey-5xx', level: 'fault' } },
      { kind: 'drill', definition: { name: 'wiring', level: 'wiring' } },
    ]);
  });

  test('has the last drills of a service', async () => {
    const drills = [aStatus(), aStatus({ ...ENDED, drillId: 'drill-older', verdict: 'fail' })];
    deploy({ 'drill-status': [{ kind: 'status', service: ID, drills }] });

    const { code, stdout } = await drill(['list', 'checkout-api']);

    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringContaining(`BREAKING  ${DRILL_ID}  grey-5xx on ${ID} by ana`),
      expect.stringMatching(/FAIL {2}drill-older .* held: time to recover: 151 s, at most 600 s/),
      '',
    ]);
  });

  test('says that there is none', async () => {
    deploy({ 'drill-status': [{ kind: 'status', service: ID, drills: [] }] });

    const { stderr } = await drill(['list', ID]);

    expect(stderr).toBe(`no drill of ${ID} yet\n`);
  });
});

describe('the plan', () => {
  test('says where, what it touches, what ends it, and who is told', async () => {
    const { requests } = deploy({ 'drill-plan': [PLAN] });

    const { code, stdout } = await drill(['plan', 'checkout-api', '--drill', 'grey-5xx']);

    expect(code).toBe(0);
    expect(requests).toEqual([{ kind: 'drill-plan', service: ID, drill: 'grey-5xx', by: 'ana' }]);
    for (const words of [
      `PLAN  grey-5xx on ${ID} (staging)`,
      'where: account 123456789012, eu-west-1',
      'steady: yes',
      'target: task 0202 in eu-west-1b',
      'is stopped: that task, by the healer',
      'ends at once: fewer than 3 healthy tasks',
      'not measured: failedAfter',
      'is told: whoever hears of incidents',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  test('of a definition of its own', async () => {
    const { requests } = deploy({ 'drill-plan': [PLAN] });
    const file = path.join(folder, 'own.json');
    await writeFile(file, JSON.stringify({ ...WIRING, name: 'own' }));

    await drill(['plan', ID, '--definition', file, '--allow-production', '--by', 'bo']);

    expect(requests).toMatchObject([
      { definition: { name: 'own' }, by: 'bo', allowProduction: true },
    ]);
  });

  test.each<[Refusal['code'], number]>([
    ['alarm-not-ok', 4],
    ['another-drill', 4],
    ['production', 2],
    ['no-fault-switch', 2],
  ])('that is refused for %s', async (code, exit) => {
    const refusals = [{ code, got: 'this', wanted: 'that' }];
    deploy({ 'drill-plan': [{ ...PLAN, mayRun: false, refusals }] });

    const ended = await drill(['plan', ID]);

    expect(ended.code).toBe(exit);
    expect(ended.stdout).toMatch(/^NOT NOW /);
    expect(ended.stdout).toContain(`refused: ${code}: got this, wanted that`);
  });

  test('of a service that nobody guards', async () => {
    const refusals = [{ code: 'not-guarded', got: 'a/b', wanted: ID } as const];
    deploy({ 'drill-plan': [{ kind: 'refused', refusals }] });

    const { code, stderr } = await drill(['plan', 'a/b']);

    expect([code, stderr]).toEqual([2, `refused: not-guarded: got a/b, wanted ${ID}\n`]);
  });

  test.each([['stop'], ['list']])('of a service that nobody guards: %s', async (command) => {
    const refusals = [{ code: 'not-guarded', got: 'a/b', wanted: ID } as const];
    const refused = { kind: 'refused', refusals } as const;
    deploy({ 'drill-stop': [refused], 'drill-status': [refused] });

    const { code, stdout, stderr } = await drill([command, 'a/b']);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: not-guarded: got a/b, wanted ${ID}\n`);
    expect(stderr).toContain('unchanged: everything; the healer refused the request');
  });
});

describe('a stop', () => {
  test('is asked for with who and why', async () => {
    const status = aStatus({ phase: 'rolling-back' });
    const { requests } = deploy({ 'drill-stop': [{ kind: 'stopping', status }] });

    const { code, stdout } = await drill(['stop', 'checkout-api', '--why', 'users complain']);

    expect([code, stdout]).toEqual([0, expect.stringContaining('ROLLING BACK')]);
    expect(requests).toEqual([
      { kind: 'drill-stop', service: ID, by: 'ana', why: 'users complain' },
    ]);
  });

  test('of nothing is no mistake', async () => {
    deploy({ 'drill-stop': [{ kind: 'not-running', service: ID }] });

    const { code, stderr } = await drill(['stop', ID]);

    expect([code, stderr]).toEqual([0, `no drill of ${ID} is on\n`]);
  });
});

describe('the report', () => {
  test('is made from the journal, wherever the service is', async () => {
    const { requests } = deploy({ 'drill-status': [telling(aStatus(ENDED))] });

    const { code, stderr } = await drill(['report', DRILL_ID, '--out', folder]);

    const file = path.join(folder, 'journal.json');
    expect(code).toBe(0);
    expect(requests).toEqual([{ kind: 'drill-status', service: ID, drillId: DRILL_ID }]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ schema: JOURNAL_SCHEMA });
    expect(stderr).toContain(`journal: ${file}`);
    expect(stderr).toContain(`${file} --out ${path.join(folder, 'report.html')}`);
  });

  test.each<[string, DrillAnswer, string]>([
    ['that is on', telling(aStatus()), `drill ${DRILL_ID}: got phase method, wanted ended`],
    ['that nobody knows', { kind: 'status', service: ID, drills: [] }, `drill: got ${DRILL_ID}`],
  ])('of a drill %s is refused', async (_, answer, words) => {
    deploy({ 'drill-status': [answer] });

    const { code, stderr } = await drill(['report', DRILL_ID, '--out', folder]);

    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('bad input', () => {
  test.each([
    [['run'], ["missing required argument 'service'"]],
    [['plan', ID, '--drill', 'all'], ['drill: got all, wanted one of grey-5xx, wiring']],
    [
      ['plan', ID, '--drill', 'wiring', '--definition', 'f'],
      ['--definition: got f, wanted nothing'],
    ],
    [['plan', ID, '--definition', '/nowhere'], ['--definition: got /nowhere, wanted a file']],
    [['plan', 'chekout'], ['--service: got chekout, wanted one of shop-prod']],
    [['export', 'grey-5xx'], ["required option '--fis'"]],
    [['export', '--fis', 'wiring'], ['drill wiring: got no fault of a task']],
    [
      ['export', '--fis', 'grey-5xx', '--service', 'web'],
      ['--service: got web, wanted <cluster>/<service>'],
    ],
    [['export', '--fis'], ['drill: got nothing, wanted one of']],
    [['tidy'], ["unknown command 'tidy'"]],
  ])('drill %j is refused', async (args, words) => {
    const { code, stdout, stderr } = await run(
      args[0] === 'plan' ? ['drill', ...args, '--path', healer.path] : ['drill', ...args],
    );

    expect([code, stdout]).toEqual([2, '']);
    for (const word of words) expect(stderr).toContain(word);
  });

  test('all of a definition is refused at once, before anybody is asked', async () => {
    const file = path.join(folder, 'own.json');
    await writeFile(file, JSON.stringify({ ...WIRING, method: [], until: 'noon', level: 'all' }));

    const { code, stderr } = await drill(['plan', ID, '--definition', file]);

    expect(code).toBe(2);
    expect(stderr).toContain('method: got [], wanted one step or more');
    expect(stderr).toContain('until: got "noon"');
    expect(stderr).toContain('level: got "all"');
  });

  test('without a drill function there is nobody to ask', async () => {
    const { code, stderr } = await run(['drill', 'stop', ID]);

    expect(code).toBe(2);
    expect(stderr).toContain('--drill-function: got nothing, wanted the name or ARN of drill');
  });

  test('an answer of another function is no answer', async () => {
    const run = async () => ({ kind: 'not-yet' });
    healer.scene.functions.push(offer({ name: 'drill', environment: {}, sources: [], run }));

    const { code, stderr } = await drill(['plan', ID]);

    expect(code).toBe(5);
    expect(stderr).toContain('got {"kind":"not-yet"}, wanted one of plan, refused');
  });
});
