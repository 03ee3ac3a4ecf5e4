/** Bundles each handler into `dist/<function>/index.mjs`, as it is deployed and as the lab runs it. */

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { leanSdk } from './lean-sdk.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

export const FUNCTIONS = ['remediate', 'notify', 'respond', 'drill'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  readonly name: FunctionName;
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/**
 * Node's own modules by `process.getBuiltinModule`: an ESM import of `node:http` also loads undici, which costs
 * a cold start several milliseconds and megabytes (nodejs/node#59686).
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);
    onResolve({ filter }, ({ path: id }) => ({
      path: id.replace(/^node:/, ''),
      namespace: 'builtin',
    }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: id }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${id}');`,
    }));
  },
};

/** Builds the bundles. @returns where they are and what they weigh. */
export async function bundle(outDir = path.join(ROOT, 'dist')): Promise<readonly Bundle[]> {
  return Promise.all(FUNCTIONS.map((name) => bundleOne(name, path.join(outDir, name))));
}

/** How a function is built; nothing is written. */
export function buildOptions(name: FunctionName) {
  return {
    entryPoints: [path.join(ROOT, 'functions', 'handlers', `${name}.ts`)],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
    },
    plugins: [lazyBuiltins, leanSdk],
    legalComments: 'none',
    write: false,
  } satisfies BuildOptions;
}

async function bundleOne(name: FunctionName, outDir: string): Promise<Bundle> {
  const result = await build(buildOptions(name));
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${name}`);
  const file = path.join(outDir, 'index.mjs');
  await mkdir(outDir, { recursive: true });
  // In one step: a lab that runs already may start a function from it at any time.
  await writeFile(`${file}.${process.pid}`, output.contents);
  await rename(`${file}.${process.pid}`, file);
  const gzipBytes = gzipSync(output.contents, { level: 9 }).byteLength;
  return { name, file, bytes: output.contents.byteLength, gzipBytes };
}

if (import.meta.main) {
  for (const { name, bytes, gzipBytes } of await bundle()) {
    const [kB, zipped] = [bytes, gzipBytes].map((size) => (size / 1_000).toFixed(0));
    process.stdout.write(`${name}: ${kB} kB, gzip ${zipped} kB\n`);
  }
}
