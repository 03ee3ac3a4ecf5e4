/** Each rule of the repository with samples that it refuses and samples that it lets pass. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import {
  findDefaultExports,
  findImpurities,
  findOversized,
  findUnfitTests,
  findUnnamedFiles,
  findVagueNames,
} from './code.ts';
import {
  findLoosePins,
  findMachinePaths,
  findResolvedUrls,
  findStaleLimits,
  findUnexplained,
  findUnlisted,
  findUnlocked,
} from './documents.ts';
import { findLayerBreaks } from './layers.ts';
import { codeOf, referencesOf, type SourceFile } from './source.ts';

const file = (path: string, text: string): SourceFile => ({ path, text });

describe('the layer rule', () => {
  test.each([
    ['functions/core/a.ts', '../ports/clock.ts'],
    ['functions/core/a.ts', '../app/reconcile.ts'],
    ['functions/core/a.ts', 'valibot'],
    ['functions/core/a.ts', 'node:crypto'],
    ['functions/core/a.ts', 'crypto'],
    ['functions/core/a.ts', '../../infra/bundle.ts'],
    ['functions/ports/a.ts', '../app/reconcile.ts'],
    ['functions/ports/a.ts', '@aws-sdk/client-ecs'],
    ['functions/app/a.ts', '../adapters/system-clock.ts'],
    ['functions/app/a.ts', '@middy/core'],
    ['functions/app/a.ts', 'node:timers/promises'],
    ['functions/adapters/a.ts', '../app/reconcile.ts'],
    ['functions/adapters/aws/a.ts', '../../handlers/remediate.ts'],
    ['functions/adapters/slack/a.ts', '@aws-sdk/client-ecs'],
    ['functions/handlers/a.ts', '../../infra/bundle.ts'],
    ['infra/a.ts', '../functions/handlers/remediate.ts'],
    ['infra/a.ts', '../functions/adapters/system-clock.ts'],
    ['infra/a.ts', '@aws-sdk/client-ecs'],
    ['workload/src/a.ts', '../../functions/core/time.ts'],
    ['workload/src/a.ts', '../../test/lab/events.ts'],
    ['vitest.config.ts', './test/lab/events.ts'],
    ['functions/core/a.ts', '../../test/core/builders.ts'],
  ])('refuses that %s imports %s', (path, specifier) => {
    expect(findLayerBreaks([file(path, `import type { A } from '${specifier}';`)])).toEqual([
      expect.stringContaining(`${path}:1: `),
    ]);
  });

  test.each([
    `export { a } from '../app/a.ts';`,
    `import '../app/a.ts';`,
    `const a = await import('../app/a.ts');`,
    `type A = import('../app/a.ts').A;`,
    `import {\n  a,\n} from "../app/a.ts";`,
  ])('sees %j', (text) => {
    expect(findLayerBreaks([file('functions/core/a.ts', text)])).toHaveLength(1);
  });

  test('refuses a folder that is no layer', () => {
    const stray = file('functions/shared/a.ts', '');

    expect(findLayerBreaks([stray])).toEqual(['functions/shared/a.ts: in no known layer']);
  });

  test.each([
    ['functions/core/a.ts', './time.ts'],
    ['functions/ports/a.ts', '../core/time.ts'],
    ['functions/app/a.ts', '../ports/clock.ts'],
    ['functions/adapters/aws/a.ts', '@aws-sdk/client-ecs'],
    ['functions/handlers/a.ts', '@middy/core'],
    ['infra/a.ts', '../functions/core/policy.ts'],
    ['workload/src/a.ts', 'fastify'],
    ['test/a.ts', '../functions/handlers/remediate.ts'],
    ['vitest.config.ts', 'vitest/config'],
  ])('lets %s import %s', (path, specifier) => {
    expect(findLayerBreaks([file(path, `import { a } from '${specifier}';`)])).toEqual([]);
  });
});

describe('the rule of the pure core', () => {
  test.each([
    'const at = Date.now();',
    'const at = new Date();',
    'const at = new Date;',
    'const text = Date();',
    'const salt = Math.random();',
    'const name = process.env.NAME;',
    'console.log(1);',
    `const took = \`\${performance.now()} ms\`;`,
    'const id = crypto.randomUUID();',
    'await fetch(url);',
    'setTimeout(again, 10);',
    'globalThis.now();',
  ])('refuses %s', (text) => {
    expect(findImpurities([file('functions/core/a.ts', text)])).toHaveLength(1);
  });

  test.each([
    'const at = new Date(0);',
    'const at = Date.parse(text);',
    '/** As Date.now() would. */',
    "const words = 'console.log and fetch(url)';",
    'const found = /process.env/.test(text);',
    'const part = { process: 1, fetch: 2 };',
    'reader.fetch(url);',
  ])('lets %s pass', (text) => {
    expect(findImpurities([file('functions/core/a.ts', text)])).toEqual([]);
  });

  test('is about the core only', () => {
    expect(findImpurities([file('functions/adapters/a.ts', 'Date.now();')])).toEqual([]);
  });
});

