import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabEvents, type RecordedCall } from './events.ts';
import { eventsApi } from './events-api.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import type { InvokeResult } from './lambda/function.ts';
import { lambdaApi, type OfferedFunction } from './lambda/invoke-api.ts';
import { ACCOUNT, REGION } from './names.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:remediate`;
const INBOX = `arn:aws:sqs:${REGION}:${ACCOUNT}:inbox`;
let gateway: Gateway;
let lambda: LambdaClient;
let events: EventBridgeClient;
let recorded: LabEvents;
let asked: { readonly event: unknown; readonly mode: string }[];
let result: Partial<InvokeResult>;

const REMEDIATE: OfferedFunction = {
  name: 'remediate',
  arn: ARN,
  environment: { TABLE_NAME: 'healer' },
  timeoutSeconds: 60,
  memoryMb: 512,
  sources: [{ arn: INBOX, enabled: false }],
  invoke: async (event, mode) => {
    asked.push({ event, mode });
    return { statusCode: 200, payload: null, requestId: 'r', traceId: 't', ...result };
  },
};

beforeEach(async () => {
  asked = [];
  result = {};
  recorded = new LabEvents();
  const rules = ['a', 'b', 'c'].map((name, index) => ({
    name,
    enabled: index > 0,
    pattern: '{"resources":["x"]}',
    targetArns: [INBOX],
  }));
  gateway = await startGateway({
    events: recorded,
    services: [lambdaApi(() => [REMEDIATE]), eventsApi(() => rules)],
    region: REGION,
    accountId: ACCOUNT,
  });
  const settings = { ...clientConfig(gateway.url, REGION, 'LABTEST'), maxAttempts: 1 };
  lambda = new LambdaClient(settings);
  events = new EventBridgeClient(settings);
});
afterEach(async () => {
  lambda.destroy();
  events.destroy();
  await gateway.close();
});

function invoke(FunctionName: string, payload?: object, part: object = {}) {
  const Payload = payload === undefined ? {} : { Payload: JSON.stringify(payload) };
  return lambda.send(new InvokeCommand({ FunctionName, ...Payload, ...part }));
}

describe('Lambda', () => {
  test.each(['remediate', ARN])(
    'invokes %s with its payload, and answers with its result',
    async (name) => {
      result = { payload: { verdict: 'hold' } };

      const answer = await invoke(name, { kind: 'manual', text: 'ä' });

      expect(asked).toEqual([{ event: { kind: 'manual', text: 'ä' }, mode: 'sync' }]);
      expect(answer.StatusCode).toBe(200);
      expect(answer.FunctionError).toBeUndefined();
      expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ verdict: 'hold' });
    },
  );

  test('answers 200 for a function that failed, and says so beside', async () => {
    result = { functionError: 'Unhandled', payload: { errorType: 'TypeError' } };

    const { StatusCode, FunctionError, Payload } = await invoke('remediate');

    expect([StatusCode, FunctionError]).toEqual([200, 'Unhandled']);
    expect(Payload?.transformToString()).toBe('{"errorType":"TypeError"}');
    expect(asked).toEqual([{ event: {}, mode: 'sync' }]);
  });

  test('accepts an event for later', async () => {
    result = { statusCode: 202 };

    const { StatusCode } = await invoke('remediate', {}, { InvocationType: 'Event' });

    expect([StatusCode, asked[0]?.mode]).toEqual([202, 'async']);
  });

  test('refuses what it has no room for, and what is not there', async () => {
    result = { statusCode: 429 };

    await expect(invoke('remediate')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await expect(invoke('nobody')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: nobody',
    });
  });

  test('describes a function, and what feeds it', async () => {
    const FunctionName = ARN;
    const setting = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const sources = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));

    expect(setting).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Successful',
      Environment: { Variables: { TABLE_NAME: 'healer' } },
    });
    expect(sources.EventSourceMappings).toMatchObject([
      { EventSourceArn: INBOX, State: 'Disabled' },
    ]);
  });

  test('is recorded by operation, like every other call', async () => {
    const calls: RecordedCall[] = [];
    recorded.subscribe((event) => {
      if (event.kind === 'call') calls.push(event);
    });

    await invoke('remediate', { a: 1 });

    expect(calls).toMatchObject([
      { service: 'lambda', operation: 'Invoke', input: { FunctionName: 'remediate' }, status: 200 },
    ]);
  });

  test('refuses a path that names no operation', async () => {
    const answer = await fetch(`${gateway.url}/2015-03-31/nothing`, {
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=A/20261120/${REGION}/lambda/aws4_request`,
      },
    });

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('operation: got none');
  });
});

describe('EventBridge', () => {
  test('gives the rules of a target page by page', async () => {
    const first = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: INBOX }));
    const { NextToken } = first;
    const next = await events.send(
      new ListRuleNamesByTargetCommand({ TargetArn: INBOX, NextToken }),
    );

    expect([first.RuleNames, next.RuleNames, next.NextToken]).toEqual([
      ['a', 'b'],
      ['c'],
      undefined,
    ]);
  });

  test('describes a rule, and knows no other', async () => {
    const rule = await events.send(new DescribeRuleCommand({ Name: 'a' }));

    expect(rule).toMatchObject({ State: 'DISABLED', EventPattern: '{"resources":["x"]}' });
    await expect(events.send(new DescribeRuleCommand({ Name: 'z' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
