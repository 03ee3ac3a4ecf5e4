import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../../functions/core/decide.ts';
import { spellVerdict } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarmDelivery,
  anObservation,
  aService,
  NO_STORM,
  NOW,
  type Scene,
  taskId,
  traffic,
} from '../core/builders.ts';
import { run } from '../drill/spawned.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backtest-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The line that the function's log keeps of one decision. */
function aLine(scene: Scene = {}): string {
  const input = {
    service: aService(),
    lock: aLock(),
    ...NO_STORM,
    observation: anObservation(scene),
    delivery: anAlarmDelivery(),
    now: NOW,
  };
  const verdict = spellVerdict(decide(input).verdict);
  return JSON.stringify({ level: 'INFO', message: 'weighed', verdict, input });
}

const quiet = aLine({ traffic: [1, 2, 3, 4].map((n) => traffic(n, 100, 0)) });

interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function backtest(text: string, ...flags: readonly string[]): Promise<Ended> {
  const file = path.join(folder, 'recorded.ndjson');
  await writeFile(file, text);
  await using command = run('../functions/cli/backtest.ts', file, ...flags);
  const { exitCode } = await command.exited;
  return {
    code: exitCode,
    stdout: command.stdout.join('\n'),
    stderr: command.stderr.join('\n'),
  };
}

describe('a backtest', () => {
  test('says what today would be done, with what, and why', async () => {
    const { code, stdout } = await backtest([aLine(), 'START RequestId', quiet].join('\n'));

    expect(code).toBe(0);
    expect(stdout).toContain('shop-prod/checkout-api  act');
    expect(stdout).toContain("80.0 % of its 100 requests failed, 1.0 % of its peers'");
    expect(stdout).toContain(taskId(2));
    expect(stdout).toContain('hold no-suspect');
    expect(stdout).toContain('2 decisions, 0 would differ, 1 tasks would be stopped');
  });

  test('tries other limits', async () => {
    const { code, stdout } = await backtest(aLine(), '--policy', '{"minMargin":0.9}');

    expect(code).toBe(0);
    expect(stdout).toContain('act → hold no-suspect');
    expect(stdout).toContain('1 decisions, 1 would differ, 0 tasks would be stopped');
  });

  test.each([
    [
      'a journal of a drill',
      () => JSON.stringify({ events: [{ kind: 'function-log', line: aLine() }] }),
    ],
    ['lines as an exporter wraps them', () => JSON.stringify({ '@message': aLine() })],
  ])('reads %s', async (_, text) => {
    const { code, stdout } = await backtest(text(), '--json');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ was: 'act', is: 'act', differs: false });
  });

  test.each([
    ['a file without decisions', '{"message":"decided"}', [], 'no recorded decision'],
    [
      'a decision that lacks a part',
      '{"message":"weighed","verdict":"act","input":{"now":1}}',
      [],
      'input.service',
    ],
    ['a limit that does not exist', '{}', ['--policy', '{"minMargn":1}'], 'policy.minMargn'],
    ['limits that are no JSON', '{}', ['--policy', 'minMargin'], 'minMargin'],
  ])('refuses %s', async (_, text, flags, problem) => {
    const { code, stderr } = await backtest(text, ...flags);

    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  });
});