describe('the rule of sizes', () => {
  test('refuses 301 lines and 121 columns', () => {
    expect(findOversized([file('a.ts', '\n'.repeat(301))])).toEqual([
      'a.ts: 301 lines, at most 300',
    ]);
    expect(findOversized([file('a.ts', `\n${'x'.repeat(121)}\n`)])).toEqual([
      'a.ts:2: 121 columns, at most 120',
    ]);
  });

  test('lets 300 lines and 120 columns pass', () => {
    expect(findOversized([file('a.ts', `${'x'.repeat(120)}\n`.repeat(300))])).toEqual([]);
  });
});

describe('the rule of names', () => {
  test.each(['test/utils/a.ts', 'infra/helpers.ts', 'a/common/b.ts', 'a/manager.test.ts'])(
    'refuses %s',
    (path) => {
      expect(findVagueNames([path])).toHaveLength(1);
    },
  );

  test('lets names pass that only contain such a word', () => {
    expect(findVagueNames(['a/secrets-manager.ts', 'a/common-words.ts', '.github/a.yml'])).toEqual(
      [],
    );
  });
});

describe('the rule of tests', () => {
  test.each([
    "test.only('a', () => {});",
    "describe.skip('a', () => {});",
    "it.todo('a');",
    "test.concurrent.only('a', () => {});",
    'await new Promise((done) => setTimeout(done, 10));',
    'await sleep(10);',
    "import { setTimeout as pause } from 'node:timers/promises';",
  ])('refuses %s', (text) => {
    expect(findUnfitTests([file('test/a.test.ts', text)])).toHaveLength(1);
  });

  test('lets such words pass in prose and in other files', () => {
    const prose = file('test/a.test.ts', "test('uses setTimeout(done) and test.only', () => {});");
    const other = file('test/lab/clock.ts', 'setTimeout(done, 10);');

    expect(findUnfitTests([prose, other])).toEqual([]);
  });
});

describe('the rules of modules', () => {
  test.each(['./a', '../b/index', '.', './a.js', '../a.test'])('refuse the import of %s', (to) => {
    expect(findUnnamedFiles([file('a.ts', `import { a } from '${to}';`)])).toHaveLength(1);
  });

  test.each(['./a.ts', '../a.mjs', './a.json', 'vitest', 'node:fs'])('allow that of %s', (to) => {
    expect(findUnnamedFiles([file('a.ts', `import { a } from '${to}';`)])).toEqual([]);
  });

  test.each(['export default {};', 'export { a as default };'])('refuse %s', (text) => {
    expect(findDefaultExports([file('functions/a.ts', text)])).toHaveLength(1);
    expect(findDefaultExports([file('vitest.config.ts', text), file('a.mjs', text)])).toEqual([]);
  });
});

