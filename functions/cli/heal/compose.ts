/** Puts the commands' ports before the real AWS, or before the lab. */
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { alarmInspector } from '../../adapters/aws/alarm-inspector.ts';
import { cloudWatchAlarms } from '../../adapters/aws/cloudwatch-alarms.ts';
import { dynamoStore } from '../../adapters/aws/dynamo-store.ts';
import { ecsFleet } from '../../adapters/aws/ecs-fleet.ts';
import { elbTargets } from '../../adapters/aws/elb-targets.ts';
import { functionInspector } from '../../adapters/aws/function-inspector.ts';
import { incidentHistory } from '../../adapters/aws/incident-history.ts';
import { keptSecret } from '../../adapters/aws/kept-secret.ts';
import { lambdaInvoker } from '../../adapters/aws/lambda-invoker.ts';
import { logTraffic } from '../../adapters/aws/log-traffic.ts';
import { parameterServices } from '../../adapters/aws/parameter-services.ts';
import { queueReader } from '../../adapters/aws/queue-reader.ts';
import { ruleReader } from '../../adapters/aws/rule-reader.ts';
import { tableReader } from '../../adapters/aws/table-reader.ts';
import { chatInspector } from '../../adapters/slack/chat-inspector.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AskedHealer, Connection, DeployedHealer, Place } from './healer.ts';

/** A person waits, and a queue of retries says nothing that the first error did not. */
const CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** A function may take its time, and a request that is repeated is another request. */
const INVOKE = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 115_000,
    throwOnRequestTimeout: true,
  },
};

/** @param servicesPath - absent when nobody needs the list of the services */
export function composeAsked(
  servicesPath: string | undefined,
  connection: Connection,
): AskedHealer & AsyncDisposable {
  const lambda = new LambdaClient({ ...INVOKE, ...connection });
  const ssm = new SSMClient({ ...CLIENT, ...connection });
  return {
    invoker: lambdaInvoker(lambda),
    ...(servicesPath === undefined
      ? {}
      : { guarded: parameterServices(new SSMProvider({ awsSdkV3Client: ssm }), servicesPath) }),
    [Symbol.asyncDispose]: async () => {
      lambda.destroy();
      ssm.destroy();
    },
  };
}

export function composeHealer(
  place: Place,
  connection: Connection,
  clock: Clock,
): DeployedHealer & AsyncDisposable {
  const settings = { ...CLIENT, ...connection };
  const cloudwatch = new CloudWatchClient(settings);
  const dynamodb = new DynamoDBClient(settings);
  const ecs = new ECSClient(settings);
  const elb = new ElasticLoadBalancingV2Client(settings);
  const logs = new CloudWatchLogsClient(settings);
  const sqs = new SQSClient(settings);
  const ssm = new SSMClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const parameters = new SSMProvider({ awsSdkV3Client: ssm });
  const lambda = new LambdaClient(settings);
  const invoking = new LambdaClient({ ...INVOKE, ...connection });
  const events = new EventBridgeClient(settings);
  const sources = {
    secrets: () => new SecretsProvider({ awsSdkV3Client: secrets }),
    parameters: () => parameters,
  };
  const clients = [
    cloudwatch,
    dynamodb,
    ecs,
    elb,
    logs,
    sqs,
    ssm,
    secrets,
    lambda,
    invoking,
    events,
  ];
  return {
    guarded: parameterServices(parameters, place.servicesPath),
    locks: dynamoStore(dynamodb, place.tableName),
    history: incidentHistory(dynamodb, place.tableName),
    observing: {
      clock,
      alarms: cloudWatchAlarms(cloudwatch),
      fleet: ecsFleet(ecs),
      targets: elbTargets(elb),
      traffic: logTraffic(logs),
    },
    inspector: alarmInspector(cloudwatch),
    queues: queueReader(sqs),
    table: tableReader(dynamodb, place.tableName),
    functions: functionInspector(lambda),
    invoker: lambdaInvoker(invoking),
    rules: ruleReader(events),
    chat: chatInspector(place.slackApiUrl),
    secret: (kept, field) => keptSecret(kept, field, sources)(),
    [Symbol.asyncDispose]: async () => {
      // Open sockets would keep the process for as long as AWS keeps them.
      for (const client of clients) client.destroy();
    },
  };
}
