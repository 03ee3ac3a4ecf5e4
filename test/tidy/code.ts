/** Rules about one source file at a time. Each takes files and gives findings, `path:line: what`. */
import { findInCode, referencesOf, type SourceFile } from './source.ts';

type Findings = readonly string[];

/** What would make the same input give another answer, or reach outside: the core has none of it. */
const IMPURE: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew\s+Date\b(?!\s*\(\s*[^\s)])/,
  /(?<!\bnew\s+)(?<![.\w$])Date\s*\(/,
  /\bMath\.random\b/,
  /(?<![.\w$])(?:process|console|performance|crypto|globalThis)\b(?!\s*\??:)/,
  /(?<![.\w$])(?:fetch|setTimeout|setInterval|setImmediate|queueMicrotask)\b(?!\s*\??:)/,
];

export function findImpurities(files: readonly SourceFile[]): Findings {
  const core = files.filter(({ path }) => path.startsWith('functions/core/'));
  return core.flatMap((file) =>
    IMPURE.flatMap((pattern) =>
      findInCode(file, pattern).map(
        ({ found, line }) => `${file.path}:${line}: the core may not use ${found}`,
      ),
    ),
  );
}

const LINES_MAX = 300;
const COLUMNS_MAX = 120;

export function findOversized(files: readonly SourceFile[]): Findings {
  return files.flatMap(({ path, text }) => {
    const lines = text.replace(/\n$/, '').split('\n');
    const tooLong =
      lines.length > LINES_MAX ? [`${path}: ${lines.length} lines, at most ${LINES_MAX}`] : [];
    const tooWide = lines.flatMap((line, index) => {
      const columns = [...line].length;
      return columns > COLUMNS_MAX
        ? [`${path}:${index + 1}: ${columns} columns, at most ${COLUMNS_MAX}`]
        : [];
    });
    return [...tooLong, ...tooWide];
  });
}

/** A name that says "anything" collects anything. */
const VAGUE = /^(?:utils?|helpers?|commons?|managers?)$/i;

export function findVagueNames(paths: readonly string[]): Findings {
  return paths.flatMap((path) =>
    path
      .split('/')
      .filter((part) => VAGUE.test(part.replace(/(?<=.)\..*$/, '')))
      .map((part) => `${path}: ${part} says nothing about what is in it`),
  );
}

const FOCUS = /(?<![.\w$])(?:test|it|describe|suite|bench|expect)(?:\.\w+)*\.(?:only|skip|todo)\b/;
const WAIT = /(?<![.\w$])(?:setTimeout|sleep)\s*\(/;

/** Tests that do not run, and tests that wait for the wall clock. */
export function findUnfitTests(files: readonly SourceFile[]): Findings {
  const tests = files.filter(({ path }) => path.endsWith('.test.ts'));
  return tests.flatMap((file) => [
    ...findInCode(file, FOCUS).map(({ found, line }) => `${file.path}:${line}: ${found}`),
    ...findInCode(file, WAIT).map(({ found, line }) => `${file.path}:${line}: waits by ${found}`),
    ...referencesOf(file)
      .filter(({ specifier }) => /^(?:node:)?timers\/promises$/.test(specifier))
      .map(({ specifier, line }) => `${file.path}:${line}: waits by ${specifier}`),
  ]);
}

/** Node runs the sources as they are, so an import names the file it means. */
export function findUnnamedFiles(files: readonly SourceFile[]): Findings {
  return files.flatMap((file) =>
    referencesOf(file)
      .filter(({ specifier }) => /^\.\.?(?:\/|$)/.test(specifier))
      .filter(({ specifier }) => !/\.(?:ts|mjs|json)$/.test(specifier))
      .map(({ specifier, line }) => `${file.path}:${line}: ${specifier} has no file extension`),
  );
}

const DEFAULT_EXPORT = /\bexport\s+default\b|\bas\s+default\b/;

/** Only what a tool looks for by that name is a default export. */
export function findDefaultExports(files: readonly SourceFile[]): Findings {
  return files
    .filter(({ path }) => path !== 'vitest.config.ts' && !path.endsWith('.mjs'))
    .flatMap((file) =>
      findInCode(file, DEFAULT_EXPORT).map(
        ({ line }) => `${file.path}:${line}: default export, a name is wanted`,
      ),
    );
}
