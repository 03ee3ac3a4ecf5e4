import { describe, expect, test } from 'vitest';

import {
  aFunction,
  type Described,
  fixture,
  invocations,
  invoked,
  isAlive,
  lines,
  REGION,
} from './lambda/fixtures/a-function.ts';

describe('a synchronous invocation', () => {
  test('answers with what the handler returned, and null for nothing', async ({
    onTestFinished,
  }) => {
    const { fn, events } = aFunction(onTestFinished);

    expect(await invoked(fn, { do: 'nothing' })).toMatchObject({ statusCode: 200, payload: null });
    const { requestId, traceId } = await invoked(fn, { do: 'nothing' });

    expect(invocations(events).slice(-2)).toMatchObject([
      { outcome: 'started', requestId, traceId, event: { do: 'nothing' } },
      { outcome: 'succeeded', requestId, traceId, durationMs: expect.any(Number), result: null },
    ]);
  });

  test('gives the handler the context and the environment of Lambda, and nothing of ours', async ({
    onTestFinished,
  }) => {
    const { fn } = aFunction(onTestFinished, { environment: { POLICY: 'x' } });

    const { payload, requestId, traceId } = await invoked(fn, { do: 'describe' });

    const { context, env } = payload as Described;
    expect(context).toMatchObject({
      awsRequestId: requestId,
      functionName: 'remediate',
      functionVersion: '$LATEST',
      invokedFunctionArn: fn.arn,
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/remediate',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(context['remainingMs']).toBeGreaterThan(3_000);
    expect(context['remainingMs']).toBeLessThanOrEqual(5_000);
    expect(traceId).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    expect(env).toMatchObject({
      POLICY: 'x',
      TZ: ':UTC',
      _HANDLER: 'behaviours.handler',
      _X_AMZN_TRACE_ID: traceId,
      AWS_ACCESS_KEY_ID: 'AKIALABREMEDIATE0001',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: REGION,
    });
    expect(Object.keys(env).filter((name) => /^(VITEST|NODE_|npm_|PWD|USER)/.test(name))).toEqual(
      [],
    );
  });

  test('starts its process with the arguments of the caller', async ({ onTestFinished }) => {
    const nodeArgs = ['--import', 'data:text/javascript,process.env.GUARDED="yes"'];
    const { fn } = aFunction(onTestFinished, { nodeArgs });

    const { execArgv, env } = (await invoked(fn, { do: 'describe' })).payload as Described;

    expect(execArgv).toEqual(['--max-old-space-size=230', ...nodeArgs]);
    expect(env['GUARDED']).toBe('yes');
  });

  test('reports what the handler threw', async ({ onTestFinished }) => {
    const { fn, events } = aFunction(onTestFinished);

    expect(await invoked(fn, { do: 'fail' })).toMatchObject({
      statusCode: 200,
      functionError: 'Unhandled',
      payload: {
        errorType: 'TypeError',
        errorMessage: 'the handler failed',
        trace: expect.arrayContaining(['TypeError: the handler failed']),
      },
    });
    expect(await invoked(fn, { do: 'fail-with-text' })).toMatchObject({
      payload: { errorType: 'string', errorMessage: 'not an error', trace: [] },
    });
    expect(await invoked(fn, { do: 'cycle' })).toMatchObject({
      payload: { errorType: 'Runtime.JSONStringifyError' },
    });
    expect(invocations(events)[1]).toMatchObject({ outcome: 'failed' });
    await expect
      .poll(() => lines(events)[0])
      .toMatch(/^\S+Z\t[0-9a-f-]{36}\tERROR\tInvoke Error \t\{"errorType":"TypeError",/);
  });

  test('refuses what is larger than Lambda takes', async ({ onTestFinished }) => {
    const { fn } = aFunction(onTestFinished);

    const mebibyte = 'x'.repeat(1_048_576);

    expect(await fn.invoke(mebibyte, { mode: 'async' })).toMatchObject({ statusCode: 413 });
    expect(await invoked(fn, mebibyte.repeat(6))).toMatchObject({ statusCode: 413 });
  });
});

describe('an execution environment', () => {
  test('is reused warm, and replaced after it died idle', async ({ onTestFinished }) => {
    const { fn } = aFunction(onTestFinished);

    const first = (await invoked(fn, { do: 'describe' })).payload as Described;
    const second = (await invoked(fn, { do: 'exit-after-answer' })).payload as Described;
    expect(second.pid).toBe(first.pid);
    await expect.poll(() => isAlive(first.pid)).toBe(false);
    const third = (await invoked(fn, { do: 'describe' })).payload as Described;

    expect(third.pid).not.toBe(first.pid);
    expect(third.invocations).toBe(1);
  });

  test('runs one invocation at a time; a concurrent one starts another, and above that throttles', async ({
    onTestFinished,
  }) => {
    const { fn } = aFunction(onTestFinished, { maxConcurrency: 2 });

    const results = await Promise.all([1, 2, 3].map(() => invoked(fn, { do: 'wait', ms: 300 })));

    expect(results.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    expect(results[2]?.payload).toMatchObject({ errorType: 'TooManyRequestsException' });
    const pids = results.slice(0, 2).map(({ payload }) => (payload as Described).pid);
    expect(new Set(pids).size).toBe(2);
    expect(await invoked(fn, { do: 'nothing' })).toMatchObject({ statusCode: 200 });
  });

  test('is killed at the timeout, and the next invocation starts cold', async ({
    onTestFinished,
  }) => {
    const { fn, events } = aFunction(onTestFinished, { timeoutMs: 500 });
    const warm = (await invoked(fn, { do: 'describe' })).payload as Described;

    const result = await invoked(fn, { do: 'hang' });

    expect(result).toMatchObject({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 0.50 seconds`,
      },
    });
    expect(invocations(events).at(-1)).toMatchObject({ outcome: 'timed-out' });
    await expect.poll(() => isAlive(warm.pid)).toBe(false);
    const cold = (await invoked(fn, { do: 'describe' })).payload as Described;
    expect(cold.pid).not.toBe(warm.pid);
  });

  test.for(['leave-rejection', 'throw-later'])(
    'ends when nobody catches: %s',
    async (what, { onTestFinished }) => {
      const { fn } = aFunction(onTestFinished);

      const { payload, requestId } = await invoked(fn, { do: what });

      expect(payload).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 1`,
      });
      expect(await invoked(fn, { do: 'nothing' })).toMatchObject({ payload: null });
    },
  );

  test('does not outlive the function', async ({ onTestFinished }) => {
    const { fn } = aFunction(onTestFinished);
    const idle = (await invoked(fn, { do: 'describe' })).payload as Described;
    const busy = invoked(fn, { do: 'hang' });

    await fn.close();

    expect(await busy).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
    expect(isAlive(idle.pid)).toBe(false);
    await expect(invoked(fn, {})).rejects.toThrow('closed');
  });
});

describe('a handler that cannot start', () => {
  test.for<[string, string, string, RegExp]>([
    [
      'behaviours',
      'withCallback',
      'Runtime.CallbackHandlerDeprecated',
      /^ERROR: AWS Lambda has removed/,
    ],
    ['behaviours', 'missing', 'Runtime.HandlerNotFound', /is undefined or not exported/],
    ['behaviours', 'notAFunction', 'Runtime.HandlerNotFound', /is not a function/],
    ['absent', 'handler', 'Runtime.ImportModuleError', /Cannot find module/],
    ['broken', 'handler', 'RangeError', /TABLE_NAME is missing/],
  ])(
    '%s.%s fails with %s',
    async ([file, handlerExport, errorType, message], { onTestFinished }) => {
      const { fn, events } = aFunction(onTestFinished, {
        handlerFile: fixture(file),
        handlerExport,
      });

      const result = await invoked(fn, {});

      expect(result).toMatchObject({
        functionError: 'Unhandled',
        payload: { errorType, errorMessage: expect.stringMatching(message) },
      });
      expect(lines(events)[0]).toMatch(/Z\t-\tERROR\tInit Error \t\{/);
    },
  );

  test('fails to be created with a variable that Lambda reserves', ({ onTestFinished }) => {
    expect(() => aFunction(onTestFinished, { environment: { AWS_REGION: 'us-east-1' } })).toThrow(
      'AWS_REGION',
    );
  });
});

describe('the log', () => {
  test('has the text format of Lambda, and structured lines as they were written', async ({
    onTestFinished,
  }) => {
    const { fn, events } = aFunction(onTestFinished);

    const { requestId } = await invoked(fn, { do: 'log' });

    await expect.poll(() => lines(events).length).toBe(5);
    const [plain, error, ...rest] = lines(events);
    expect(plain).toMatch(new RegExp(`^\\d{4}-\\S+Z\t${requestId}\tINFO\tplain text$`));
    expect(error).toMatch(new RegExp(`Z\t${requestId}\tERROR\ttwo\nlines$`));
    expect(rest.toSorted()).toEqual([
      'to stderr',
      '{"level":"INFO","message":"structured"}',
      '{"raw":true}',
    ]);
  });
});
