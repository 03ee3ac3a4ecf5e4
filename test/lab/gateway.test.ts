import { request as httpRequest } from 'node:http';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import { startGateway } from './gateway/gateway.ts';
import type { AwsService } from './gateway/operation.ts';
import {
  REGION,
  type SampleGateway,
  STOPPED_AT,
  startSampleGateway,
} from './gateway/sample-gateway.ts';

let lab: SampleGateway;

beforeEach(async () => {
  lab = await startSampleGateway();
});

afterEach(async () => {
  await lab.close();
});

const postJson = (target: string, body: string) =>
  lab.post('ecs', { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }, body);

describe('JSON', () => {
  it('gives the handler the input, and the SDK its output with dates', async () => {
    const { task } = await lab.stop('t1');
    expect(lab.seen.input).toEqual({ cluster: 'lab', task: 't1' });
    expect(task).toEqual({ taskArn: 't1', stoppedAt: STOPPED_AT, containers: [] });
  });

  it('carries the numbers, booleans and dates of CloudWatch JSON 1.0', async () => {
    const { MetricAlarms } = await lab.watch.send(
      new cloudwatch.DescribeAlarmsCommand({ AlarmNames: ['cpu'], MaxRecords: 5 }),
    );
    expect(lab.seen.input).toEqual({ AlarmNames: ['cpu'], MaxRecords: 5 });
    expect(MetricAlarms).toMatchObject([
      { AlarmName: 'cpu', StateUpdatedTimestamp: STOPPED_AT, Threshold: 0.5, ActionsEnabled: true },
    ]);
  });

  it('surfaces an AwsError by its code', async () => {
    await expect(lab.stop('missing')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'no such task',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(lab.stop('missing')).rejects.toBeInstanceOf(ecs.InvalidParameterException);
  });

  it('surfaces the class of a query-compatible error, by either spelling', async () => {
    const failing = lab.watch.send(new cloudwatch.DescribeAlarmsCommand({ NextToken: 'bad' }));
    await expect(failing).rejects.toBeInstanceOf(cloudwatch.InvalidNextToken);
    await expect(failing).rejects.toMatchObject({ name: 'InvalidNextToken', message: 'bad token' });
  });
});

describe('checks', () => {
  it.each([
    [
      { task: 't', Cluster: 'x' },
      'SerializationException',
      'Cluster: got "x", want no such member',
    ],
    [{ task: 7 }, 'SerializationException', 'task: got 7, want string'],
    [{ cluster: 'x' }, 'InvalidParameterException', 'task: got nothing, want a value'],
    [['t'], 'SerializationException', '(whole): got ["t"], want structure StopTaskRequest'],
  ])('refuses %j with %s', async (body, code, message) => {
    const answer = await postJson(
      'AmazonEC2ContainerServiceV20141113.StopTask',
      JSON.stringify(body),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toBe(code);
    expect(await answer.json()).toMatchObject({
      __type: code,
      message: expect.stringContaining(message),
    });
    expect(lab.events.calls()).toMatchObject([{ operation: 'StopTask', input: body, error: code }]);
    expect(lab.seen.stops).toBe(0);
  });

  it('refuses what is not JSON', async () => {
    const answer = await postJson('X.StopTask', '{"task":');
    expect(await answer.json()).toMatchObject({
      __type: 'SerializationException',
      message: expect.stringContaining('want JSON'),
    });
  });

  it('lets null stand for absent, as AWS does', async () => {
    const answer = await postJson('X.StopTask', '{"task":"t","reason":null}');
    expect(answer.status).toBe(200);
    expect(lab.seen.input).toEqual({ task: 't' });
  });

  it('answers 500 and names the member when a handler misspells its output', async () => {
    await expect(lab.stop('misspelt')).rejects.toMatchObject({
      name: 'InternalFailure',
      message: expect.stringMatching(/answer does not fit its shape: task\.helth: got "HEALTHY"/),
      $metadata: { httpStatusCode: 500 },
    });
  });

  it('answers 500 with the text of any other throw, and records it', async () => {
    await expect(lab.stop('bug')).rejects.toMatchObject({
      name: 'InternalFailure',
      message: expect.stringContaining('boom'),
    });
    expect(lab.events.calls()).toMatchObject([{ status: 500, error: 'InternalFailure' }]);
  });

  it('refuses an operation that is not offered, naming those that are', async () => {
    await expect(lab.client.send(new ecs.ListTasksCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'ecs: operation: got ListTasks, want one of StopTask',
    });
    expect(lab.events.calls()).toMatchObject([
      { operation: 'ListTasks', status: 400, error: 'UnknownOperationException' },
    ]);
  });

  it('refuses a service that is not offered and a region that is not its own', async () => {
    const unknown = await lab.post('s3', { 'x-amz-target': 'S3.Get' }, '{}');
    expect(await unknown.text()).toContain('want one of ecs, elasticloadbalancing, monitoring');
    const elsewhere = new ecs.ECSClient(clientConfig(lab.gateway.url, 'us-east-1', 'LABTEST'));
    const listing = elsewhere.send(new ecs.StopTaskCommand({ task: 't' }));
    await expect(listing).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: 'region of the signature: got us-east-1, want eu-west-1',
    });
    elsewhere.destroy();
  });

  it('refuses an unsigned call', async () => {
    const answer = await fetch(lab.gateway.url, { method: 'POST' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    expect(lab.events.calls()).toMatchObject([{ caller: '', error: 'MissingAuthenticationToken' }]);
  });

  it('refuses a signed call that names no operation', async () => {
    const answer = await lab.post('ecs', { 'content-type': 'application/json' }, '{}');
    expect(await answer.json()).toMatchObject({ __type: 'MissingAction' });
  });
});

describe('the record', () => {
  it('says who called what, when, within which trace', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53;Sampled=1';
    const other = new ecs.ECSClient(clientConfig(lab.gateway.url, REGION, 'REMEDIATE'));
    other.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers['X-Amzn-Trace-Id'] = trace;
        return next(args);
      },
      { step: 'build' },
    );
    const before = Date.now();
    await other.send(new ecs.StopTaskCommand({ task: 't' }));
    const [call] = lab.events.calls();
    expect(call).toMatchObject({
      kind: 'call',
      caller: 'REMEDIATE',
      service: 'ecs',
      operation: 'StopTask',
      traceId: trace,
      input: { task: 't' },
      status: 200,
    });
    expect(call).not.toHaveProperty('error');
    expect(call).not.toHaveProperty('fault');
    expect(call?.at).toBeGreaterThanOrEqual(before);
    expect(call?.endedAt).toBeGreaterThanOrEqual(call?.at ?? Number.NaN);
    other.destroy();
  });
});

