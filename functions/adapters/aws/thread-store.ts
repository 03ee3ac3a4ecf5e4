/** Threads of the chat, in the single table: `INCIDENT#<id>` / `THREAD`. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { HealerError } from '../../core/errors.ts';
import type { Thread, ThreadStore, Turn } from '../../ports/threads.ts';
import { calling } from './errors.ts';

/** A thread that nothing was posted in is swept away after a day. */
const UNUSED_SECONDS = 86_400;

export function threadStore(client: DynamoDBClient, tableName: string): ThreadStore {
  const update = async (
    { id }: Turn,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
    abortSignal: AbortSignal,
  ): Promise<Thread | undefined> => {
    const Key = marshall({ pk: `INCIDENT#${id}`, sk: 'THREAD' });
    const command = new UpdateItemCommand({ TableName: tableName, Key, ...input });
    try {
      const answer = await calling('dynamodb:UpdateItem', () =>
        client.send(command, { abortSignal }),
      );
      return threadFrom(answer.Attributes ?? {});
    } catch (error) {
      const isRefused =
        error instanceof HealerError && error.cause instanceof ConditionalCheckFailedException;
      if (isRefused) return undefined;
      throw error;
    }
  };
  return {
    begin: (turn, { now, until }, signal) => update(turn, beginning(turn, now, until), signal),
    async keep(turn, thread, expiresAt, signal) {
      const kept = await update(turn, keeping(turn, thread, expiresAt), signal);
      if (kept !== undefined) return;
      const message = `thread of ${turn.id}: took too long, and is written by another now`;
      throw new HealerError('store.contended', message, { retryable: true });
    },
    async end(turn, signal) {
      await update(turn, ending(turn), signal);
    },
  };
}

type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** The holder may begin twice: the SDK repeats a write whose answer was lost. */
function beginning({ holder }: Turn, now: number, until: number): Update {
  return {
    UpdateExpression:
      'SET holder = :holder, heldUntil = :until, expiresAt = if_not_exists(expiresAt, :soon)',
    ConditionExpression: 'attribute_not_exists(holder) OR heldUntil < :now OR holder = :holder',
    ExpressionAttributeValues: marshall({
      ':holder': holder,
      ':until': until,
      ':now': now,
      ':soon': Math.ceil(until / 1_000) + UNUSED_SECONDS,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

function keeping({ holder }: Turn, thread: Thread, expiresAt: number): Update {
  const { root, shown, replied, upTo } = thread;
  const values = {
    ':holder': holder,
    ':replied': replied,
    ':expiresAt': Math.floor(expiresAt / 1_000),
    ...(root && { ':root': root }),
    ...(shown && { ':shown': shown }),
    ...(upTo !== undefined && { ':upTo': upTo }),
  };
  const sets = [
    'replied = :replied',
    'expiresAt = :expiresAt',
    ...(root ? ['#root = :root'] : []),
    ...(shown ? ['shown = :shown'] : []),
    ...(upTo === undefined ? [] : ['upTo = :upTo']),
  ];
  return {
    UpdateExpression: `SET ${sets.join(', ')}`,
    ConditionExpression: 'holder = :holder',
    ...(root && { ExpressionAttributeNames: { '#root': 'root' } }),
    ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
  };
}

function ending({ holder }: Turn): Update {
  return {
    UpdateExpression: 'REMOVE holder, heldUntil',
    ConditionExpression: 'holder = :holder',
    ExpressionAttributeValues: marshall({ ':holder': holder }),
  };
}

function threadFrom(item: Parameters<typeof unmarshall>[0]): Thread {
  const { root, shown, replied = [], upTo } = unmarshall(item) as Partial<Thread>;
  const told = { replied, ...(upTo !== undefined && { upTo }) };
  return { ...told, ...(root && { root }), ...(shown && { shown }) };
}
