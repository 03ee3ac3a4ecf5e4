/** Reads what the healer recorded, with the healer's own adapter for the lock. */
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { CALLER, REGION, SERVICE_ID, TABLE } from '../lab/names.ts';

export class IncidentReader {
  readonly #client: DynamoDBClient;

  constructor(gatewayUrl: string) {
    this.#client = new DynamoDBClient(clientConfig(gatewayUrl, REGION, CALLER.drill));
  }

  async lock(): Promise<LockState> {
    return dynamoStore(this.#client, TABLE).read(SERVICE_ID, new AbortController().signal);
  }

  /** The timeline of one incident, oldest first. */
  async timeline(incidentId: string): Promise<readonly Entry[]> {
    const command = new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `INCIDENT#${incidentId}` } },
      ConsistentRead: true,
    });
    const { Items = [] } = await this.#client.send(command);
    return Items.map((item) => unmarshall(item) as Entry);
  }

  close(): void {
    this.#client.destroy();
  }
}
