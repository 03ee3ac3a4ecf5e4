/** The list of guarded services, as parameters hold it. */
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import * as ssm from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { parameterServices } from '../../functions/adapters/aws/parameter-services.ts';
import type { OperationTable } from '../lab/gateway/operation.ts';
import { serve } from './serving.ts';

const ECS = 'arn:aws:ecs:eu-west-1:123456789012';

function anEntry(service: string): object {
  const alarm = `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${service}`;
  return { cluster: `${ECS}:cluster/shop`, service, environment: 'prod', alarms: [alarm] };
}

type Lists = Readonly<Record<string, unknown>>;

/**
 * A reader of what Parameter Store holds: each parameter with its list. What it holds may be changed
 * between two readings.
 */
async function reading(first: Lists) {
  const held = { lists: first, calls: 0 };
  const GetParametersByPath: OperationTable[string] = () => {
    held.calls += 1;
    const parameters = Object.entries(held.lists).map(([name, list]) => ({
      Name: `/healer/${name}`,
      Value: typeof list === 'string' ? list : JSON.stringify(list),
    }));
    return { Parameters: parameters };
  };
  const config = await serve([
    { signingName: 'ssm', schemas: ssm, operations: { GetParametersByPath } },
  ]);
  const provider = new SSMProvider({ awsSdkV3Client: new ssm.SSMClient(config) });
  const services = parameterServices(provider, '/healer');
  const read = async () => (await services.all()).map(({ name }) => name);
  return { held, read };
}

describe('the list of guarded services', () => {
  test('is the lists of all parameters', async () => {
    const { read } = await reading({
      b: [anEntry('back')],
      a: [anEntry('front'), anEntry('search')],
    });

    expect(await read()).toEqual(['front', 'search', 'back']);
  });

  test('has a service once that a deployment is moving to another parameter', async () => {
    const { read } = await reading({
      a: [anEntry('front'), anEntry('back')],
      b: [anEntry('back')],
    });

    expect(await read()).toEqual(['front', 'back']);
  });

  test('is kept for the next event', async () => {
    const { held, read } = await reading({ a: [anEntry('front')] });
    await read();
    await read();

    expect(held.calls).toBe(1);
  });

  test('is read anew after one that could not be', async () => {
    const front = { ...anEntry('front'), dependsOn: ['shop/back'] };
    const { held, read } = await reading({ a: [front] });
    await expect(read()).rejects.toMatchObject({ code: 'config.invalid' });
    held.lists = { a: [front], b: [anEntry('back')] };

    expect(await read()).toEqual(['front', 'back']);
  });

  test('fails where one service has two different entries', async () => {
    const other = { ...anEntry('front'), environment: 'test' };
    const { read } = await reading({ a: [anEntry('front')], b: [other] });

    await expect(read()).rejects.toThrow('one owner');
  });

  test('fails with the name of a parameter that is no list', async () => {
    const { read } = await reading({ a: 'front' });

    await expect(read()).rejects.toThrow('/healer/a');
  });
});
