/** Reads what the healer recorded, with the healer's own adapter for the lock. */
import {
  type AttributeValue,
  DynamoDBClient,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { CALLER, CLUSTER, REGION, TABLE } from '../lab/names.ts';
import type { Tier } from './definition.ts';

/** The key of everything that is kept about a service. */
export function serviceIdOf(tier: Tier): string {
  return `${CLUSTER}/${tier}`;
}

export class IncidentReader {
  readonly #client: DynamoDBClient;

  constructor(gatewayUrl: string) {
    this.#client = new DynamoDBClient(clientConfig(gatewayUrl, REGION, CALLER.drill));
  }

  async lock(tier: Tier): Promise<LockState> {
    const { signal } = new AbortController();
    return dynamoStore(this.#client, TABLE).read(serviceIdOf(tier), signal);
  }

  /** The timelines of every incident of these services, oldest first. */
  async timeline(tiers: readonly Tier[]): Promise<readonly Entry[]> {
    const incidents = await Promise.all(tiers.map((tier) => this.#incidentIds(tier)));
    const timelines = await Promise.all(
      incidents.flat().map((id) => this.#query({ pk: `INCIDENT#${id}`, sk: 'ENTRY#' })),
    );
    const entries = timelines.flat().map((item) => unmarshall(item) as Entry);
    return entries.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
  }

  async #incidentIds(tier: Tier): Promise<readonly string[]> {
    const items = await this.#query({ pk: `SERVICE#${serviceIdOf(tier)}`, sk: 'INCIDENT#' });
    return items.map((item) => String(unmarshall(item)['id']));
  }

  /** Every item of a partition whose sort key begins so. */
  async #query(key: {
    readonly pk: string;
    readonly sk: string;
  }): Promise<readonly Record<string, AttributeValue>[]> {
    const input: QueryCommandInput = {
      TableName: TABLE,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': { S: key.pk }, ':sk': { S: key.sk } },
      ConsistentRead: true,
    };
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateQuery({ client: this.#client }, input)) {
      items.push(...(page.Items ?? []));
    }
    return items;
  }

  close(): void {
    this.#client.destroy();
  }
}
