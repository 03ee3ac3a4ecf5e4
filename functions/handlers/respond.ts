/** Lambda entry: clicks on Slack's buttons, by the function's URL. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { clickRecord } from '../adapters/aws/click-record.ts';
import { keptSecret } from '../adapters/aws/kept-secret.ts';
import { sqsRequests } from '../adapters/aws/sqs-requests.ts';
import { clickJournal } from '../adapters/click-journal.ts';
import { powertoolsJournal } from '../adapters/powertools-journal.ts';
import { openClickRequest } from '../adapters/slack/click-request.ts';
import { slackReply } from '../adapters/slack/reply.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { respond } from '../app/respond.ts';
import { readRespondEnvironment } from '../core/environment-respond.ts';

const TIMEOUT_EARLY_MS = 200;
/** Slack waits three seconds, cold start and reply included. */
const WORK_MS = 1_200;
const ALL_MS = 2_000;
const CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
};

const environment = readRespondEnvironment(process.env);
const logger = new Logger();
const metrics = new Metrics();
const signingSecret = keptSecret(environment.signingSecret, 'signingSecret', {
  secrets: () => new SecretsProvider({ awsSdkV3Client: new SecretsManagerClient(CLIENT) }),
  parameters: () => new SSMProvider({ awsSdkV3Client: new SSMClient(CLIENT) }),
});
const deps = {
  clock: systemClock,
  open: openClickRequest(signingSecret),
  users: environment.users,
  clicks: clickRecord(new DynamoDBClient(CLIENT), environment.tableName),
  inbox: sqsRequests(new SQSClient(CLIENT), environment.inboxUrl),
  // The lab's Slack is on loopback.
  replier: slackReply({ origin: process.env['SLACK_API_URL'] }),
  journal: clickJournal(logger, metrics, powertoolsJournal(logger, metrics)),
};
// Read while Lambda still initialises, which is unthrottled; a failure shows at the first click.
await signingSecret().catch((error: unknown) => deps.journal.failed({ what: 'prefetch', error }));

export const handler = middy({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event: unknown, _context: Context, { signal }: { signal: AbortSignal }) =>
    respond(deps, event, {
      work: AbortSignal.any([signal, AbortSignal.timeout(WORK_MS)]),
      after: AbortSignal.any([signal, AbortSignal.timeout(ALL_MS)]),
    }),
  );
