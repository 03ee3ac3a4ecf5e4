/** The bundles that are put side by side: ours, and what esbuild makes of the same handler by default. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundle, FUNCTIONS, type FunctionName } from '../../../infra/bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

export interface Variant {
  readonly name: FunctionName;
  readonly kind: 'ours' | 'naive';
  readonly file: string;
  readonly bytes: number;
  /** As in a zip file. */
  readonly zipBytes: number;
}

/** Builds every function both ways. @param folder - of its own, and it is not cleaned up. */
export async function buildVariants(folder: string): Promise<readonly Variant[]> {
  const naive = FUNCTIONS.map(async (name) => {
    const file = path.join(folder, 'naive', name, 'index.mjs');
    await buildNaive(name, file);
    return weigh(name, 'naive', file);
  });
  return [...(await buildOurs(path.join(folder, 'ours'))), ...(await Promise.all(naive))];
}

export async function buildOurs(folder: string): Promise<readonly Variant[]> {
  const ours = await bundle(folder);
  return Promise.all(ours.map(({ name, file }) => weigh(name, 'ours', file)));
}

/**
 * `esbuild --bundle --platform=node`, and no more. As ESM, for CommonJS cannot await at its top; the banner is what
 * esbuild's own documentation asks for then.
 */
async function buildNaive(name: FunctionName, outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, 'functions', 'handlers', `${name}.ts`)],
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

async function weigh(name: FunctionName, kind: Variant['kind'], file: string): Promise<Variant> {
  const zipBytes = deflateRawSync(await readFile(file), { level: 9 }).byteLength;
  return { name, kind, file, bytes: (await stat(file)).size, zipBytes };
}