describe('the server', () => {
  it('serves plain routes unsigned and unrecorded', async () => {
    const answer = await fetch(`${lab.gateway.url}/v4/metadata/task`);
    expect(await answer.json()).toEqual({ Cluster: 'lab' });
    expect(lab.events.calls()).toEqual([]);
  });

  it('survives a caller that hangs up in the middle of its request', async () => {
    const broken = httpRequest({ port: lab.gateway.port, host: '127.0.0.1', method: 'POST' });
    broken.on('error', () => undefined);
    broken.setHeader('content-length', 100);
    broken.write('half');
    await expect.poll(() => broken.socket?.connecting).toBe(false);
    broken.destroy();
    await lab.stop('t');
    expect(lab.events.calls()).toHaveLength(1);
  });

  it('refuses services that claim one name', async () => {
    const [service] = lab.services as [AwsService];
    const twice = {
      events: lab.events,
      services: [service, service],
      region: REGION,
      accountId: '1',
    };
    await expect(startGateway(twice)).rejects.toThrow('got ecs twice');
  });

  it('refuses an account a proxied service cannot have', async () => {
    const sqs = {
      schemas: {},
      accountId: '000000000000',
      forward: () => Promise.reject(new Error()),
    };
    const options = {
      events: lab.events,
      services: lab.services,
      proxies: { sqs },
      region: REGION,
      accountId: '1',
    };
    await expect(startGateway(options)).rejects.toThrow('accountId: got 1, want 000000000000');
  });

  it('records a call that its caller gave up, and tells the proxied service', async () => {
    const giveUp = new AbortController();
    const forward = (_: unknown, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('told')));
        giveUp.abort();
      });
    const events = new LabEvents();
    const proxies = { sqs: { schemas: {}, forward } };
    const lone = await startGateway({
      events,
      services: [],
      proxies,
      region: REGION,
      accountId: '1',
    });
    const calling = fetch(lone.url, {
      method: 'POST',
      headers: {
        authorization: `Credential=A/20260101/${REGION}/sqs/aws4_request`,
        'x-amz-target': 'AmazonSQS.ReceiveMessage',
      },
      body: '{"WaitTimeSeconds":20}',
      signal: giveUp.signal,
    });
    await expect(calling).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => events.calls()).toMatchObject([{ status: 499, error: 'CallerGone' }]);
    await lone.close();
  });

  it('reports a proxied service that cannot be reached', async () => {
    const sqs = { schemas: {}, forward: () => Promise.reject(new Error('connection refused')) };
    const options = {
      events: lab.events,
      services: [],
      proxies: { sqs },
      region: REGION,
      accountId: '1',
    };
    const lone = await startGateway(options);
    const answer = await fetch(lone.url, {
      method: 'POST',
      headers: {
        authorization: `Credential=A/20260101/${REGION}/sqs/aws4_request`,
        'x-amz-target': 'AmazonSQS.SendMessage',
      },
      body: '{"MessageBody":"x"}',
    });
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('connection refused');
    await lone.close();
  });
});
