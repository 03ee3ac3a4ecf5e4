/** What all services share as a DynamoDB item, there and back. */
import type { AttributeValue, Put } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { type AccountState, emptyAccount } from '../../core/account.ts';
import { HealerError } from '../../core/errors.ts';
import { PauseField } from './lock-item.ts';

type Item = Record<string, AttributeValue>;

const time = v.pipe(v.number(), v.finite());
const moments = v.array(v.looseObject({ serviceId: v.string(), at: time }));

/** What a decision reads; an item that does not have it is not understood, and unknown means hold. */
const AccountItem = v.looseObject({
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  stops: moments,
  opened: moments,
  storm: v.optional(v.looseObject({ since: time, until: time })),
  pause: v.optional(PauseField),
});

export const ACCOUNT_KEY: Item = { pk: { S: 'ACCOUNT' }, sk: { S: 'STATE' } };

/** @throws {store.malformed} when the item is not one of ours. */
export function accountFromItem(item: Item | undefined): AccountState {
  if (item === undefined) return emptyAccount();
  const parsed = v.safeParse(AccountItem, unmarshall(item));
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const field = v.getDotPath(issue) ?? 'item';
    throw new HealerError('store.malformed', `account item: ${field}: ${issue.message}`);
  }
  const { version, stops, opened, storm, pause } = parsed.output;
  const state = {
    version,
    stops,
    opened,
    ...(storm === undefined ? {} : { storm }),
    ...(pause === undefined ? {} : { pause }),
  };
  return state as unknown as AccountState;
}

/** The conditional write of the whole item: it succeeds only over the version that was read. */
export function accountPut(next: AccountState, writer: string): Omit<Put, 'TableName'> {
  const first = next.version === 1;
  return {
    Item: { ...ACCOUNT_KEY, ...marshall({ ...next, writer }, { removeUndefinedValues: true }) },
    ConditionExpression: first ? 'attribute_not_exists(pk)' : '#version = :expected',
    ...(first
      ? {}
      : {
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: marshall({ ':expected': next.version - 1 }),
        }),
  };
}
