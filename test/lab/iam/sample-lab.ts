/** A lab in which one caller has a role, with the real SDK's services: what the tests of permissions call. */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import { LabEvents } from '../events.ts';
import { clientConfig } from '../gateway/client-config.ts';
import { startGateway } from '../gateway/gateway.ts';
import { ACCOUNT, REGION } from '../names.ts';
import { makeAuthorizer } from './authorizer.ts';

export const CLUSTER = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/shop`;
export const TASK = `arn:aws:ecs:${REGION}:${ACCOUNT}:task/shop/t1`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/healer-role/HEALER`;

type Statement = Readonly<Record<string, unknown>>;

/** Lets the healer stop a task of the cluster `shop`, and look at it. */
export const STOP_ONE = {
  Sid: 'StopOne',
  Effect: 'Allow',
  Action: ['ecs:StopTask', 'ecs:DescribeTasks'],
  Resource: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/shop/*`,
  Condition: { ArnEquals: { 'ecs:cluster': CLUSTER } },
};

/**
 * Services that answer nothing. The caller HEALER has a role with these statements, each in a
 * document of its own; others have none. Closed when the test is over.
 */
export async function aLab(...statements: readonly Statement[]) {
  const events = new LabEvents();
  const documents = statements.map((one) => ({ Version: '2012-10-17', Statement: [one] }));
  const authorizer = makeAuthorizer({
    policies: { HEALER: { roleArn: `arn:aws:iam::${ACCOUNT}:role/healer-role`, documents } },
    region: REGION,
    account: ACCOUNT,
  });
  const ran: string[] = [];
  const answering = (signingName: string, schemas: object, ...operations: readonly string[]) => ({
    signingName,
    schemas: schemas as Readonly<Record<string, unknown>>,
    operations: Object.fromEntries(
      operations.map((name) => {
        const run = () => {
          ran.push(name);
          return {};
        };
        return [name, run] as const;
      }),
    ),
  });
  const upstream = (schemas: object) => ({
    schemas: schemas as Readonly<Record<string, unknown>>,
    forward: () => Promise.resolve({ status: 200, headers: {}, body: '{}' }),
  });
  const gateway = await startGateway({
    events,
    region: REGION,
    accountId: ACCOUNT,
    authorize: authorizer.authorize,
    services: [
      answering('ecs', ecs, 'StopTask', 'DescribeTasks', 'ListTasks', 'ListClusters'),
      answering('logs', logs, 'FilterLogEvents', 'StartQuery'),
      answering('ssm', ssm, 'GetParametersByPath'),
      answering('secretsmanager', secrets, 'GetSecretValue'),
      answering('monitoring', cloudwatch, 'DescribeAlarms'),
      answering('elasticloadbalancing', elb, 'DescribeTargetHealth'),
    ],
    proxies: { dynamodb: upstream(dynamodb), sqs: upstream(sqs), sns: upstream(sns) },
  });
  onTestFinished(() => gateway.close());
  const config = (caller: string) => ({
    ...clientConfig(gateway.url, REGION, caller),
    maxAttempts: 1,
  });
  return { events, gateway, authorizer, ran, config };
}

export type Lab = Awaited<ReturnType<typeof aLab>>;
