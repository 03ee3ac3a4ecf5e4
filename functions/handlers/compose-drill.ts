import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { alarmSetter } from '../adapters/aws/alarm-setter.ts';
import { cloudWatchAlarms } from '../adapters/aws/cloudwatch-alarms.ts';
import { drillQueue } from '../adapters/aws/drill-queue.ts';
import { drillStore } from '../adapters/aws/drill-store.ts';
import { dynamoStore } from '../adapters/aws/dynamo-store.ts';
import { ecsFleet } from '../adapters/aws/ecs-fleet.ts';
import { elbTargets } from '../adapters/aws/elb-targets.ts';
import { incidentHistory } from '../adapters/aws/incident-history.ts';
import { keptSecret } from '../adapters/aws/kept-secret.ts';
import { parameterServices } from '../adapters/aws/parameter-services.ts';
import { snsAnnouncer } from '../adapters/aws/sns-announcer.ts';
import { openDrill } from '../adapters/events/drill.ts';
import { faultSwitch } from '../adapters/fault-switch.ts';
import { powertoolsDrillLog } from '../adapters/powertools-drill-log.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { DrillDeps } from '../app/drill/deps.ts';
import { readDrillEnvironment } from '../core/environment-drill.ts';
import type { Kept } from '../core/environment-variables.ts';
import { HealerError } from '../core/errors.ts';

/** Three quick tries fit well into the function's time; a read that needs more is an unreadable one. */
const CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** @throws {config.invalid} naming every environment variable that is missing or wrong. */
export function composeDrill(
  variables: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  metrics: Metrics,
): DrillDeps {
  const environment = readDrillEnvironment(variables);
  const { tableName, topicArn, faultSecret, faultUrls, mayDrillProduction } = environment;
  const table = new DynamoDBClient(CLIENT);
  const alarms = new CloudWatchClient(CLIENT);
  return {
    clock: systemClock,
    alarms: cloudWatchAlarms(alarms),
    fleet: ecsFleet(new ECSClient(CLIENT)),
    targets: elbTargets(new ElasticLoadBalancingV2Client(CLIENT)),
    locks: dynamoStore(table, tableName),
    timeline: incidentHistory(table, tableName),
    drills: drillStore(table, tableName),
    queue: drillQueue(new SQSClient(CLIENT), environment.queueUrl),
    setter: alarmSetter(alarms),
    faults: faultSwitch(secretOf(faultSecret)),
    announcer: snsAnnouncer(new SNSClient(CLIENT), topicArn),
    guarded: parameterServices(
      new SSMProvider({ awsSdkV3Client: new SSMClient(CLIENT) }),
      environment.servicesPath,
    ),
    log: powertoolsDrillLog(logger, metrics),
    setting: { mayDrillProduction, faultUrls, hasFaultSecret: faultSecret !== undefined },
    open: openDrill,
  };
}

function secretOf(kept: Kept | undefined): () => Promise<string> {
  if (kept !== undefined) {
    return keptSecret(kept, 'drillToken', {
      secrets: () => new SecretsProvider(),
      parameters: () => new SSMProvider(),
    });
  }
  // A drill that needs it is refused before it gets here.
  const message = 'secret of the fault switches: got none, wanted one';
  return () => Promise.reject(new HealerError('config.invalid', message));
}
