/** What the documents say is what the code does. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../functions/core/cause.ts';
import { bundle } from '../../infra/bundle.ts';
import { fillDocuments, makeTables, readDocuments } from '../../infra/docs/documents.ts';
import { readInterface } from '../../infra/docs/interfaces.ts';
import { fillRegions, markdownTable } from '../../infra/docs/regions.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

describe('the documents', () => {
  beforeAll(async () => {
    await bundle();
  });

  test('hold the tables that `npm run docs` writes', () => {
    expect(readDocuments()).toEqual(fillDocuments(readDocuments(), makeTables()));
  });

  test('explain every warning of the construct by its id', () => {
    const sources = globSync('infra/**/*.ts', { cwd: ROOT }).map(read).join('\n');
    const warned = /(?:\bsay\(\s*['`]|\$\{WARNING_PREFIX\})([\w-]+?)-?(?:\$|['`])/g;
    const ids = [...sources.matchAll(warned)].map(([, id = '']) => id);

    expect(ids.length).toBeGreaterThan(3);
    const said = read('docs/construct.md');
    expect(ids.filter((id) => !said.includes(`\`ecs-self-healing:${id}`))).toEqual([]);
  });

  test('explain every cause that a message may name', () => {
    const runbook = read('docs/runbook.md');

    expect(CAUSE_CODES.filter((code) => !runbook.includes(`\n| \`${code}\` |`))).toEqual([]);
  });

  test('lead to files and headings that are there', () => {
    const files = [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      ...globSync('docs/*.md', { cwd: ROOT }),
    ];

    expect(files.flatMap(brokenLinks)).toEqual([]);
  });

  test('name only commands that the package has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const files = [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      ...globSync('docs/*.md', { cwd: ROOT }),
    ];
    const named = files.flatMap((file) => [...read(file).matchAll(/npm run ([\w:-]+)/g)]);

    expect(named.length).toBeGreaterThan(5);
    expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
  });

  test('keep the README short enough to read', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(301);
  });
});

/** As GitHub makes an anchor of a heading. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(file: string): readonly string[] {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const own = links.filter((link) => !/^[a-z]+:/.test(link));
  return own.filter((link) => isBroken(file, link)).map((link) => `${file}: ${link}`);
}

function isBroken(file: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const at = target === '' ? file : path.join(path.dirname(file), target);
  if (!existsSync(path.join(ROOT, at))) return true;
  return anchor !== undefined && at.endsWith('.md') && !anchorsOf(read(at)).includes(anchor);
}

describe('a region', () => {
  const tables = new Map([['a', '| 1 |']]);

  test('is filled, and everything around it stays', () => {
    const text = 'before\n<!-- table:a -->\nold\n<!-- /table -->\nafter\n';

    expect(fillRegions({ path: 'x.md', text }, tables)).toEqual({
      text: 'before\n<!-- table:a -->\n\n| 1 |\n\n<!-- /table -->\nafter\n',
      names: ['a'],
    });
  });

  test('fails when nobody writes its table', () => {
    const text = '<!-- table:b -->\n<!-- /table -->';

    expect(() => fillRegions({ path: 'x.md', text }, tables)).toThrow(
      'x.md: got table:b, wanted one of a',
    );
  });

  test('fails when it does not end', () => {
    const text = '<!-- table:a -->\n';

    expect(() => fillRegions({ path: 'x.md', text }, tables)).toThrow('1 tables begin and 0 end');
  });

  test('fails when a table has no place in any document', () => {
    expect(() => fillDocuments([{ path: 'x.md', text: '' }], tables)).toThrow(
      'no document has a place for a',
    );
  });

  test('keeps bars and line ends of a cell from breaking the table', () => {
    expect(markdownTable(['a'], [['x | y\n z']])).toBe('| a |\n|---|\n| x \\| y z |');
  });
});

describe('the reader of interfaces', () => {
  const source = (body: string) => [
    { path: 'a.ts', text: `/** A. */\nexport interface A {\n${body}\n}\n` },
  ];

  test('reads name, type, text, default and its reason', () => {
    const text = [
      '  /** What it needs. */',
      '  readonly slack: Slack;',
      '  /**',
      '   * How long: at least',
      '   * a while.',
      '   *',
      '   * @default Duration.minutes(4), or more: an alarm',
      '   * takes that',
      '   */',
      '  readonly settle?: Duration;',
      '  /**',
      '   * Actions.',
      '   *',
      '   * @default - none: nobody asked',
      '   */',
      '  readonly actions?: IAlarmAction[];',
    ].join('\n');

    expect(readInterface('A', source(text))).toEqual([
      { name: 'slack', type: 'Slack', says: 'What it needs.' },
      {
        name: 'settle',
        type: 'Duration',
        says: 'How long: at least a while.',
        standard: { value: '`Duration.minutes(4)`, or more', reason: 'an alarm takes that' },
      },
      {
        name: 'actions',
        type: 'IAlarmAction[]',
        says: 'Actions.',
        standard: { value: 'none', reason: 'nobody asked' },
      },
    ]);
  });

  test.each([
    [
      'an optional member without a default',
      '  /** B. */\n  readonly b?: string;',
      'a.ts: A.b: got no @default',
    ],
    ['a member without a docstring', '  readonly b: string;', 'a.ts: A.b: got no docstring'],
    ['a method', '  /** B. */\n  b(): void;', 'a.ts: A: cannot read'],
    ['a property that can be written', '  /** B. */\n  b: string;', 'a.ts: A: cannot read'],
  ])('fails at %s', (_what, body, message) => {
    expect(() => readInterface('A', source(body))).toThrow(message);
  });

  test('fails when nobody exports the interface', () => {
    expect(() => readInterface('B', source(''))).toThrow('no source exports B');
  });
});
