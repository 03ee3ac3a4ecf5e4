/** What is deployed is small, and what was left out of the SDK is missed by nobody. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import {
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { buildOptions, FUNCTIONS } from '../../infra/bundle.ts';
import { brokenGoals, bundleGoals } from '../bench/cost/goals.ts';
import { buildOurs, type Variant } from '../bench/cost/variants.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

let ours: readonly Variant[];

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bundle-'));
  ours = await buildOurs(folder);
  await rm(folder, { recursive: true, force: true });
});

test('no bundle weighs more than was agreed', () => {
  expect(ours).toHaveLength(FUNCTIONS.length);
  expect(brokenGoals(bundleGoals(ours))).toEqual([]);
});

/** Where the SDK keeps what a function never uses; a file that moved would be bundled again without a word. */
const LEFT_OUT = [
  'credential-provider-(?:ini|sso|process|login|http)',
  'credential-provider-imds',
  'nested-clients',
  'shared-ini-file-loader/(?:parseIni|readFile)',
  'event-streams/EventStreamSerde',
  'mnemonist',
];

test.each(FUNCTIONS)('%s holds no part of the SDK that is for other places', async (name) => {
  const { metafile } = await build({ ...buildOptions(name), metafile: true });

  const [output] = Object.values(metafile.outputs);
  const kept = Object.entries(output?.inputs ?? {}).filter(([, part]) => part.bytesInOutput > 0);
  const found = kept.filter(([file]) => LEFT_OUT.some((part) => new RegExp(part).test(file)));
  expect(kept.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

const CLIENTS = `
  import { SSMClient, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  import { ElasticLoadBalancingV2Client, DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
  import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';
  const config = (endpoint) => ({ endpoint, region: 'eu-west-1', maxAttempts: 1 });
  export { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
  export const calls = {
    ssm: (url) => new SSMClient(config(url)).send(new GetParametersByPathCommand({ Path: '/x' })),
    dynamodb: (url) => new DynamoDBClient(config(url)).send(new PutItemCommand({ TableName: 't', Item: {} })),
    elb: (url) => new ElasticLoadBalancingV2Client(config(url))
      .send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn' })),
    sns: (url) => new SNSClient(config(url)).send(new PublishCommand({ TopicArn: 'arn', Message: 'm' })),
  };`;

interface Clients {
  readonly ConditionalCheckFailedException: new () => Error;
  readonly calls: Readonly<Record<string, (url: string) => Promise<unknown>>>;
}

let clients: Clients;

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bundle-'));
  const file = path.join(folder, 'clients.mjs');
  await build({
    ...buildOptions('remediate'),
    entryPoints: [],
    stdin: { contents: CLIENTS, resolveDir: ROOT },
    outfile: file,
    write: true,
  });
  clients = (await import(pathToFileURL(file).href)) as Clients;
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'LABTEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'lab');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** An AWS that refuses every call so. */
async function refusing(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const xml = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

describe('an error whose class was left out', () => {
  test.each([
    [
      'ssm',
      400,
      '{"__type":"InvalidFilterKey","message":"bad key"}',
      'InvalidFilterKey',
      'bad key',
    ],
    [
      'ssm',
      400,
      '{"__type":"ThrottlingException","Message":"slow"}',
      'ThrottlingException',
      'slow',
    ],
    ['elb', 400, xml('TargetGroupNotFound', 'gone'), 'TargetGroupNotFoundException', 'gone'],
    ['elb', 400, xml('Throttling', 'Rate exceeded'), 'Throttling', 'Rate exceeded'],
    ['sns', 403, xml('AuthorizationError', 'no'), 'AuthorizationErrorException', 'no'],
    ['sns', 500, xml('KMSThrottling', 'no'), 'KMSThrottling', 'no'],
  ])('%s %i %s is %s', async (service, status, body, name, message) => {
    const url = await refusing(status, body);

    const refused = clients.calls[service]?.(url) ?? Promise.resolve();

    await expect(refused).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: status },
    });
  });
});

test('an error that an adapter catches keeps its class and what it carries', async () => {
  const name = 'ConditionalCheckFailedException';
  const item = { writer: { S: 'me' } };
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, Item: item };
  const url = await refusing(400, JSON.stringify(body));

  const refused = clients.calls['dynamodb']?.(url) ?? Promise.resolve();

  await expect(refused).rejects.toBeInstanceOf(clients[name]);
  await expect(clients.calls['dynamodb']?.(url)).rejects.toMatchObject({ name, Item: item });
});
