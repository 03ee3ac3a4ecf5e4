/** The bills of materials name what is deployed, all of it, and nothing of the tools that build it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as commands from '../../infra/delivery/commands.ts';
import { withoutDevelopment } from '../../infra/delivery/sbom.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Names with versions, as the command of the gates would write them. */
function namedBy(command: string): readonly string[] {
  const printing = command.replace(/ > [\w-]+\.json$/, '');
  const text = execFileSync('bash', ['-c', printing], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { components } = JSON.parse(text) as { readonly components: { 'bom-ref': string }[] };
  return components.map((component) => component['bom-ref']);
}

function isForDevelopment(name: string): boolean {
  const text = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, { dev?: boolean }> };
  return packages[`node_modules/${name}`]?.dev === true;
}

const SBOM_COMMANDS = commands.GATES.filter((gate) => gate.includes(' sbom'));

test('there is one for the functions and one for the image', () => {
  expect(SBOM_COMMANDS.map((command) => command.split(' > ')[1])).toEqual([...commands.SBOMS]);
});

describe.each([
  [SBOM_COMMANDS[0] ?? '', 'package.json'],
  [SBOM_COMMANDS[1] ?? '', 'workload/package.json'],
])('%s', { timeout: 60_000 }, (command, manifest) => {
  test('names each production dependency, and none for development', () => {
    const text = readFileSync(path.join(ROOT, manifest), 'utf8');
    const { dependencies, devDependencies = {} } = JSON.parse(text) as Package;
    const spell = (all: Package['dependencies']) =>
      Object.entries(all).map(([name, version]) => `${name}@${version}`);
    const named = namedBy(command);

    expect(named).toEqual(expect.arrayContaining(spell(dependencies)));
    // Some are needed by what is deployed as well, and stay.
    const tools = Object.keys(devDependencies).filter((name) => isForDevelopment(name));
    expect(named.filter((one) => tools.includes(one.replace(/@[^@]+$/, '')))).toEqual([]);
    expect(tools.length > 20 || manifest.startsWith('workload')).toBe(true);
    expect(named.length).toBeGreaterThan(30);
  });
});

describe('what is for development alone', () => {
  const bom = {
    components: [{ 'bom-ref': 'both@1.0.0' }, { 'bom-ref': '@a/tool@2.0.0' }],
    dependencies: [
      { ref: 'app@0.1.0', dependsOn: ['both@1.0.0', '@a/tool@2.0.0'] },
      { ref: '@a/tool@2.0.0', dependsOn: ['both@1.0.0'] },
    ],
  };
  const packages = {
    '': {},
    'node_modules/both': { version: '1.0.0' },
    'node_modules/@a/tool': { version: '2.0.0', dev: true },
  };

  test('is left out, and what both need stays', () => {
    expect(withoutDevelopment(bom, { packages })).toEqual({
      components: [{ 'bom-ref': 'both@1.0.0' }],
      dependencies: [{ ref: 'app@0.1.0', dependsOn: ['both@1.0.0'] }],
    });
  });

  test('cannot be told without either of the two', () => {
    expect(() => withoutDevelopment({}, { packages })).toThrow('got no components');
    expect(() => withoutDevelopment(bom, {})).toThrow('got no packages');
  });
});
