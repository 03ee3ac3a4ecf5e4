import { describe, test } from 'vitest';
import { run } from './spawned.ts';

const INVOKE = 'drill/invoke.ts';
const LAB_MS_MAX = 60_000;

describe.concurrent('bad input', () => {
  test.for<readonly [readonly string[], readonly string[]]>([
    [
      ['remedy', 'events/manual-dry-run.json'],
      ['function', 'got remedy', 'wanted remediate or notify'],
    ],
    [
      ['remediate', 'events/nothing.json'],
      ['event', 'got events/nothing.json', 'wanted a JSON file', 'ENOENT'],
    ],
    [
      ['remediate', 'package-lock.json/x'],
      ['event', 'got package-lock.json/x', 'wanted a JSON file'],
    ],
    [
      ['remediate', 'LICENSE'],
      ['event', 'got LICENSE', 'wanted a JSON file', 'SyntaxError'],
    ],
    [['remediate'], ["missing required argument 'event'"]],
    [['remediate', 'events/manual-heal.json', 'now'], ['too many arguments']],
  ])('%j is refused', async ([args, words], { expect }) => {
    await using invoke = run(INVOKE, ...args);

    expect(await invoke.exited).toMatchObject({ exitCode: 2 });
    for (const word of words) expect(invoke.stderr.join('\n')).toContain(word);
    expect(invoke.stdout).toEqual([]);
  });
});

describe.concurrent('an event', { timeout: LAB_MS_MAX }, () => {
  test('is answered with the verdict', async ({ expect }) => {
    await using invoke = run(INVOKE, 'remediate', 'events/manual-dry-run.json');

    expect(await invoke.exited, invoke.stderr.join('\n')).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(invoke.stdout.join('\n'))).toMatchObject({
      service: 'shop-prod/checkout-api',
      verdict: 'settled',
      reason: 'alarm-cleared',
    });
  });

  test('that the function refuses ends with its error', async ({ expect }) => {
    await using invoke = run(INVOKE, 'remediate', 'events/manual-misspelt.json');

    expect(await invoke.exited, invoke.stderr.join('\n')).toMatchObject({ exitCode: 1 });
    expect(invoke.stdout.join('\n')).toContain('dryrun: got');
  });
});
