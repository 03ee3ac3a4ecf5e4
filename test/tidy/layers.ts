/** Who may import whom. */
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { referencesOf, type SourceFile } from './source.ts';

interface Layer {
  /** Folder; the longest that fits decides. */
  readonly folder: string;
  /** Folders it may import from, besides itself. */
  readonly imports: readonly string[];
  /** Whether it may import packages and Node's own modules. */
  readonly packages: boolean;
}

const LAYERS: readonly Layer[] = [
  { folder: 'functions/core', imports: [], packages: false },
  { folder: 'functions/ports', imports: ['functions/core'], packages: false },
  { folder: 'functions/app', imports: ['functions/core', 'functions/ports'], packages: false },
  { folder: 'functions/adapters', imports: ['functions/core', 'functions/ports'], packages: true },
  {
    folder: 'functions/handlers',
    imports: ['functions/core', 'functions/ports', 'functions/app', 'functions/adapters'],
    packages: true,
  },
  {
    folder: 'functions/cli',
    imports: ['functions/core', 'functions/ports', 'functions/app', 'functions/adapters'],
    packages: true,
  },
  { folder: 'infra', imports: ['functions/core'], packages: true },
  { folder: 'workload', imports: [], packages: true },
  { folder: 'docs', imports: ['infra'], packages: true },
  { folder: 'test', imports: ['docs', 'functions', 'infra', 'workload'], packages: true },
];

/** Files of the tools, at the root and elsewhere. */
const OUTSIDE: Layer = { folder: '', imports: [], packages: true };

const SDK = /^@aws-sdk\//;
const SDK_FOLDERS = [
  'functions/adapters/aws',
  'functions/handlers',
  'functions/cli/heal/compose.ts',
  'test',
];

/** Every import across a layer's border that the border does not let through. */
export function findLayerBreaks(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const layer = LAYERS.find(({ folder }) => isWithin(file.path, folder));
    if (layer === undefined && isWithin(file.path, 'functions')) {
      return [`${file.path}: in no known layer`];
    }
    return referencesOf(file).flatMap(({ specifier, line }) => {
      const broken = judge(file.path, layer ?? OUTSIDE, specifier);
      return broken === undefined ? [] : [`${file.path}:${line}: ${broken}`];
    });
  });
}

function judge(from: string, layer: Layer, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return judgePackage(from, layer, specifier);
  const to = path.posix.join(path.posix.dirname(from), specifier);
  if (layer === OUTSIDE) return isWithin(to, 'test') ? `only test may import ${to}` : undefined;
  const allowed = [layer.folder, ...layer.imports];
  if (allowed.some((folder) => isWithin(to, folder))) return undefined;
  return `${layer.folder} may not import ${to}`;
}

function judgePackage(from: string, layer: Layer, specifier: string): string | undefined {
  if (!layer.packages) {
    return `${layer.folder} may not import ${isBuiltin(specifier) ? 'the builtin' : 'the package'} ${specifier}`;
  }
  if (!SDK.test(specifier)) return undefined;
  if (SDK_FOLDERS.some((folder) => isWithin(from, folder))) return undefined;
  return `only ${SDK_FOLDERS.slice(0, 2).join(' and ')} may import ${specifier}`;
}

function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}
