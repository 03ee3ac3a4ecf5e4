/** Rules about documents, manifests and anything else that is kept in git. */
import {
  accountLimitOverrides,
  DEFAULT_ACCOUNT_LIMITS,
} from '../../functions/core/account-limits.ts';
import { type Policy, policyOverrides } from '../../functions/core/policy.ts';
import { durationMillis, spell } from '../../functions/core/time.ts';
import type { SourceFile } from './source.ts';

type Findings = readonly string[];

/** Every reason code has a section of its own in the runbook. */
export function findUnexplained(reasons: readonly string[], runbook: SourceFile): Findings {
  const headings = new Set(runbook.text.split('\n').map((line) => line.trimEnd()));
  return reasons
    .filter((reason) => !headings.has(`## \`${reason}\``))
    .map((reason) => `${runbook.path}: no section for ${reason}`);
}

/** Every reason code has a row in the table of guardrails. */
export function findUnlisted(reasons: readonly string[], readme: SourceFile): Findings {
  const rows = readme.text.split('\n').filter((line) => line.trimStart().startsWith('|'));
  return reasons
    .filter((reason) => !rows.some((row) => row.includes(`\`${reason}\``)))
    .map((reason) => `${readme.path}: no table row for ${reason}`);
}

/** A limit as documents write it: `settle` (4 min), `budget` (3), `stormShare` (50 %). */
const LIMIT = /`(\w+)` \(([^)]+)\)/g;

/** Every default that the text names next to its limit is the default; a name that both have is the policy's. */
export function findStaleLimits(policy: Policy, { path, text }: SourceFile): Findings {
  return [...text.matchAll(LIMIT)].flatMap(([, name = '', got = '']) => {
    const spellings = spellLimit(policy, name);
    return spellings === undefined || spellings.includes(got)
      ? []
      : [`${path}: ${name}: got ${got}, wanted ${spellings[0]}`];
  });
}

function spellLimit(policy: Policy, name: string): readonly string[] | undefined {
  const limits = { ...DEFAULT_ACCOUNT_LIMITS, ...policy };
  const value: unknown = Object.entries(limits).find(([key]) => key === name)?.[1];
  if (typeof value === 'string') return [value];
  if (typeof value !== 'number') return undefined;
  const written = { ...accountLimitOverrides(DEFAULT_ACCOUNT_LIMITS), ...policyOverrides(policy) };
  const isDuration = `${name}Seconds` in written;
  return isDuration ? [spell(durationMillis(value))] : [String(value), `${value * 100} %`];
}

/** What is installed here. A peer is chosen by who installs this, so its range is no pin. */
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'];
/** Also under another name, where two versions are installed. */
const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** One commit builds the same everywhere and always. */
export function findLoosePins({ path, text }: SourceFile): Findings {
  const manifest = JSON.parse(text) as Record<string, unknown>;
  return DEPENDENCIES.flatMap((section) => findLoose(manifest[section], `${path}: ${section}`));
}

function findLoose(versions: unknown, where: string): Findings {
  return Object.entries(versions ?? {}).flatMap(([name, version]: [string, unknown]) => {
    if (typeof version === 'object' && version !== null)
      return findLoose(version, `${where}.${name}`);
    return typeof version === 'string' && EXACT.test(version)
      ? []
      : [`${where}.${name}: got ${String(version)}, wanted an exact version`];
  });
}

/** A lockfile names versions and hashes, and leaves it to npm's configuration where they come from. */
export function findResolvedUrls({ path, text }: SourceFile): Findings {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /"resolved":\s*"https?:/.test(line) ? [`${path}:${index + 1}: names a registry`] : [],
    );
}

/** Folders that exist on one person's machine only; spelt in pieces, so that this file does not name one. */
const MACHINE_FOLDERS = ['work', 'root', String.raw`home/[\w-]+`, String.raw`Users/[\w-]+`];
const MACHINE_PATH = new RegExp(`(?<![\\w.~$*)}-])/(?:${MACHINE_FOLDERS.join('|')})/`);

export function findMachinePaths(files: readonly SourceFile[]): Findings {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = MACHINE_PATH.exec(line);
      return found === null ? [] : [`${path}:${index + 1}: names ${found[0]}`];
    }),
  );
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

/**
 * Optional packages, such as the binaries of other platforms, that the lockfile has no entry for.
 *
 * A registry that lacks them lets `npm install` drop them without a word, and then `npm ci` refuses the lockfile.
 */
export function findUnlocked({ path, text }: SourceFile): Findings {
  const { packages } = JSON.parse(text) as Lock;
  return Object.entries(packages).flatMap(([name, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((wanted) => !placesFor(name, wanted).some((place) => place in packages))
      .map(
        (wanted) => `${path}: no entry for ${wanted}, which ${name} may need on another platform`,
      ),
  );
}

/** Where Node looks for a package, from the one that wants it up to the top. */
function placesFor(name: string, wanted: string): readonly string[] {
  const parts = name.split('/node_modules/');
  const above = parts.map((_, depth) => parts.slice(0, depth + 1).join('/node_modules/'));
  return [`node_modules/${wanted}`, ...above.map((place) => `${place}/node_modules/${wanted}`)];
}
