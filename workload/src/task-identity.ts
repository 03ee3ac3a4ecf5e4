import type { Config } from './config.ts';

const METADATA_TIMEOUT_MS = 2000;

/**
 * Finds the id of the ECS task this process runs in: the last part of its ARN.
 *
 * It is the join between a log line, a log stream and the task someone may stop, so a metadata
 * endpoint that is announced but does not answer stops the start instead of inventing an id.
 */
export async function findTaskId(
  config: Pick<Config, 'metadataUrl' | 'fallbackTaskId'>,
): Promise<string> {
  if (config.metadataUrl === undefined) return config.fallbackTaskId;
  const url = `${config.metadataUrl.href.replace(/\/$/, '')}/task`;
  const response = await fetch(url, { signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`task metadata answered ${response.status}, wanted 200`);
  const taskId = lastArnPart(await response.json());
  if (taskId === undefined) throw new Error('task metadata has no usable TaskARN');
  return taskId;
}

function lastArnPart(metadata: unknown): string | undefined {
  if (typeof metadata !== 'object' || metadata === null || !('TaskARN' in metadata)) return;
  const { TaskARN: arn } = metadata;
  return typeof arn === 'string' ? arn.split('/').at(-1) || undefined : undefined;
}
