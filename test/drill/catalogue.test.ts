import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkDefinition } from '../../functions/adapters/events/check-definition.ts';
import { CatalogueError, loadCatalogue, loadFolder } from './catalogue.ts';

const CATALOGUE = loadCatalogue();

/** As little as a definition can say. */
const LEAST = {
  name: 'x',
  title: 't',
  description: 'd',
  hypothesis: 'h',
  method: [{ do: 'dependency', name: 'take it down', is: 'down' }],
  until: 'escalated',
  rollbacks: [],
  tolerances: [{ measure: 'stops', at: 'exactly', value: 0 }],
  timeLimit: 900,
};
const GREY = {
  do: 'fault',
  name: 'make one ill',
  on: { tasks: [1] },
  fault: { kind: 'grey', errorShare: 0.8 },
};
const limit = (measure: string, at: string, value: unknown) => ({
  ...LEAST,
  tolerances: [{ measure, at, value }],
});

describe('a definition', () => {
  test('may say no more than it must', () => {
    expect(checkDefinition(LEAST, 'x')).toEqual([]);
  });

  test.for<readonly [string, unknown, string]>([
    ['another name than its file', { ...LEAST, name: 'y' }, `name: got "y", wanted the file's, x`],
    [
      'a name that is no file name',
      { ...LEAST, name: 'X y' },
      'name: got "X y", wanted a name in kebab-case',
    ],
    ['no title', { ...LEAST, title: '' }, 'title: got "", wanted some text'],
    ['nothing at all', [], 'file: got [], wanted an object'],
    ['a field too few', { ...LEAST, until: undefined }, 'until: got nothing, wanted "recovered"'],
    [
      'a field nobody knows',
      { ...LEAST, timeout: 900 },
      'timeout: got "timeout", wanted no field of this name',
    ],
    ['an end nobody knows', { ...LEAST, until: 'healed' }, 'until: got "healed", wanted "recov'],
    ['a time without end', { ...LEAST, timeLimit: 1e6 }, 'timeLimit: got 1000000, wanted seconds'],
    ['no step', { ...LEAST, method: [] }, 'method: got [], wanted one step or more'],
    [
      'no step but waiting',
      { ...LEAST, method: [{ do: 'wait', name: 'n', seconds: 1 }] },
      'method: got ["wait"], wanted a step that is no waiting',
    ],
    [
      'a step nobody knows',
      { ...LEAST, method: [{ do: 'explode', name: 'n' }] },
      'method.0.do: got "explode", wanted "fault", "clear-faults", "fault-new-tasks"',
    ],
    [
      'a step without a name',
      { ...LEAST, rollbacks: [{ do: 'scale', desired: 4 }] },
      'rollbacks.0.name: got nothing, wanted this field',
    ],
    [
      'a field of another step',
      { ...LEAST, method: [{ do: 'wait', name: 'n', seconds: 1, ms: 1 }] },
      'method.0.ms: got "ms", wanted no field of this name',
    ],
    [
      'a fault nobody knows',
      { ...LEAST, method: [{ ...GREY, fault: { kind: 'grue' } }] },
      'method.0.fault.kind: got "grue", wanted "grey", "latency", "hang", "exit", "leak"',
    ],
    [
      'a share above all',
      { ...LEAST, method: [{ ...GREY, fault: { kind: 'grey', errorShare: 80 } }] },
      'method.0.fault.errorShare: got 80, wanted a share from 0.01 to 1',
    ],
    [
      'a choice of tasks nobody knows',
      { ...LEAST, method: [{ ...GREY, on: { task: 1 } }] },
      'method.0.on: got {"task":1}, wanted {"tasks": […]}, {"zone": "a"} or {"all": true}',
    ],
    [
      'a task that is not there',
      { ...LEAST, method: [{ ...GREY, on: { tasks: [3, 4] } }] },
      'method.0.on.tasks: got [4], wanted tasks from 0 to 3',
    ],
    [
      'a tier that is not there',
      { ...LEAST, rollbacks: [{ ...GREY, of: 'catalog-api' }] },
      'rollbacks.0.of: got "catalog-api", wanted a tier that the site has',
    ],
    [
      'slowness without a measure',
      { ...LEAST, method: [{ do: 'dependency', name: 'n', is: 'slow' }] },
      'method.0.ms: got nothing, wanted milliseconds if and only if it is slow',
    ],
    [
      'a shift in a rolling deployment',
      { ...LEAST, method: [{ do: 'deploy', name: 'n', revision: {}, shiftPercent: 10 }] },
      'method.0.shiftPercent: got 10, wanted it on CODE_DEPLOY only',
    ],
    [
      'a limit that the policy does not know',
      { ...LEAST, site: { policy: { settle: 1 } } },
      'site.policy.settle: got "settle", wanted one of mode',
    ],
    [
      'a measure nobody knows',
      limit('happiness', 'least', 1),
      'tolerances.0.measure: got "happiness", wanted "detect", "open"',
    ],
    [
      'a text against a count',
      limit('stops', 'exactly', 'one'),
      'tolerances.0.value: got "one", wanted a number',
    ],
    [
      'a number against a text',
      limit('state', 'exactly', 1),
      'tolerances.0.value: got 1, wanted a text',
    ],
    [
      'a text as the most',
      limit('state', 'most', 'recovered'),
      'tolerances.0.at: got "most", wanted "exactly" for a text',
    ],
    [
      'two limits on one measure',
      { ...LEAST, tolerances: [...LEAST.tolerances, ...LEAST.tolerances] },
      'tolerances.1.measure: got "stops", wanted one limit for each measure',
    ],
  ])('with %s is refused', ([, value, problem]) => {
    expect(checkDefinition(value, 'x')).toEqual([expect.stringContaining(problem)]);
  });

  test('is told all that is wrong with it at once', () => {
    const problems = checkDefinition({ ...LEAST, title: 1, timeLimit: 0, extra: 1 }, 'x');

    expect(problems).toHaveLength(3);
  });
});

