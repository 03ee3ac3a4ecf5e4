/** Lambda entry: SQS batches of what the topic, own alarms and the calendar say, and each by itself; to people. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { openInboundTellings } from '../adapters/events/announcement.ts';
import { powertoolsJournal } from '../adapters/powertools-journal.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { notify } from '../app/notify.ts';
import { readNotifyEnvironment } from '../core/environment-notify.ts';
import { composeDigest } from './compose-digest.ts';
import { composeDeadLetters, composeTeller } from './compose-teller.ts';

const TIMEOUT_EARLY_MS = 200;

const environment = readNotifyEnvironment(process.env);
const logger = new Logger();
const metrics = new Metrics();
const deps = {
  clock: systemClock,
  teller: composeTeller(environment, process.env),
  journal: powertoolsJournal(logger, metrics),
  open: (event: unknown) => openInboundTellings(event, environment),
  digest: composeDigest(environment),
  ...composeDeadLetters(environment),
};

export const handler = middy({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event: unknown, _context: Context, { signal }: { signal: AbortSignal }) =>
    notify(deps, event, signal),
  );
