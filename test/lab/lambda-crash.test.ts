import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type TestContext, test } from 'vitest';

import { aFunction, type Described, fixture, invoked } from './lambda/fixtures/a-function.ts';

type OnTestFinished = TestContext['onTestFinished'];

const KILLED = {
  functionError: 'Unhandled',
  payload: {
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('signal: killed'),
  },
};

/** @returns the address of what stands for AWS. */
async function anEndpoint(
  onTestFinished: OnTestFinished,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const endpoint = createServer(answer);
  onTestFinished(() => {
    endpoint.closeAllConnections();
    endpoint.close();
  });
  const listening = Promise.withResolvers<void>();
  endpoint.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  return `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
}

test('a crash ends the invocation that makes a call, and no other', async ({ onTestFinished }) => {
  const waiting: ServerResponse[] = [];
  const victims: string[] = [];
  const url = await anEndpoint(onTestFinished, (request, response) => {
    waiting.push(response);
    const trace = String(request.headers['x-amzn-trace-id']);
    if (waiting.length === 1) return;
    victims.push(trace);
    void fn.crash(trace).then(() => {
      waiting[0]?.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
      waiting[0]?.end('{"QueueUrls":["the other one"]}');
    });
  });
  const { fn } = aFunction(onTestFinished, {
    handlerFile: fixture('calls-aws'),
    environment: { AWS_ENDPOINT_URL: url },
  });

  const answers = await Promise.all([invoked(fn, {}), invoked(fn, {})]);

  const [killed] = answers.filter(({ traceId }) => victims.includes(traceId));
  const [other] = answers.filter(({ traceId }) => !victims.includes(traceId));
  expect(killed).toMatchObject(KILLED);
  expect(other?.payload).toEqual(['the other one']);
});

test('a crash without a trace ends who still starts', async ({ onTestFinished }) => {
  const url = await anEndpoint(onTestFinished, (_request, response) => {
    void fn.crash().then(() => {
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end('{"QueueUrls":[]}');
    });
  });
  const { fn } = aFunction(onTestFinished, {
    handlerFile: fixture('calls-at-start'),
    environment: { AWS_ENDPOINT_URL: url },
  });

  expect(await invoked(fn, {})).toMatchObject(KILLED);
});

test('a crash of an invocation that is over does nothing', async ({ onTestFinished }) => {
  const { fn } = aFunction(onTestFinished);
  const first = await invoked(fn, { do: 'describe' });

  await fn.crash(first.traceId);

  const second = await invoked(fn, { do: 'describe' });
  expect((second.payload as Described).pid).toBe((first.payload as Described).pid);
});

test('a function that was cooled starts in another process', async ({ onTestFinished }) => {
  const { fn } = aFunction(onTestFinished);
  const first = await invoked(fn, { do: 'describe' });

  await fn.cool();

  const second = await invoked(fn, { do: 'describe' });
  expect((second.payload as Described).pid).not.toBe((first.payload as Described).pid);
  expect(second.payload).toMatchObject({ invocations: 1 });
});
