import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import type { FunctionInspector, FunctionSource } from '../../ports/operator.ts';
import { calling } from './errors.ts';

/** Reads how functions are set up, and what Lambda polls for them. */
export function functionInspector(client: LambdaClient): FunctionInspector {
  return {
    async setting(functionName, abortSignal) {
      const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
      const found = await calling('lambda:GetFunctionConfiguration', () =>
        client.send(command, { abortSignal }),
      );
      return {
        state: found.State ?? '',
        lastUpdate: found.LastUpdateStatus ?? '',
        runtime: found.Runtime ?? '',
        variables: found.Environment?.Variables ?? {},
      };
    },
    sources: (FunctionName, abortSignal) =>
      calling('lambda:ListEventSourceMappings', async () => {
        const found: FunctionSource[] = [];
        // A paginator takes no signal of its own, so it is asked between pages.
        for await (const page of paginateListEventSourceMappings({ client }, { FunctionName })) {
          abortSignal.throwIfAborted();
          for (const { EventSourceArn = '', State } of page.EventSourceMappings ?? []) {
            found.push({ arn: EventSourceArn, isEnabled: State === 'Enabled' });
          }
        }
        return found;
      }),
  };
}
