/** Lambda entry: what the topic says, to people. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { openTellings } from '../adapters/events/announcement.ts';
import { powertoolsJournal } from '../adapters/powertools-journal.ts';
import { notify } from '../app/notify.ts';
import { readNotifyEnvironment } from '../core/environment-notify.ts';
import { composeDigest } from './compose-digest.ts';
import { composeTeller } from './compose-teller.ts';

const TIMEOUT_EARLY_MS = 200;

const environment = readNotifyEnvironment(process.env);
const logger = new Logger();
const metrics = new Metrics();
const deps = {
  teller: composeTeller(environment, process.env),
  journal: powertoolsJournal(logger, metrics),
  open: (event: unknown) => openTellings(event, environment),
  digest: composeDigest(environment),
};

export const handler = middy({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event: unknown, _context: Context, { signal }: { signal: AbortSignal }) =>
    notify(deps, event, signal),
  );
