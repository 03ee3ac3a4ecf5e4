import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { calling } from './errors.ts';

/** Every item of a query, page after page. */
export async function queryAll(
  client: DynamoDBClient,
  input: QueryCommandInput,
  abortSignal: AbortSignal,
): Promise<Record<string, AttributeValue>[]> {
  return calling('dynamodb:Query', async () => {
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateQuery({ client }, input, { abortSignal })) {
      items.push(...(page.Items ?? []));
    }
    return items;
  });
}