describe('a folder of definitions', () => {
  async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'catalogue-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(folder, name), text);
    }
    return folder;
  }

  test('is read by name; what is no JSON file is left alone', async () => {
    const folder = await folderWith({
      'y.json': JSON.stringify({ ...LEAST, name: 'y' }),
      'x.json': JSON.stringify(LEAST),
      'notes.md': '#',
    });

    expect(loadFolder(folder).map(({ name }) => name)).toEqual(['x', 'y']);
  });

  test('with bad files is refused, each problem with its file', async () => {
    const folder = await folderWith({
      'broken.json': '{',
      'x.json': JSON.stringify({ ...LEAST, timeLimit: 0 }),
    });

    expect(() => loadFolder(folder)).toThrow(CatalogueError);
    expect(() => loadFolder(folder)).toThrow(
      /broken\.json: wanted JSON: .*\n.*x\.json: timeLimit: got 0, wanted seconds/,
    );
  });
});

describe('the catalogue', () => {
  test('has its scenarios', () => {
    expect(CATALOGUE.length).toBeGreaterThanOrEqual(28);
    expect(new Set(CATALOGUE.map(({ title }) => title)).size).toBe(CATALOGUE.length);
  });

  test.for(CATALOGUE.map((definition) => [definition.name, definition] as const))(
    '%s stops no healthy task, keeps the floor, and says no false word',
    ([, { tolerances, rollbacks }]) => {
      for (const measure of ['stoppedOther', 'floorBreaches', 'falseRecovered'] as const) {
        expect(tolerances).toContainEqual({ measure, at: 'exactly', value: 0 });
      }
      expect(tolerances.map(({ measure }) => measure)).toContain('stops');
      expect(rollbacks).not.toEqual([]);
    },
  );
});
