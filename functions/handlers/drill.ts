/** Lambda entry: what people and the calendar ask of drills, and the looks that a drill sends itself. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { drill } from '../app/drill/drill.ts';
import { codedErrors } from './coded-errors.ts';
import { composeDrill } from './compose-drill.ts';

/** Left to write the log and answer; whatever is unfinished is taken up by the next look. */
const TIMEOUT_EARLY_MS = 500;

const logger = new Logger();
const metrics = new Metrics();
const deps = composeDrill(process.env, logger, metrics);

export const handler = middy({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
  .use(codedErrors)
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event: unknown, context: Context, { signal }: { signal: AbortSignal }) =>
    drill(deps, event, { requestId: context.awsRequestId, signal }),
  );
