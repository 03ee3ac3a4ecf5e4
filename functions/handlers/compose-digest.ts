import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parameterServices } from '../adapters/aws/parameter-services.ts';
import { weekHistory } from '../adapters/aws/week-history.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { digest } from '../app/digest.ts';
import type { NotifyEnvironment } from '../core/environment-notify.ts';
import type { Notice } from '../core/notice.ts';

/** Nobody waits for it, and hundreds of services are read one after another. */
const CLIENT = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** The week's digest; its clients are made once a week, not at each start. */
export function composeDigest({
  tableName,
  servicesPath,
  environment,
}: NotifyEnvironment): (signal: AbortSignal) => Promise<Notice> {
  return (signal) => {
    const parameters = new SSMProvider({ awsSdkV3Client: new SSMClient(CLIENT) });
    const deps = {
      clock: systemClock,
      guarded: parameterServices(parameters, servicesPath),
      history: weekHistory(new DynamoDBClient(CLIENT), tableName),
      environment,
    };
    return digest(deps, signal);
  };
}
