/** Lambda entry: SQS batches from the inbox, and direct invocation by an alarm, SNS, EventBridge or a person. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { remediate } from '../app/remediate.ts';
import { codedErrors } from './coded-errors.ts';
import { composeRemediate } from './compose-remediate.ts';

/** Left to write the journal and answer; a claim that is not confirmed by then is completed by the next pass. */
const TIMEOUT_EARLY_MS = 500;

const logger = new Logger();
const metrics = new Metrics();
const deps = composeRemediate(process.env, logger, metrics);
// Read while Lambda still initialises, which is unthrottled; a failure shows at the first invocation.
await deps.guarded
  .all()
  .catch((error: unknown) => deps.journal.failed({ what: 'prefetch', error }));

export const handler = middy({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
  .use(codedErrors)
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event: unknown, context: Context, { signal }: { signal: AbortSignal }) =>
    remediate(deps, event, { requestId: context.awsRequestId, signal }),
  );
