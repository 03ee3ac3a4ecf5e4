import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { loadCatalogue } from './catalogue.ts';
import type { Progress } from './progress.ts';
import { CAN_SEE_PROCESSES, childrenOf, run, type Spawned, startedBy } from './spawned.ts';

const DRILL = 'drill/main.ts';
const CATALOGUE = loadCatalogue();
const START_MS_MAX = 30_000;
/** A lab that starts, works and ends, on a machine with other work. */
const LAB_MS_MAX = 60_000;

const parse = ({ stdout }: Spawned): readonly Progress[] =>
  stdout.map((line) => JSON.parse(line) as Progress);

/** Until a phase of that name began, as `--json` tells. */
async function untilPhase(drill: Spawned, name: RegExp): Promise<void> {
  await vi.waitFor(
    () =>
      expect(parse(drill)).toContainEqual(
        expect.objectContaining({ kind: 'phase', name: expect.stringMatching(name) }),
      ),
    { timeout: START_MS_MAX },
  );
}

describe.concurrent('bad input', () => {
  test.for<readonly [readonly string[], readonly string[]]>([
    [
      ['--scenario', 'gray'],
      ['--scenario', 'got gray', `wanted one of: ${CATALOGUE.map(({ name }) => name).join(', ')}`],
    ],
    [['--scenarios'], ["unknown option '--scenarios'"]],
    [
      ['--factor', '61'],
      ['--factor', 'got 61', 'wanted a number from 1 to 60'],
    ],
    [
      ['--factor', 'fast'],
      ['--factor', 'got fast', 'wanted a number from 1 to 60'],
    ],
    [['--factor'], ['--factor', 'argument missing']],
    [
      ['--rate', '0'],
      ['--rate', 'got 0', 'wanted a number from 10 to 200'],
    ],
    [
      ['--all', '--parallel', '3'],
      ['--parallel', 'got 3', 'wanted a number from 1 to 2'],
    ],
    [
      ['--all', '--scenario', 'hung'],
      ['--scenario', 'cannot be used with', '--all'],
    ],
    [
      ['--ui', '--all'],
      ['--ui', 'cannot be used with', '--all'],
    ],
    [
      ['--ui', '--json'],
      ['--ui', 'cannot be used with', '--json'],
    ],
    [['hung'], ['too many arguments', 'got 1']],
    [
      ['--template', 'package.json'],
      ['--template', 'got package.json', 'want a file that ends with .template.json'],
    ],
    [
      ['--template', 'missing.template.json'],
      ['--template', 'missing.template.json: want what "npm run synth" writes'],
    ],
  ])('%j is refused', async ([args, words], { expect }) => {
    await using drill = run(DRILL, ...args);

    expect(await drill.exited).toMatchObject({ exitCode: 2 });
    for (const word of words) expect(drill.stderr.join('\n')).toContain(word);
    expect(drill.stdout).toEqual([]);
  });
});

describe('the list', () => {
  test('has a title and an expectation for each scenario', async () => {
    await using drill = run(DRILL, '--list');

    expect(await drill.exited).toMatchObject({ exitCode: 0 });
    const text = drill.stdout.join('\n');
    for (const { name, title, hypothesis } of CATALOGUE) {
      expect(text).toMatch(new RegExp(`^${name} +${title}$`, 'm'));
      expect(text).toContain(`Expected: ${hypothesis}`);
    }
  });

  test('is one JSON line for each scenario, when asked', async () => {
    await using drill = run(DRILL, '--list', '--json');

    expect(await drill.exited).toMatchObject({ exitCode: 0 });
    expect(drill.stdout.map((line) => JSON.parse(line))).toEqual(
      CATALOGUE.map(({ name, title, description, hypothesis, level }) => ({
        name,
        title,
        description,
        hypothesis,
        ...(level === undefined ? {} : { level }),
      })),
    );
  });
});

describe.concurrent('a drill', { timeout: LAB_MS_MAX }, () => {
  test('tells everything as JSON lines, its end last', async ({ expect, onTestFinished }) => {
    await using drill = run(DRILL, '--json', '--no-healer', '--factor', '60');

    expect(await drill.exited, drill.stderr.join('\n')).toMatchObject({ exitCode: 0 });
    const told = parse(drill);
    const last = told.at(-1);
    if (last?.kind !== 'finished') throw new Error(`the last line is ${last?.kind}`);
    onTestFinished(() => rm(path.dirname(last.file), { recursive: true }));
    expect(told[0]).toMatchObject({ kind: 'started', healer: false, factor: 60 });
    expect(new Set(told.map(({ kind }) => kind))).toEqual(
      new Set(['started', 'phase', 'lab', 'status', 'finished']),
    );
    expect(told.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
    expect(JSON.parse(readFileSync(last.file, 'utf8'))).toEqual(last.journal);
    expect(drill.stderr).toEqual([]);
  });

  describe.runIf(CAN_SEE_PROCESSES)('that is interrupted', () => {
    async function interrupted(drill: Spawned): Promise<void> {
      drill.signal('SIGINT');

      const { pid } = drill;
      expect(await drill.exited, drill.stderr.join('\n')).toMatchObject({ exitCode: 130 });
      expect(drill.stderr.filter((line) => line !== '')).toEqual(['interrupted: cleaning up']);
      expect(startedBy(pid)).toEqual([]);
      expect(parse(drill)).not.toContainEqual(expect.objectContaining({ kind: 'finished' }));
    }

    test('while it bundles, ends', async () => {
      await using drill = run(DRILL, '--json');
      // The bundler is a process too.
      await vi.waitUntil(() => childrenOf(drill.pid).length > 0, {
        interval: 2,
        timeout: START_MS_MAX,
      });

      await interrupted(drill);
    });

    test('while the lab starts, ends', async () => {
      await using drill = run(DRILL, '--json');
      await untilPhase(drill, /^starting the lab$/);

      await interrupted(drill);
    });

    test('while it waits for tasks, ends', async () => {
      await using drill = run(DRILL, '--json');
      await untilPhase(drill, /^waiting for the tasks/);
      await vi.waitUntil(() => startedBy(drill.pid).length > 0, { timeout: START_MS_MAX });

      await interrupted(drill);
    });

    test('in the middle, cleans up', async () => {
      await using drill = run(DRILL, '--json', '--scenario', 'dependency-down', '--factor', '60');
      await untilPhase(drill, /^following$/);
      expect(startedBy(drill.pid).length).toBeGreaterThanOrEqual(4);

      await interrupted(drill);
    });

    test('by SIGKILL, leaves nothing behind either', async () => {
      await using drill = run(DRILL, '--json', '--factor', '60');
      const { pid } = drill;
      await untilPhase(drill, /^following$/);
      expect(startedBy(pid).length).toBeGreaterThanOrEqual(4);

      drill.signal('SIGKILL');

      await vi.waitFor(() => expect(startedBy(pid)).toEqual([]), { timeout: 2_000 });
    });
  });
});
