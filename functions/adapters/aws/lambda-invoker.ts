import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { type ErrorCode, HealerError } from '../../core/errors.ts';
import type { FunctionInvoker } from '../../ports/operator.ts';
import { translate } from './errors.ts';

/** What a function throws by name; every other name is Lambda's own, or a bug. */
const CODES: readonly string[] = [
  'event.malformed',
  'event.unknown-kind',
  'event.not-guarded',
  'config.invalid',
  'dependency.unavailable',
  'dependency.refused',
  'dependency.missing',
  'store.malformed',
  'store.contended',
] satisfies ErrorCode[];

/** The request never left, or Lambda refused to run anything. */
const NOT_RUN = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'TooManyRequestsException',
  'CredentialsProviderError',
];

/** @param client - with one attempt: a repeated request is a request of its own. */
export function lambdaInvoker(client: LambdaClient): FunctionInvoker {
  return {
    async ask(functionName, request, abortSignal) {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(request),
      });
      const answer = await send(() => client.send(command, { abortSignal }));
      const text = answer.Payload?.transformToString() ?? '';
      const payload: unknown = text === '' ? undefined : JSON.parse(text);
      if (answer.FunctionError === undefined) return payload;
      throw failureOf(payload, functionName);
    },
  };
}

async function send(call: () => Promise<InvokeCommandOutput>): Promise<InvokeCommandOutput> {
  try {
    return await call();
  } catch (error) {
    const known = translate(error, 'lambda:InvokeFunction');
    const name = String(known.details['name']);
    if (known.code !== 'dependency.unavailable' || NOT_RUN.includes(name)) throw known;
    throw unknown(`${known.message}: nobody can say whether it ran`, error);
  }
}

function failureOf(payload: unknown, functionName: string): HealerError {
  const { errorType = 'Unknown', errorMessage = 'no message' } = (payload ?? {}) as {
    errorType?: string;
    errorMessage?: string;
  };
  const code = CODES.find((known) => known === errorType) as ErrorCode | undefined;
  if (code === undefined) return unknown(`${functionName}: ${errorType}: ${errorMessage}`);
  return new HealerError(code, errorMessage, { details: { function: functionName } });
}

function unknown(message: string, cause?: unknown): HealerError {
  return new HealerError('dependency.outcome-unknown', message, { cause });
}
