/** The construct as a package that jsii compiles. */
import { type ExecFileException, execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { referencesOf, type SourceFile } from '../tidy/source.ts';
import { completeOldestCdk } from './oldest-cdk-schema.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

/** What apps import. */
export const ENTRY = 'infra/index.ts';

/**
 * All that jsii's CommonJS cannot take as Node runs it. Nothing else is changed.
 *
 * - A relative import names the file that is compiled, not the source.
 * - CommonJS has no `import.meta`.
 */
function toCommonJs(text: string): string {
  return text
    .replaceAll(/(?<=\bfrom ')(\.{1,2}\/[^']*)\.ts(?=')/g, '$1.js')
    .replaceAll('import.meta.dirname', '__dirname');
}

/** The files that are reached from the entry, as they are in the repository. */
export async function reachableFrom(entry: string): Promise<readonly SourceFile[]> {
  const found = new Map<string, SourceFile>();
  const open = [entry];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const file = { path: name, text: await readFile(path.join(ROOT, name), 'utf8') };
    found.set(name, file);
    for (const { specifier } of referencesOf(file)) {
      if (specifier.startsWith('.')) {
        open.push(path.posix.join(path.posix.dirname(name), specifier));
      }
    }
  }
  return [...found.values()];
}

interface Property {
  readonly name: string;
  readonly optional?: boolean;
  readonly docs?: { readonly summary?: string; readonly default?: string };
}

/** A class, or an interface; `datatype` says that it is a struct. */
interface PublicType {
  readonly name: string;
  readonly kind: string;
  readonly datatype?: boolean;
  readonly properties?: readonly Property[];
}

/** Part of what the compiled package offers to other languages. */
interface Assembly {
  /** By their full names. */
  readonly types: Readonly<Record<string, PublicType>>;
}

/** A package in a folder of its own, until it is disposed of. */
export interface Package extends AsyncDisposable {
  /** Nothing when jsii refused. */
  readonly assembly: Assembly | undefined;
  /** Errors and warnings as jsii prints them. */
  readonly output: string;
  /** Runs a CommonJS script beside the compiled package. @returns what it prints. */
  run(script: string): Promise<string>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Compiles files as one package whose entry is `ENTRY`; warnings count as errors. */
export async function compile(files: readonly SourceFile[]): Promise<Package> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jsii-'));
  for (const { path: name, text } of files) {
    const to = path.join(folder, name);
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, toCommonJs(text));
  }
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(await manifest()));
  await writeFile(path.join(folder, 'README.md'), '# ecs-self-healing\n');
  await symlink(path.join(ROOT, 'dist'), path.join(folder, 'dist'));
  await linkPackages(path.join(folder, 'node_modules'));
  const jsii = fileURLToPath(import.meta.resolve('jsii/bin/jsii'));
  const { failed, output } = await node(folder, jsii, '--fail-on-warnings');
  return {
    assembly: failed ? undefined : await assemblyOf(folder),
    output,
    run: async (script) => {
      const ran = await node(folder, '--eval', script);
      if (ran.failed) throw new Error(ran.output);
      return ran.output;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** As jsii advises, it compiles against the oldest CDK that the package accepts. */
const PACKAGES = {
  'aws-cdk-lib': 'aws-cdk-lib-oldest',
  constructs: 'constructs',
  '@types': '@types',
} as const;

async function linkPackages(folder: string): Promise<void> {
  await completeOldestCdk();
  await mkdir(folder);
  for (const [name, installed] of Object.entries(PACKAGES)) {
    await symlink(path.join(ROOT, 'node_modules', installed), path.join(folder, name));
  }
}

async function manifest(): Promise<object> {
  const text = await readFile(path.join(ROOT, 'package.json'), 'utf8');
  const { name, version, license, peerDependencies } = JSON.parse(text) as Manifest;
  const oldest = Object.entries(peerDependencies).map(([peer, range]) => [peer, range.slice(1)]);
  return {
    name,
    version,
    license,
    peerDependencies,
    devDependencies: Object.fromEntries(oldest) as Readonly<Record<string, string>>,
    author: { name: 'Authors' },
    repository: { type: 'git', url: 'https://example.org/ecs-self-healing.git' },
    main: 'infra/index.js',
    types: 'infra/index.d.ts',
    jsii: {
      targets: { python: { distName: name, module: 'ecs_self_healing' } },
    },
  };
}

async function assemblyOf(folder: string): Promise<Assembly> {
  return JSON.parse(await readFile(path.join(folder, '.jsii'), 'utf8')) as Assembly;
}

async function node(
  folder: string,
  ...args: readonly string[]
): Promise<{ readonly failed: boolean; readonly output: string }> {
  const options = { cwd: folder, env: { ...process.env, FORCE_COLOR: '0' } };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], options);
    return { failed: false, output: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as ExecFileException;
    return { failed: true, output: stdout + stderr };
  }
}
