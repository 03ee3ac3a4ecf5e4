/**
 * Puts the oldest CDK's own cloud assembly schema beside it, where a clean install leaves it out.
 *
 * npm takes what a bundled package asks of its peers for bundled too. The package is not, so
 * nothing extracts it, and the newest CDK's schema, of another major version, would be found.
 */
import { lstat, symlink } from 'node:fs/promises';
import path from 'node:path';
import own from 'cloud-assembly-schema-oldest/package.json' with { type: 'json' };

const PACKAGES = path.resolve(import.meta.dirname, '..', '..', 'node_modules');
const WANTED = path.join(PACKAGES, 'aws-cdk-lib-oldest', 'node_modules', ...own.name.split('/'));

/** May be called by several at the same time. */
export async function completeOldestCdk(): Promise<void> {
  if ((await lstat(WANTED).catch(() => undefined)) !== undefined) return;
  const installed = path.join(PACKAGES, 'cloud-assembly-schema-oldest');
  const target = path.relative(path.dirname(WANTED), installed);
  await symlink(target, WANTED).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Vitest calls it before the tests of a project. */
export async function setup(): Promise<void> {
  await completeOldestCdk();
}
