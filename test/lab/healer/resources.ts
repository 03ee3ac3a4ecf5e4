/** The table and the queues of a deployment, made in the lab's emulators. */
import {
  CreateTableCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { clientConfig } from '../gateway/client-config.ts';
import type { LabMessaging } from '../messaging/start-messaging.ts';
import { CALLER, REGION } from '../names.ts';
import type { TimeFactor } from '../time-factor.ts';
import type { Deployment, QueueSpec, TableSpec } from './deployment.ts';
import { functionTimeoutMs } from './functions.ts';
import { findFunction, visibilityOf } from './refusals.ts';

/** The least that SQS keeps a message. */
const RETENTION_SECONDS_MIN = 60;

export async function makeTable(table: TableSpec, gatewayUrl: string): Promise<void> {
  const { name, attributes, keys, timeToLive } = table;
  const client = new DynamoDBClient(clientConfig(gatewayUrl, REGION, CALLER.platform));
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributes.map((attribute) => ({
          AttributeName: attribute.name,
          AttributeType: attribute.type,
        })),
        KeySchema: keys.map((key) => ({ AttributeName: key.name, KeyType: key.type })),
      }),
    );
    if (timeToLive === undefined) return;
    const TimeToLiveSpecification = { AttributeName: timeToLive, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
  } finally {
    client.destroy();
  }
}

export async function makeQueues(
  deployment: Deployment,
  { messaging, time }: { readonly messaging: LabMessaging; readonly time: TimeFactor },
): Promise<void> {
  // Those that others send their dead letters to come first.
  const named = new Set(deployment.queues.map(({ redrive }) => redrive?.deadLetterArn));
  const ordered = deployment.queues.toSorted(
    (a, b) => Number(named.has(b.arn)) - Number(named.has(a.arn)),
  );
  for (const queue of ordered) {
    const { name, retentionSeconds, redrive } = queue;
    const visibilityTimeoutSeconds = compressVisibility(queue, deployment, time);
    await messaging.createQueue(name, {
      ...(visibilityTimeoutSeconds !== undefined && { visibilityTimeoutSeconds }),
      ...(retentionSeconds !== undefined && {
        retentionSeconds: Math.max(
          Math.ceil(time.seconds(retentionSeconds) / 1_000),
          RETENTION_SECONDS_MIN,
        ),
      }),
      ...(redrive && { redrive }),
    });
  }
}

/**
 * Keeps its ratio to the timeout of the function that works on it, which is not compressed below
 * what the machine needs.
 */
function compressVisibility(
  queue: QueueSpec,
  { mappings, functions }: Deployment,
  time: TimeFactor,
): number | undefined {
  const mapping = mappings.find(({ queueArn }) => queueArn === queue.arn);
  if (mapping === undefined) return queue.visibilityTimeoutSeconds;
  const spec = findFunction(functions, mapping.functionName);
  const ratio = visibilityOf(queue) / spec.timeoutSeconds;
  return Math.ceil((functionTimeoutMs(spec, time) * ratio) / 1_000);
}
