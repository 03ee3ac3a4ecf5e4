/** Lambda entry: SNS to Slack. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { openAnnouncements } from '../adapters/events/announcement.ts';
import { powertoolsJournal } from '../adapters/powertools-journal.ts';
import { renderSlack } from '../adapters/slack/render.ts';
import { slackWebhook } from '../adapters/slack/webhook.ts';
import { webhookParameter, webhookSecret } from '../adapters/slack/webhook-secret.ts';
import { notify } from '../app/notify.ts';
import { readNotifyEnvironment } from '../core/environment.ts';

const TIMEOUT_EARLY_MS = 200;

const environment = readNotifyEnvironment(process.env);
const url =
  'slackSecretId' in environment
    ? webhookSecret(new SecretsProvider(), environment.slackSecretId)
    : webhookParameter(new SSMProvider(), environment.slackParameterName);
const logger = new Logger();
const metrics = new Metrics();
const deps = {
  chat: slackWebhook({ url }),
  journal: powertoolsJournal(logger, metrics),
  open: openAnnouncements,
  render: renderSlack,
};

export const handler = middy({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event: unknown, _context: Context, { signal }: { signal: AbortSignal }) =>
    notify(deps, event, signal),
  );
