/** What can be asked of a healer: its methods, with what their docstrings say. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { markdownTable } from './regions.ts';

const INFRA = path.resolve(import.meta.dirname, '..');
const METHOD =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)? {2}((?:metric|grant)[A-Z]\w*)\(([^)]*)\): \w+ \{/g;

/** `methods:grant` and `methods:metric`. @throws when one has no docstring. */
export function methodsTables(): ReadonlyMap<string, string> {
  const sources = ['self-healing.ts', 'healing/metrics.ts'].map((file) =>
    readFileSync(path.join(INFRA, file), 'utf8'),
  );
  const rows = sources.flatMap(readMethods);
  return new Map(
    ['grant', 'metric'].map((kind) => [
      `methods:${kind}`,
      markdownTable(
        ['method', kind === 'grant' ? 'it' : 'is'],
        rows.filter(({ name }) => name.startsWith(kind)).map(({ call, says }) => [call, says]),
      ),
    ]),
  );
}

interface Method {
  readonly name: string;
  readonly call: string;
  readonly says: string;
}

function readMethods(source: string): readonly Method[] {
  return [...source.matchAll(METHOD)].map(([, docstring = '', name = '', parameters = '']) => {
    const says = docstring.replaceAll(/(?:\s*\n\s*\*)+\s*/g, ' ').trim();
    if (says === '') throw new Error(`${name}: got no docstring, wanted what it does`);
    const required = [...parameters.matchAll(/(\w+): [\w<>[\], ]+(?=,|$)/g)];
    const names = required.map(([, parameter = '']) => parameter);
    return { name, call: `\`${name}(${names.join(', ')})\``, says };
  });
}
