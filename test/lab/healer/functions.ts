/** The functions of a deployment, as processes of the lab. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { LabEvents } from '../events.ts';
import type { AsyncOptions, FailureRecord } from '../lambda/async-invocations.ts';
import { LambdaFunction } from '../lambda/function.ts';
import { ACCOUNT, REGION } from '../names.ts';
import type { TimeFactor } from '../time-factor.ts';
import { type Deployment, type FunctionSpec, findQueue } from './deployment.ts';

export interface FunctionPlace {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly gatewayUrl: string;
  readonly deployment: Deployment;
  /** What the lab adds to every function's environment: Slack is here too. */
  readonly variables: Readonly<Record<string, string>>;
  /** A client that signs as that caller. */
  readonly sqsOf: (caller: string) => SQSClient;
}

/** Node arguments that end a function's process when the lab is gone. */
const ORPHAN_GUARD = ['--import', new URL('../process/orphan-guard.mjs', import.meta.url).href];
/** A function's own work does not become faster with the time factor. */
const TIMEOUT_MS_MIN = 10_000;

export function functionTimeoutMs({ timeoutSeconds }: FunctionSpec, time: TimeFactor): number {
  return time.deadline(timeoutSeconds, TIMEOUT_MS_MIN);
}

export function makeFunction(spec: FunctionSpec, place: FunctionPlace): LambdaFunction {
  const { name, handlerFile, handlerExport, environment, memoryMb, accessKeyId } = spec;
  return new LambdaFunction({
    name,
    handlerFile,
    handlerExport,
    environment: {
      ...environment,
      ...place.variables,
      AWS_ENDPOINT_URL: place.gatewayUrl,
      LAB_PARENT_PID: String(process.pid),
    },
    timeoutMs: functionTimeoutMs(spec, place.time),
    memoryMb,
    region: REGION,
    accountId: ACCOUNT,
    accessKeyId,
    events: place.events,
    nodeArgs: ORPHAN_GUARD,
    asyncInvoke: asyncOptions(spec, place),
  });
}

function asyncOptions(spec: FunctionSpec, place: FunctionPlace): AsyncOptions {
  const { retryAttempts, maxEventAgeSeconds, deadLetterArn } = spec;
  return {
    timeFactor: place.time.factor,
    ...(retryAttempts !== undefined && { retryAttempts }),
    ...(maxEventAgeSeconds !== undefined && { maxEventAgeMs: maxEventAgeSeconds * 1_000 }),
    ...(deadLetterArn !== undefined && {
      onFailure: toDeadLetters(spec, deadLetterArn, place),
    }),
  };
}

/** A dead-letter queue gets the event itself, by the function's role. */
function toDeadLetters(spec: FunctionSpec, arn: string, { deployment, sqsOf }: FunctionPlace) {
  const { url } = findQueue(deployment.queues, arn, `dead letters of ${spec.name}`);
  const sqs = sqsOf(spec.accessKeyId);
  return async ({ requestPayload, requestContext }: FailureRecord): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify(requestPayload),
        MessageAttributes: {
          RequestID: { DataType: 'String', StringValue: requestContext.requestId },
        },
      }),
    );
  };
}
