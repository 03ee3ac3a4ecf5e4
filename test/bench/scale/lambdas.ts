/**
 * Execution environments of `remediate`, as Lambda's mapping keeps them: each with SDK clients of its own, and one
 * message at a time. They share a process here, and nothing else.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { BatchAnswer, RemediateDeps } from '../../../functions/app/remediate.ts';
import { remediate } from '../../../functions/app/remediate.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../../functions/core/account-limits.ts';
import { remediateVariables } from '../../../functions/core/environment.ts';
import { composeRemediate } from '../../../functions/handlers/compose-remediate.ts';
import { ACCOUNT, CALLER, REGION, SERVICES_PATH, TABLE } from '../../lab/names.ts';
import type { FakeAws } from './fake-aws.ts';
import type { Message } from './inbox.ts';
import type { Ledger } from './ledger.ts';

/** Between two looks into an empty queue. */
const IDLE_MS = 50;
const QUEUE_ARN = `arn:aws:sqs:${REGION}:${ACCOUNT}:inbox`;

export interface LambdaLimits {
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/** Works through the inbox until `isDone`. @returns how many invocations ran out of time. */
export async function workThrough(
  aws: FakeAws,
  ledger: Ledger,
  { concurrency, timeoutMs }: LambdaLimits,
  isDone: () => boolean,
): Promise<number> {
  let late = 0;
  const one = async (number: number): Promise<void> => {
    const deps = environment(aws, ledger);
    for (let turn = 1; !isDone(); turn += 1) {
      const message = aws.inbox.receive();
      if (message === undefined) {
        await pause(IDLE_MS);
        continue;
      }
      const request = `request-${number}-${turn}`;
      const isInTime = await invoke(aws, deps, { message, request, timeoutMs });
      if (!isInTime) late += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, number) => one(number)));
  return late;
}

function environment({ url }: FakeAws, ledger: Ledger): RemediateDeps {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CALLER.remediate,
    AWS_SECRET_ACCESS_KEY: 'lab',
  });
  const variables = remediateVariables({
    tableName: TABLE,
    inboxUrl: `${url}/${ACCOUNT}/inbox`,
    topicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:incidents`,
    servicesPath: SERVICES_PATH,
    accountLimits: DEFAULT_ACCOUNT_LIMITS,
  });
  const logger = new Logger({ logLevel: 'SILENT' });
  return { ...composeRemediate(variables, logger, new Metrics()), journal: ledger };
}

interface Call {
  readonly message: Message;
  readonly request: string;
  readonly timeoutMs: number;
}

/** @returns false when it ran out of time: its message comes again when its visibility ends. */
async function invoke(aws: FakeAws, deps: RemediateDeps, call: Call): Promise<boolean> {
  const { message, request: requestId, timeoutMs } = call;
  const signal = AbortSignal.timeout(timeoutMs);
  const event = {
    Records: [
      {
        eventSource: 'aws:sqs',
        eventSourceARN: QUEUE_ARN,
        messageId: message.id,
        body: message.body,
        attributes: { SentTimestamp: String(Date.now()) },
      },
    ],
  };
  const answer = (await remediate(deps, event, { requestId, signal })) as BatchAnswer;
  if (signal.aborted) return false;
  if (answer.batchItemFailures.length === 0) aws.inbox.delete(message);
  return true;
}
