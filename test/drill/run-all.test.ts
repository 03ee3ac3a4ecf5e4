import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CALLER } from '../lab/names.ts';
import { loadCatalogue } from './catalogue.ts';
import type { Definition } from './definition.ts';
import { EXIT } from './exit.ts';
import type { Output } from './output.ts';
import { runAll, tellUsage } from './run-all.ts';

/** Two labs that start, work and end, on a machine with other work. */
const LABS_MS_MAX = 90_000;

/** As little of a scenario as a lab can run. */
function aDefinition(name: string, overrides: Partial<Definition> = {}): Definition {
  const found = loadCatalogue().find((definition) => definition.name === 'grey-5xx');
  if (found === undefined) throw new Error('no grey-5xx');
  return { ...found, name, site: { tasks: 1 }, rollbacks: [], ...overrides };
}

async function runThem(definitions: readonly Definition[], signal = new AbortController().signal) {
  const folder = await mkdtemp(path.join(tmpdir(), 'drill-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lines: string[] = [];
  const told: Record<string, unknown>[] = [];
  const output: Output = {
    show: () => {},
    tell: (text, data) => {
      lines.push(...text((_style, words) => words, 120).split('\n'));
      told.push({ ...data });
    },
    close: () => {},
  };
  const setting = { factor: 60, perSecond: 20, folder, signal, parallel: 2, tries: 2, output };
  const exit = await runAll({ ...setting, definitions });
  return { exit, lines, told };
}

test(
  'every drill is told as it ends, a failed one after another try, and all of them in one table',
  async () => {
    const dependency: Partial<Definition> = {
      method: [{ do: 'dependency', name: 'take it down', is: 'down' }],
    };
    const backend: Partial<Definition> = {
      method: [{ do: 'clear-faults', name: 'mend it', of: 'catalog-api', on: { all: true } }],
    };

    const { exit, lines, told } = await runThem([
      aDefinition('down', dependency),
      // Its site has no such tier, so the tool itself fails.
      aDefinition('broken', backend),
    ]);

    expect(exit).toBe(EXIT.toolError);
    expect(told.map(({ kind }) => kind)).toEqual(['scenario', 'scenario', 'all']);
    expect(told.find(({ name }) => name === 'down')).toMatchObject({ verdict: 'CONTROL' });
    expect(existsSync(String(told.find(({ name }) => name === 'down')?.['file']))).toBe(true);
    expect(told.find(({ name }) => name === 'broken')).toMatchObject({
      verdict: 'ERROR',
      tries: 2,
      problems: [
        expect.stringMatching(/^try 1: .*no tier catalog-api/),
        expect.stringContaining('no tier catalog-api'),
      ],
    });
    expect(told.at(-1)).toMatchObject({ passed: 0, failed: 0, aborted: 0, errors: 1 });
    const [heading, first, second] = lines.slice(lines.indexOf('') + 1);
    expect(heading).toMatch(
      /^scenario +verdict +right +wrong +ends +reason +cause +failed +recover$/,
    );
    expect([first, second]).toEqual([
      expect.stringMatching(/^broken +ERROR/),
      expect.stringMatching(/^down +CONTROL/),
    ]);
  },
  LABS_MS_MAX,
);

test('an interruption ends them all', async () => {
  const running = runThem([aDefinition('a'), aDefinition('b')], AbortSignal.abort());

  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});

test('rights that no drill used are one table, and enough only when each has a reason', () => {
  const grant = (sid: string, action: string) => ({
    caller: CALLER.remediate,
    sid,
    action,
    resources: ['*'],
  });
  const used = [grant('StopOne1', 'ecs:StopTask')];
  const lines: string[] = [];
  const output: Output = {
    show: () => {},
    tell: (text) => lines.push(text((_style, words) => words, 120)),
    close: () => {},
  };

  const explained = tellUsage([{ used, unused: [grant('', 'kms:Decrypt')] }], output);
  const idle = tellUsage([{ used, unused: [grant('Idle', 'ecs:UpdateService')] }], output);

  expect([explained, idle]).toEqual([true, false]);
  expect(lines[0]).toContain('every permission of the template was used');
  expect(lines[1]).toMatch(/Idle +ecs:UpdateService +NEVER/);
  expect(lines[1]).toContain('1 permissions of the template were never used');
  expect(tellUsage([], output)).toBe(true);
});
