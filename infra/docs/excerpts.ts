/** The parts of the examples that documents show: what is shown was compiled and synthesised. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const EXAMPLES = path.resolve(import.meta.dirname, '../../docs/examples');
const EXCERPT = /^[ \t]*\/\/ #region shown\n([\s\S]*?)^[ \t]*\/\/ #endregion$/m;

/** Every example by `code:<name>`. @throws when one has nothing to show. */
export function excerpts(): ReadonlyMap<string, string> {
  const files = globSync('*.ts', { cwd: EXAMPLES }).sort();
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(EXAMPLES, file), 'utf8');
      const code = EXCERPT.exec(text)?.[1];
      if (code === undefined) throw new Error(`docs/examples/${file}: no "// #region shown"`);
      return [`code:${path.basename(file, '.ts')}`, `\`\`\`ts\n${dedent(code)}\n\`\`\``];
    }),
  );
}

function dedent(code: string): string {
  const lines = code.trimEnd().split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least)).join('\n');
}
