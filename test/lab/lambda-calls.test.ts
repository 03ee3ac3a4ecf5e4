import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';

import { aFunction, fixture, invoked, lines } from './lambda/fixtures/a-function.ts';

test('a call of the SDK says which function made it, and in which invocation', async ({
  onTestFinished,
}) => {
  const seen: IncomingHttpHeaders[] = [];
  const endpoint = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end('{"QueueUrls":["https://sqs.eu-west-1.amazonaws.com/1/inbox"]}');
  });
  onTestFinished(() => {
    endpoint.closeAllConnections();
    endpoint.close();
  });
  const listening = Promise.withResolvers<void>();
  endpoint.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  const { fn, events } = aFunction(onTestFinished, {
    handlerFile: fixture('calls-aws'),
    environment: { AWS_ENDPOINT_URL: url },
  });

  const first = await invoked(fn, {});
  const second = await invoked(fn, {});

  expect(first.payload).toEqual(['https://sqs.eu-west-1.amazonaws.com/1/inbox']);
  expect(seen.map((headers) => headers['x-amzn-trace-id'])).toEqual([
    first.traceId,
    second.traceId,
  ]);
  expect(seen[0]?.authorization).toContain('Credential=AKIALABREMEDIATE0001/');
  await expect.poll(() => lines(events).length).toBe(2);
  const logged = lines(events).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(logged).toMatchObject([
    { message: 'asking', tries: 1, function_request_id: first.requestId, cold_start: true },
    { message: 'asking', function_request_id: second.requestId, cold_start: false },
  ]);
});
