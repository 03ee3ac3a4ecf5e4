/**
 * What test files declare, kept so that one process can run it again and again.
 *
 * A mutant is one number that instrumented code looks at while it runs, so nothing is loaded anew to try it.
 * That takes tests which keep nothing between them; those of the core are such.
 */
import { format } from 'node:util';

export interface DeclaredTest {
  readonly id: string;
  readonly file: string;
  readonly run: () => unknown;
}

type Body = () => unknown;
type Row = (...row: readonly never[]) => unknown;
type Declare = (name: string, body: Body) => void;
type DeclareRows = (name: string, body: Row) => void;

const names: string[] = [];
const cleanups: (() => unknown)[] = [];
let declared = new Map<string, DeclaredTest>();
let file = '';

/** @returns the tests that `load` declares in `name`, in their order. */
export async function declaredIn(
  name: string,
  load: () => Promise<unknown>,
): Promise<readonly DeclaredTest[]> {
  file = name;
  declared = new Map();
  names.length = 0;
  await load();
  return [...declared.values()];
}

function declareTest(name: string, run: Body): void {
  const title = `${file} > ${[...names, name].join(' > ')}`;
  let id = title;
  for (let n = 2; declared.has(id); n += 1) id = `${title} (${n})`;
  declared.set(id, { id, file, run });
}

function declareGroup(name: string, body: Body): void {
  names.push(name);
  try {
    body();
  } finally {
    names.pop();
  }
}

/** `%s`, `%d` and `$field`, roughly as Vitest names rows: a name is only for people. */
function rowName(name: string, row: unknown): string {
  if (!Array.isArray(row) && typeof row === 'object' && row !== null) {
    const fields = new Map<string, unknown>(Object.entries(row));
    return name.replaceAll(/\$(\w+)/g, (all, key) =>
      fields.has(key) ? String(fields.get(key)) : all,
    );
  }
  const wanted = name.match(/%[sdijof]/g)?.length ?? 0;
  return format(name, ...[row].flat().slice(0, wanted));
}

function each(declare: Declare): (rows: readonly unknown[]) => DeclareRows {
  return (rows) => (name, body) => {
    for (const row of rows) {
      declare(rowName(name, row), () => body(...((Array.isArray(row) ? row : [row]) as never[])));
    }
  };
}

/** As {@link each}, but a row is one argument. */
function eachWhole(declare: Declare): (rows: readonly unknown[]) => DeclareRows {
  return (rows) => (name, body) => {
    for (const row of rows) declare(rowName(name, row), () => body(row as never));
  };
}

export const describe = Object.assign(declareGroup, { each: each(declareGroup) });
export const test = Object.assign(declareTest, {
  each: each(declareTest),
  for: eachWhole(declareTest),
});

/** What a test asks to be cleaned up after it. */
export function onTestFinished(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** @returns why it failed, or undefined when it passed. */
export async function runTest(each: DeclaredTest): Promise<string | undefined> {
  try {
    await each.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : `threw ${String(error)}`;
  } finally {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  }
}
