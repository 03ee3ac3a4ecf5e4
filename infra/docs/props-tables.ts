/** A table for each interface that an app fills in. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Member, readInterface, type SourceText } from './interfaces.ts';
import { markdownTable } from './regions.ts';

const INFRA = path.resolve(import.meta.dirname, '..');

/** Every interface that `infra/index.ts` exports, by `props:<name>`. */
export function propsTables(): ReadonlyMap<string, string> {
  const files = globSync('**/*.ts', { cwd: INFRA }).sort();
  const sources = files.map(
    (file): SourceText => ({
      path: `infra/${file}`,
      text: readFileSync(path.join(INFRA, file), 'utf8'),
    }),
  );
  return new Map(
    publicInterfaces(sources).map((name) => [
      `props:${name}`,
      propsTable(readInterface(name, sources)),
    ]),
  );
}

function publicInterfaces(sources: readonly SourceText[]): readonly string[] {
  const index = sources.find((source) => source.path === 'infra/index.ts')?.text ?? '';
  const exported = [...index.matchAll(/\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace(/\btype\s/, '').trim()),
  );
  const all = sources.map(({ text }) => text).join('\n');
  return exported.filter((name) => name !== '' && all.includes(`export interface ${name} `));
}

function propsTable(members: readonly Member[]): string {
  return markdownTable(
    ['prop', 'type', 'is', 'default', 'why'],
    members.map(({ name, type, says, standard }) => [
      `\`${name}\``,
      `\`${type}\``,
      says,
      standard?.value ?? '**required**',
      standard?.reason ?? '',
    ]),
  );
}
