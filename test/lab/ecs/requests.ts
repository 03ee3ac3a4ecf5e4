/** What ECS operations have in common: which cluster is meant, and pages. */
import { AwsError } from '../gateway/operation.ts';
import { nameOf } from './arns.ts';
import type { EcsControlPlane } from './control-plane.ts';
import type { ServiceRecord, TaskRecord } from './model.ts';

/** `$metadata` is the gateway's business, not an operation's. */
export type Answer<T> = Omit<T, '$metadata'>;

const DEFAULT_CLUSTER = 'default';

/**
 * @throws {ClusterNotFoundException} also when none is named: ECS then means the cluster `default`.
 */
export function clusterOf(plane: EcsControlPlane, cluster: string | undefined): string {
  const name = nameOf(cluster ?? DEFAULT_CLUSTER);
  if (!plane.hasCluster(name)) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return name;
}

export function serviceOf(
  plane: EcsControlPlane,
  cluster: string,
  service: string | undefined,
): ServiceRecord {
  const found = plane.findService(cluster, nameOf(service ?? ''));
  if (found === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return found;
}

/** Finds a task by id or ARN in one cluster; an ARN of another cluster finds nothing. */
export function findTaskIn(
  plane: EcsControlPlane,
  cluster: string,
  task: string,
): TaskRecord | undefined {
  const found = plane.findTask(nameOf(task));
  if (found?.service.cluster !== cluster) return undefined;
  return task.startsWith('arn:') && task !== found.arn ? undefined : found;
}

/** One page of a list and the token of the next. */
export function pageOf<T>(
  items: readonly T[],
  {
    nextToken,
    maxResults,
  }: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
  sizeMax: number,
): { readonly page: T[]; readonly token: { nextToken?: string } } {
  const size = maxResults ?? sizeMax;
  if (size < 1 || size > sizeMax) {
    throw new AwsError(
      'InvalidParameterException',
      `maxResults should be between 1 and ${sizeMax}`,
    );
  }
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64').toString());
  if (!Number.isInteger(start)) throw new AwsError('InvalidParameterException', 'Invalid token');
  const end = start + size;
  const token = Buffer.from(String(end)).toString('base64');
  return { page: items.slice(start, end), token: end < items.length ? { nextToken: token } : {} };
}