describe('the rules of documents', () => {
  test('miss a reason without a section, and a heading that is only alike', () => {
    const runbook = file('runbook.md', '## `storm`\n\n### `paused`\n\n## at-floor\n');

    expect(findUnexplained(['storm', 'paused', 'at-floor'], runbook)).toEqual([
      'runbook.md: no section for paused',
      'runbook.md: no section for at-floor',
    ]);
  });

  test('miss a reason that is in the text but in no row', () => {
    const readme = file('README.md', '`paused` is one.\n\n| Code |\n|---|\n| `storm` |\n');

    expect(findUnlisted(['storm', 'paused'], readme)).toEqual([
      'README.md: no table row for paused',
    ]);
  });

  test('miss a default that is not the default any more', () => {
    const text =
      '`hold` (2 min), `budget` (4), `stormShare` (50 %), `claim` (its victim), `stormWindow` (5 min)';

    expect(findStaleLimits(DEFAULT_POLICY, file('a.md', text))).toEqual([
      'a.md: hold: got 2 min, wanted 1 min',
      'a.md: budget: got 4, wanted 3',
      'a.md: stormWindow: got 5 min, wanted 10 min',
    ]);
  });

  test.each('^1.2.3 ~1.2.3 * latest 1.2 1.x >=1.2.3 github:a/b npm:@b/c@^1.2.3'.split(' '))(
    'refuse the version %s',
    (version) => {
      const manifest = JSON.stringify({ devDependencies: { a: version, b: '1.2.3' } });

      expect(findLoosePins(file('package.json', manifest))).toEqual([
        `package.json: devDependencies.a: got ${version}, wanted an exact version`,
      ]);
    },
  );

  test('take another name for an exact version, and a range for who installs us', () => {
    const manifest = { devDependencies: { a: 'npm:b@1.2.3' }, peerDependencies: { b: '^1.2.3' } };

    expect(findLoosePins(file('package.json', JSON.stringify(manifest)))).toEqual([]);
  });

  test('look for versions in nested overrides', () => {
    const manifest = JSON.stringify({ overrides: { a: { b: '^1.0.0', c: '1.0.0-rc.1' } } });

    expect(findLoosePins(file('package.json', manifest))).toHaveLength(1);
  });

  test('refuse a lockfile that says where packages come from', () => {
    const lock = '{\n  "resolved": "https://registry.example.com/a.tgz"\n}\n';

    expect(findResolvedUrls(file('package-lock.json', lock))).toEqual([
      'package-lock.json:2: names a registry',
    ]);
  });

  test('refuse a lockfile that forgot the packages of other platforms', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0', 'a-darwin': '1.0.0' } },
      'node_modules/a-linux': {},
    };

    expect(findUnlocked(file('package-lock.json', JSON.stringify({ packages })))).toEqual([
      'package-lock.json: no entry for a-darwin, which node_modules/a may need on another platform',
    ]);
  });

  test('find a package where Node does: in the folder of whoever wants it, or in one above', () => {
    const packages = {
      'node_modules/a/node_modules/b': { optionalDependencies: { c: '1.0.0' } },
      'node_modules/a/node_modules/c': {},
    };
    const elsewhere = { ...packages, 'node_modules/a/node_modules/c': undefined };

    expect(findUnlocked(file('package-lock.json', JSON.stringify({ packages })))).toEqual([]);
    expect(
      findUnlocked(file('package-lock.json', JSON.stringify({ packages: elsewhere }))),
    ).toHaveLength(1);
  });

  test('refuse paths of one machine, and let those pass that only look alike', () => {
    const machine = ['', 'work', 'main'].join('/');
    const own = ['', 'root', '.cache'].join('/');
    const alike = ['https://example.com', 'work', 'a'].join('/');

    expect(findMachinePaths([file('a.md', `x\ncd ${machine}`)])).toHaveLength(1);
    expect(findMachinePaths([file('a.json', `"file://${own}"`)])).toHaveLength(1);
    expect(findMachinePaths([file('a.md', alike), file('b.md', 'ways to work/rest')])).toEqual([]);
  });
});

describe('the view of code', () => {
  test('blanks comments, strings and expressions, and keeps every offset', () => {
    const text = `a('x'); // b\n/* c\n */ d(/e'f/g, \`h \${i({ j: 'k' })} l\`);`;

    expect(codeOf(text)).toBe(`a(' ');     \n    \n    d(      , \`    i({ j: ' ' })}   );`);
    expect(codeOf(text)).toHaveLength(text.length);
  });

  test('tells a division from a regular expression', () => {
    expect(codeOf("a / b / 'c'")).toBe("a / b / ' '");
  });

  test('finds no module in a comment, a string or a method called from', () => {
    const text = "// from 'a'\nconst b = \"import 'c'\";\nArray.from('d');\nimport e from 'e';";

    expect(referencesOf(file('a.ts', text))).toEqual([{ specifier: 'e', line: 4 }]);
  });
});
