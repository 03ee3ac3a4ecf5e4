/** Loads the modules of a folder as often as wanted: mutants of what runs while a file loads need it loaded again. */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const VITEST = new URL('stand-in-vitest.ts', import.meta.url).href;
const FAST_CHECK = 'stand-in:fast-check';
const BRIEF = new URL('brief-fast-check.ts', import.meta.url).href;
const STAND_INS = new Map([
  ['vitest', VITEST],
  ['fast-check', FAST_CHECK],
]);
const GENERATION = 'generation';

function generationOf(url: string | undefined): string | null {
  return url === undefined ? null : new URL(url).searchParams.get(GENERATION);
}

/** From now on, what is loaded by {@link loadFresh} takes its own imports along. */
export function freshenModules(folder: string): void {
  const root = pathToFileURL(folder + sep).href;
  const stripped = new Map<string, string>();
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const generation = generationOf(context.parentURL);
      if (generation === null) return nextResolve(specifier, context);
      const standIn = STAND_INS.get(specifier);
      if (standIn !== undefined) return { url: standIn, shortCircuit: true };
      const resolved = nextResolve(specifier, context);
      if (!resolved.url.startsWith(root) || resolved.url.includes('/node_modules/'))
        return resolved;
      return { ...resolved, url: `${resolved.url}?${GENERATION}=${generation}` };
    },
    load(url, context, nextLoad) {
      if (url === FAST_CHECK) {
        const source = `export { briefFastCheck as default } from '${BRIEF}';`;
        return { format: 'module', source, shortCircuit: true };
      }
      if (generationOf(url) === null || !url.includes('.ts?')) return nextLoad(url, context);
      const path = fileURLToPath(url);
      const source = stripped.get(path) ?? stripTypeScriptTypes(readFileSync(path, 'utf8'));
      stripped.set(path, source);
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

export function loadFresh(path: string, generation: number): Promise<unknown> {
  return import(`${pathToFileURL(path).href}?${GENERATION}=${generation}`);
}
