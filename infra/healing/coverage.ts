/** Whether rights that were given by names fit a service that is guarded by them. */
import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HealingPermissions } from '../healing-permissions.ts';
import { knownName, madeUpName } from './references.ts';
import { WARNING_PREFIX } from './service-checks.ts';

interface NamedResources {
  readonly clusterName: string;
  readonly logGroupName: string | undefined;
}

/**
 * Adds a warning where a name is not known before the deployment.
 *
 * @throws when a name is known and not covered: every look at the service would be refused.
 */
export function checkCoverage(
  scope: Construct,
  { clusterNames, logGroupNames }: HealingPermissions,
  { clusterName, logGroupName }: NamedResources,
): void {
  check(scope, { what: 'cluster', field: 'clusters', names: clusterNames }, clusterName);
  if (logGroupName === undefined) return;
  check(scope, { what: 'log group', field: 'logGroups', names: logGroupNames }, logGroupName);
}

interface Rights {
  readonly what: 'cluster' | 'log group';
  readonly field: 'clusters' | 'logGroups';
  readonly names: readonly string[];
}

function check(scope: Construct, { what, field, names }: Rights, name: string): void {
  const covered = isCovered(names, name);
  if (covered === true) return;
  const given = `permissions.${field}: [${names.map((one) => `'${one}'`).join(', ')}]`;
  if (covered === false) {
    throw new Error(
      `${scope.node.path}: ${what} '${knownName(name)}' is not covered by ${given}: add its name`,
    );
  }
  Annotations.of(scope).addWarningV2(
    `${WARNING_PREFIX}permissions-${field}`,
    `the name of the ${what} is known only at deployment: see that ${given} covers it, or the ` +
      `service is not healed. Give the ${what} a name in the app, or its beginning to ${field}`,
  );
}

/** @returns nothing when it cannot be known yet. */
function isCovered(patterns: readonly string[], name: string): boolean | undefined {
  if (patterns.includes(name)) return true;
  const known = knownName(name);
  const likely = known ?? madeUpName(name);
  if (likely !== undefined && patterns.some((pattern) => matches(pattern, likely))) return true;
  return known === undefined || patterns.some((pattern) => Token.isUnresolved(pattern))
    ? undefined
    : false;
}

/** As IAM reads a pattern. */
function matches(pattern: string, name: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
