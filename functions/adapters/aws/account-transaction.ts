/** The one transaction: a service's lock and what all services share change together, or not at all. */
import { createHash } from 'node:crypto';
import {
  type CancellationReason,
  type DynamoDBClient,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountState } from '../../core/account.ts';
import type { Entry } from '../../core/entry.ts';
import type { LockState } from '../../core/lock.ts';
import type { SharedCommit } from '../../ports/incident-store.ts';
import { accountPut } from './account-item.ts';
import { calling } from './errors.ts';
import { lockUpdate } from './lock-item.ts';

export interface SharedWrite {
  readonly lock: LockState;
  readonly account: AccountState;
  readonly entries: readonly Entry[];
  readonly writer: string;
}

export async function commitShared(
  client: DynamoDBClient,
  tableName: string,
  { lock, account, entries, writer }: SharedWrite,
  abortSignal: AbortSignal,
): Promise<SharedCommit> {
  const update = {
    TableName: tableName,
    ...lockUpdate(lock, entries, writer),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const put = { TableName: tableName, ...accountPut(account, writer) };
  const command = new TransactWriteItemsCommand({
    TransactItems: [{ Update: update }, { Put: put }],
    ClientRequestToken: tokenOf(lock.serviceId, writer),
  });
  try {
    await calling('dynamodb:TransactWriteItems', () => client.send(command, { abortSignal }));
    return 'committed';
  } catch (error) {
    const refused = refusalOf(error, writer);
    if (refused === undefined) throw error;
    return refused;
  }
}

/** Longest token that DynamoDB takes. */
const TOKEN_MAX = 36;

/**
 * Names this very write, so that repeating it after its answer was lost changes nothing; for ten minutes, longer than
 * any invocation lives. A request id may work for several services at once, so the service is part of it.
 */
function tokenOf(serviceId: string, writer: string): string {
  const name = JSON.stringify([serviceId, writer]);
  return createHash('sha256').update(name).digest('base64url').slice(0, TOKEN_MAX);
}

/** @returns what the cancellation means, or undefined when the error is another one. */
function refusalOf(error: unknown, writer: string): SharedCommit | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  // Another write of ours has this name already, so it was not this one that was made.
  if (cause instanceof IdempotentParameterMismatchException) return 'conflict';
  if (!(cause instanceof TransactionCanceledException)) return undefined;
  const [lock, account] = cause.CancellationReasons ?? [];
  if (isConditionFailed(lock)) {
    // The lock names its writer; it is ours when the repeated transaction met its own items.
    return lock?.Item?.['writer']?.S === writer ? 'committed' : 'conflict';
  }
  if (isConditionFailed(account)) return 'account-conflict';
  // Two transactions at the same moment may refuse each other: nobody won yet, so it is worth another try.
  const collided = [lock, account].some((reason) => reason?.Code === 'TransactionConflict');
  return collided ? 'account-conflict' : undefined;
}

function isConditionFailed(reason: CancellationReason | undefined): boolean {
  return reason?.Code === 'ConditionalCheckFailed';
}
