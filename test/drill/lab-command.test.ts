import { describe, expect, test, vi } from 'vitest';
import { CAN_SEE_PROCESSES, childrenOf, run, startedBy } from './spawned.ts';

const LAB = 'lab/main.ts';
const START_MS_MAX = 30_000;
/** A lab that starts and ends, on a machine with other work. */
const LAB_MS_MAX = 60_000;

test.for<readonly [readonly string[], readonly string[]]>([
  [
    ['--factor', '0'],
    ['--factor', 'got 0', 'wanted a number from 1 to 60'],
  ],
  [
    ['--factor', 'x'],
    ['--factor', 'got x', 'wanted a number from 1 to 60'],
  ],
  [['now'], ['too many arguments']],
])('%j is refused', async ([args, words]) => {
  await using lab = run(LAB, ...args);

  expect(await lab.exited).toMatchObject({ exitCode: 2 });
  for (const word of words) expect(lab.stderr.join('\n')).toContain(word);
});

describe.runIf(CAN_SEE_PROCESSES)('the lab', { timeout: LAB_MS_MAX }, () => {
  test('says where it is, and ends on Ctrl-C', async () => {
    await using lab = run(LAB, '--factor', '30');
    const { pid } = lab;
    const url = await vi.waitFor(
      () => {
        const line = lab.stdout.join('\n');
        return /AWS_ENDPOINT_URL=(http:\/\/127\.0\.0\.1:\d+) /.exec(line)?.[1] ?? expect.fail();
      },
      { timeout: START_MS_MAX },
    );
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
    expect(lab.stdout.join('\n')).toMatch(
      /export TABLE_NAME=\S+ GUARDED_SERVICES_PATH=\S+ INBOX_URL=http\S+\n +export REMEDIATE_FUNCTION=/,
    );
    await vi.waitUntil(() => startedBy(pid).length >= 4, { timeout: START_MS_MAX });

    lab.signal('SIGINT');

    expect(await lab.exited, lab.stderr.join('\n')).toMatchObject({ exitCode: 0 });
    expect(startedBy(pid)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('ends on Ctrl-C while it starts', async () => {
    await using lab = run(LAB);
    const { pid } = lab;
    await vi.waitUntil(() => childrenOf(pid).length > 0, { interval: 2, timeout: START_MS_MAX });

    lab.signal('SIGINT');

    expect(await lab.exited, lab.stderr.join('\n')).toMatchObject({ exitCode: 0 });
    expect(startedBy(pid)).toEqual([]);
  });
});
