/** Properties of one resource: functions resolved, then held against what the lab understands. */
import * as v from 'valibot';
import { DeploymentError } from '../healer/deployment-error.ts';
import type { Resolver } from './intrinsics.ts';
import type { Resource } from './template.ts';

/** They change nothing in the lab: it encrypts, traces and tags nothing. */
const WITHOUT_EFFECT = ['Description', 'Tags'];

/**
 * @param ignored - properties that the lab need not know.
 * @throws DeploymentError naming logical id and property, also for a property that is not known.
 */
export function readProperties<const T extends v.ObjectEntries>(
  resolver: Resolver,
  [id, { Properties = {} }]: readonly [string, Resource],
  entries: T,
  ignored: readonly string[] = [],
): v.InferOutput<v.StrictObjectSchema<T, undefined>> {
  const without = [...WITHOUT_EFFECT, ...ignored];
  const known = Object.entries(Properties).filter(([name]) => !without.includes(name));
  const resolved = resolver.resolve(Object.fromEntries(known), id);
  const result = v.safeParse(v.strictObject(entries), resolved);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DeploymentError(`${id}.${v.getDotPath(issue) ?? 'Properties'}: ${describe(issue)}`);
}

function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'got it, want only what the lab understands';
  return `got ${issue.received}, want ${issue.expected ?? issue.message}`;
}
