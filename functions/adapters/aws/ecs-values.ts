/** What the readers of ECS share: ids out of ARNs, and times that may be missing. */
import { type EpochMillis, epochMillis } from '../../core/time.ts';

/** The last part of a task's ARN. */
export function taskIdOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** `<family>:<revision>` of a task definition's ARN. */
export function revisionOf(taskDefinitionArn: string | undefined): string {
  return (taskDefinitionArn ?? 'unknown').replace(/^.*task-definition\//, '');
}

/** @returns an object with the time under the key, or without the key. */
export function optionalTime<K extends string>(
  key: K,
  value: Date | undefined,
): { [P in K]?: EpochMillis } {
  const part: { [P in K]?: EpochMillis } = {};
  if (value !== undefined) part[key] = epochMillis(value.getTime());
  return part;
}
