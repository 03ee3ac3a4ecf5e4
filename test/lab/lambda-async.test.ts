import { describe, expect, test } from 'vitest';

import type { FailureRecord } from './lambda/async-invocations.ts';
import { aFunction, invocations } from './lambda/fixtures/a-function.ts';

describe('an asynchronous invocation', () => {
  test('is accepted at once, tried three times, then handed to the destination', async ({
    onTestFinished,
  }) => {
    const records: FailureRecord[] = [];
    const onFailure = (record: FailureRecord) => {
      records.push(record);
    };
    const { fn, events } = aFunction(onTestFinished, {
      asyncInvoke: { timeFactor: 1_000, onFailure },
    });

    const accepted = await fn.invoke({ do: 'fail' }, { mode: 'async' });

    expect(accepted).toMatchObject({ statusCode: 202, payload: null });
    await expect.poll(() => records.length, { timeout: 3_000 }).toBe(1);
    expect(records[0]).toMatchObject({
      version: '1.0',
      requestContext: {
        requestId: accepted.requestId,
        functionArn: `${fn.arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { do: 'fail' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'the handler failed' },
    });
    const attempts = invocations(events).filter(({ outcome }) => outcome === 'failed');
    expect(attempts.map(({ requestId }) => requestId)).toEqual(Array(3).fill(accepted.requestId));
    const [first, second, third] = attempts.map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(58);
    expect(third - second).toBeGreaterThanOrEqual(118);
    expect(fn.pendingEvents).toBe(0);
  });

  test('waits while it is throttled, and runs when there is room', async ({ onTestFinished }) => {
    const { fn, events } = aFunction(onTestFinished, {
      maxConcurrency: 1,
      asyncInvoke: { timeFactor: 20 },
    });

    await fn.invoke({ do: 'wait', ms: 200 }, { mode: 'async' });
    await fn.invoke({ do: 'nothing' }, { mode: 'async' });

    const done = () => invocations(events).filter(({ outcome }) => outcome === 'succeeded').length;
    await expect.poll(done, { timeout: 3_000 }).toBe(2);
  });

  test('is given up when the event is too old for another attempt', async ({ onTestFinished }) => {
    const records: FailureRecord[] = [];
    const onFailure = (record: FailureRecord) => {
      records.push(record);
    };
    const { fn } = aFunction(onTestFinished, { asyncInvoke: { maxEventAgeMs: 30_000, onFailure } });

    await fn.invoke({ do: 'fail' }, { mode: 'async' });

    await expect.poll(() => records.length, { timeout: 3_000 }).toBe(1);
    expect(records[0]?.requestContext).toMatchObject({
      condition: 'EventAgeExceeded',
      approximateInvokeCount: 1,
    });
  });
});
