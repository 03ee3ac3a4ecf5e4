/** Lambda as others see it: functions by name or ARN, invoked and described. */
import type {
  GetFunctionConfigurationRequest,
  InvocationRequest,
  InvocationResponse,
  ListEventSourceMappingsRequest,
  ListEventSourceMappingsResponse,
} from '@aws-sdk/client-lambda';
import * as schemas from '@aws-sdk/client-lambda';
import { AwsError, type AwsService } from '../gateway/operation.ts';
import type { Deployment } from '../healer/deployment.ts';
import type { InvokeResult } from './function.ts';

/** What is deployed, and how it is called. */
interface Healer {
  readonly deployment: Pick<Deployment, 'functions' | 'mappings'>;
  invoke(name: string, event: unknown, mode: 'sync' | 'async'): Promise<InvokeResult>;
}

/** One function as the API tells of it. */
export interface OfferedFunction {
  readonly name: string;
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** What feeds it. */
  readonly sources: readonly { readonly arn: string; readonly enabled: boolean }[];
  readonly invoke: (event: unknown, mode: 'sync' | 'async') => Promise<InvokeResult>;
  /** Where a deployment went wrong. @default - active, updated, on Node.js 24 */
  readonly shown?: Pick<schemas.FunctionConfiguration, 'State' | 'LastUpdateStatus' | 'Runtime'>;
}

/** What the deployed healer offers. */
export function functionsOf(healer: Healer): readonly OfferedFunction[] {
  const { deployment } = healer;
  return deployment.functions.map((spec) => ({
    name: spec.name,
    arn: spec.arn,
    environment: spec.environment,
    timeoutSeconds: spec.timeoutSeconds,
    memoryMb: spec.memoryMb,
    sources: deployment.mappings
      .filter(({ functionName }) => functionName === spec.name)
      .map(({ queueArn, enabled }) => ({ arn: queueArn, enabled })),
    invoke: (event, mode) => healer.invoke(spec.name, event, mode),
  }));
}

/** @param offered - asked anew for each call: functions are deployed after the gateway listens. */
export function lambdaApi(offered: () => readonly OfferedFunction[]): AwsService {
  const find = (asked = ''): OfferedFunction => {
    const found = offered().find(({ name, arn }) => name === asked || arn === asked);
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${asked}`, 404);
  };
  return {
    signingName: 'lambda',
    schemas,
    operations: {
      Invoke: (input: InvocationRequest) => invoke(find(input.FunctionName), input),
      GetFunctionConfiguration: ({ FunctionName }: GetFunctionConfigurationRequest) =>
        describe(find(FunctionName)),
      ListEventSourceMappings: ({ FunctionName }: ListEventSourceMappingsRequest) =>
        listSources(find(FunctionName)),
    },
  };
}

async function invoke(
  { invoke: run }: OfferedFunction,
  { InvocationType = 'RequestResponse', Payload }: InvocationRequest,
): Promise<InvocationResponse> {
  const event: unknown = JSON.parse(Buffer.from(Payload ?? '{}').toString());
  const result = await run(event, InvocationType === 'Event' ? 'async' : 'sync');
  const { statusCode, functionError, payload } = result;
  if (statusCode === 429) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  return {
    StatusCode: statusCode,
    Payload: Buffer.from(JSON.stringify(payload)) as never,
    ...(functionError === undefined ? {} : { FunctionError: functionError }),
    ExecutedVersion: '$LATEST',
  };
}

function describe(offered: OfferedFunction): schemas.FunctionConfiguration {
  const { name, arn, environment, timeoutSeconds, memoryMb, shown } = offered;
  return {
    FunctionName: name,
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Timeout: timeoutSeconds,
    MemorySize: memoryMb,
    Environment: { Variables: environment },
    ...shown,
  };
}

function listSources({ arn, sources }: OfferedFunction): ListEventSourceMappingsResponse {
  return {
    EventSourceMappings: sources.map((source) => ({
      EventSourceArn: source.arn,
      FunctionArn: arn,
      State: source.enabled ? 'Enabled' : 'Disabled',
    })),
  };
}
