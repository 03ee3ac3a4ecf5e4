/**
 * DynamoDB for the lab: dynalite in memory, behind the front that adds what it lacks.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as schemas from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { forwardTo, type Upstream } from '../gateway/upstream.ts';
import { createFront } from './front.ts';

export interface DynamoDbOptions {
  readonly region: string;
  readonly accountId: string;
  /** Epoch milliseconds; decides when a transaction's token is forgotten. */
  readonly now?: () => number;
}

export interface LabDynamoDb {
  /** For the gateway's `proxies`, under `dynamodb`. */
  readonly upstream: Upstream;
  /** Drops every table. */
  close(): Promise<void>;
}

/** Starts an empty DynamoDB; tables are active as soon as they are created. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<LabDynamoDb> {
  const server = withEnvironment(
    { AWS_REGION: options.region, AWS_ACCOUNT_ID: options.accountId },
    () => dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const forwarder = forwardTo((server.address() as AddressInfo).port);
  const forward = createFront(forwarder, options.now ?? Date.now);
  const close = async (): Promise<void> => {
    forwarder.close();
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    server.closeAllConnections();
    await closed;
  };
  return { upstream: { schemas, forward: (request) => forward(request) }, close };
}

/**
 * Dynalite reads the region and account of its ARNs from the environment, once, when it is made.
 */
function withEnvironment<T>(values: Readonly<Record<string, string>>, make: () => T): T {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  try {
    return make();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
