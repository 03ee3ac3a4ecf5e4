import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { cloudWatchAlarms } from '../adapters/aws/cloudwatch-alarms.ts';
import { dynamoStore } from '../adapters/aws/dynamo-store.ts';
import { ecsFleet } from '../adapters/aws/ecs-fleet.ts';
import { ecsStopper } from '../adapters/aws/ecs-stopper.ts';
import { elbTargets } from '../adapters/aws/elb-targets.ts';
import { logLines } from '../adapters/aws/log-lines.ts';
import { logTraffic } from '../adapters/aws/log-traffic.ts';
import { parameterServices } from '../adapters/aws/parameter-services.ts';
import { snsAnnouncer } from '../adapters/aws/sns-announcer.ts';
import { sqsInbox } from '../adapters/aws/sqs-inbox.ts';
import { openInbound } from '../adapters/events/inbound.ts';
import { powertoolsJournal } from '../adapters/powertools-journal.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { RemediateDeps } from '../app/remediate.ts';
import { readRemediateEnvironment } from '../core/environment.ts';

/** Three quick tries fit well into the function's time; a read that needs more is an unreadable one. */
const CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** @throws {config.invalid} naming every environment variable that is missing. */
export function composeRemediate(
  variables: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  metrics: Metrics,
): RemediateDeps {
  const environment = readRemediateEnvironment(variables);
  const ecs = new ECSClient(CLIENT);
  const logs = new CloudWatchLogsClient(CLIENT);
  return {
    limits: environment.accountLimits,
    clock: systemClock,
    alarms: cloudWatchAlarms(new CloudWatchClient(CLIENT)),
    fleet: ecsFleet(ecs),
    targets: elbTargets(new ElasticLoadBalancingV2Client(CLIENT)),
    traffic: logTraffic(logs),
    lines: logLines(logs),
    stopper: ecsStopper(ecs),
    store: dynamoStore(new DynamoDBClient(CLIENT), environment.tableName),
    inbox: sqsInbox(new SQSClient(CLIENT), environment.inboxUrl),
    announcer: snsAnnouncer(new SNSClient(CLIENT), environment.topicArn),
    guarded: parameterServices(
      new SSMProvider({ awsSdkV3Client: new SSMClient(CLIENT) }),
      environment.servicesPath,
    ),
    journal: powertoolsJournal(logger, metrics),
    open: openInbound,
  };
}
