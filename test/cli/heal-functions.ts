/** The functions of the world: the real ones, called in this process and answering as Lambda does. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { type RemediateDeps, remediate } from '../../functions/app/remediate.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { remediateVariables } from '../../functions/core/environment.ts';
import { codedErrors } from '../../functions/handlers/coded-errors.ts';
import { composeRemediate } from '../../functions/handlers/compose-remediate.ts';
import { NOW } from '../core/builders.ts';
import type { OfferedFunction } from '../lab/lambda/invoke-api.ts';
import type { LabQueue } from '../lab/messaging/start-messaging.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';

interface Parts {
  readonly table: string;
  readonly path: string;
  readonly inbox: LabQueue;
  readonly topicArn: string;
}

export function remediateFunction({ table, path, inbox, topicArn }: Parts): OfferedFunction {
  const environment = remediateVariables({
    tableName: table,
    servicesPath: path,
    inboxUrl: inbox.url,
    topicArn,
    accountLimits: DEFAULT_ACCOUNT_LIMITS,
  });
  // Only whoever asks it for something needs it.
  let deps: RemediateDeps | undefined;
  const handler = middy()
    .use(codedErrors)
    .handler((event: unknown, requestId: string) => {
      deps ??= {
        ...composeRemediate(environment, new Logger(), new Metrics()),
        clock: { now: () => NOW },
      };
      return remediate(deps, event, { requestId, signal: new AbortController().signal });
    });
  return offer({
    name: 'remediate',
    environment,
    sources: [{ arn: inbox.arn, enabled: true }],
    run: (event, requestId) => handler(event as never, requestId as never),
  });
}

interface Offered extends Pick<OfferedFunction, 'name' | 'environment' | 'sources'> {
  readonly run: (event: unknown, requestId: string) => Promise<unknown>;
}

let requests = 0;

export function offer({ run, ...rest }: Offered): OfferedFunction {
  return {
    ...rest,
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${rest.name}`,
    timeoutSeconds: 60,
    memoryMb: 512,
    invoke: async (event) => {
      requests += 1;
      const base = { statusCode: 200, requestId: `request-${requests}`, traceId: '' };
      try {
        return { ...base, payload: await run(event, base.requestId) };
      } catch (error) {
        const { name, message } = error as Error;
        const payload = { errorType: name, errorMessage: message };
        return { ...base, functionError: 'Unhandled', payload };
      }
    },
  };
}
