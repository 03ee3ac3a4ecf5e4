/**
 * Which log group an input means: by name, or by identifier (a name or an ARN).
 */
import { AwsError } from '../gateway/operation.ts';
import type { LogGroup, LogStore } from './log-store.ts';

interface GroupReference {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** @throws AwsError when the reference is ambiguous, or there is no such group. */
export function groupNamed(store: LogStore, reference: GroupReference): LogGroup {
  const { logGroupName, logGroupIdentifier } = reference;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    const message = 'logGroupName, logGroupIdentifier: got both or none, want exactly one';
    throw new AwsError('InvalidParameterException', message);
  }
  const name = logGroupName ?? nameIn(logGroupIdentifier ?? '');
  const group = store.group(name);
  if (group) return group;
  const message = `The specified log group does not exist. logGroupName: got ${name}`;
  throw new AwsError('ResourceNotFoundException', message);
}

function nameIn(identifier: string): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const name = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:*]+)$/.exec(identifier)?.[1];
  if (name !== undefined) return name;
  // AWS refuses the form with `:*` here, although DescribeLogGroups hands it out as `arn`.
  const wanted = 'a name or arn:aws:logs:<region>:<account>:log-group:<name>';
  const message = `logGroupIdentifier: got ${identifier}, want ${wanted}`;
  throw new AwsError('InvalidParameterException', message);
}
