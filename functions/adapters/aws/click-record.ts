/**
 * Who clicked what, in the table: `CLICK#<incident, or service>` / `<time>#<click id>`.
 *
 * Both keys come from the signed request, so the same click sent again meets its own item.
 */
import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Click, ClickOutcome } from '../../core/click.ts';
import { iso } from '../../core/time.ts';
import type { ClickLog } from '../../ports/clicks.ts';
import { calling } from './errors.ts';

/** As long as the history of incidents. */
const KEPT_DAYS = 365;

export function clickRecord(client: DynamoDBClient, tableName: string): ClickLog {
  return {
    async begin(click, outcome, abortSignal) {
      const writer = randomUUID();
      const command = new PutItemCommand({
        TableName: tableName,
        Item: itemOf(click, outcome, writer),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await calling('dynamodb:PutItem', () => client.send(command, { abortSignal }));
        return true;
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        if (!(cause instanceof ConditionalCheckFailedException)) throw error;
        // The SDK repeats a write whose answer was lost, and then meets its own item.
        return cause.Item?.['writer']?.S === writer;
      }
    },
    async settle(click, outcome, abortSignal) {
      const command = new PutItemCommand({ TableName: tableName, Item: itemOf(click, outcome) });
      await calling('dynamodb:PutItem', () => client.send(command, { abortSignal }));
    },
  };
}

/** The address for replies is not kept: whoever has it may post. */
function itemOf(click: Click, outcome: ClickOutcome, writer?: string) {
  const { id, action, subject, userId, userName, teamId, at } = click;
  const { serviceId, incidentId } = subject;
  const item = {
    pk: `CLICK#${incidentId === '' ? serviceId : incidentId}`,
    sk: `${iso(at)}#${id}`,
    id,
    action,
    serviceId,
    incidentId,
    userId,
    userName,
    teamId,
    at,
    outcome,
    writer,
    expiresAt: Math.floor(at / 1_000) + KEPT_DAYS * 86_400,
  };
  return marshall(item, { removeUndefinedValues: true });
}
