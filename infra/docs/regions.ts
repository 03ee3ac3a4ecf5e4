/** Parts of a document that are written by a program, between two comments that nobody sees. */

const REGION = /(<!-- table:([\w.:-]+) -->\n)[\s\S]*?(<!-- \/table -->)/g;
const OPENING = /<!-- table:/g;

export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/**
 * Puts each table between the marks that name it.
 *
 * @returns the whole text, and the names that it has places for.
 * @throws when a mark is never closed, or names a table that nobody writes.
 */
export function fillRegions(
  { path, text }: Document,
  tables: ReadonlyMap<string, string>,
): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const filled = text.replaceAll(REGION, (_whole, opening: string, name: string, end: string) => {
    const table = tables.get(name);
    if (table === undefined) {
      throw new Error(`${path}: got table:${name}, wanted one of ${[...tables.keys()].join(', ')}`);
    }
    names.push(name);
    return `${opening}\n${table}\n\n${end}`;
  });
  const opened = [...text.matchAll(OPENING)].length;
  if (opened !== names.length) {
    throw new Error(`${path}: ${opened} tables begin and ${names.length} end with <!-- /table -->`);
  }
  return { text: filled, names };
}

/** A table of GitHub's Markdown; a cell's bars and line ends are taken care of. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', String.raw`\|`);
}
