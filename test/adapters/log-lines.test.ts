/** The last words of tasks with the real SDK over HTTP, against the lab's log store. */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { logLines } from '../../functions/adapters/aws/log-lines.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aService, NOW } from '../core/builders.ts';
import { AwsError } from '../lab/gateway/operation.ts';
import { LogStore } from '../lab/logs/log-store.ts';
import { logsService } from '../lab/logs/logs-service.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';
import { SAMPLES } from './log-samples.ts';
import { codeOf, serve } from './serving.ts';

const signal = new AbortController().signal;
const span = (taskId: string) => ({ taskId, from: earlier(NOW, minutes(5)), to: NOW });

type Line = readonly [task: string, text: string, agoMs?: number];

function storeOf(lines: readonly Line[]): LogStore {
  const store = new LogStore({ now: () => NOW });
  store.createGroup('/ecs/checkout-api');
  for (const [task, line, ago = 1_000] of lines) {
    store.put('/ecs/checkout-api', `app/app/${task}`, NOW - ago, line);
  }
  return store;
}

async function reader(lines: readonly Line[]) {
  const service = logsService({ store: storeOf(lines), region: REGION, accountId: ACCOUNT });
  return logLines(new logs.CloudWatchLogsClient(await serve([service])));
}

async function read(lines: readonly Line[], tasks: readonly string[], service = aService()) {
  return (await reader(lines)).lines(service, tasks.map(span), signal);
}

test('lines of any kind are shown, oldest first, redacted, and only those of the tasks', async () => {
  const found = await read(
    [
      ['a', '{"level":30,"msg":"listening"}', 3_000],
      ['a', 'Error: password=hunter2 is wrong\n', 2_000],
      ['a', '   ', 1_500],
      ['a', '{"port":8080}', 1_400],
      ['a', '{"message":"no level"}', 1_300],
      ['b', 'hello'],
      ['c', 'somebody else'],
    ],
    ['b', 'a', 'silent'],
  );

  expect(found).toEqual([
    { taskId: 'b', lines: ['hello'] },
    {
      taskId: 'a',
      lines: ['info listening', 'Error: password=[redacted] is wrong', '{"port":8080}', 'no level'],
    },
  ]);
});

test.each(SAMPLES)('a line of %s shows level, message and error', async (_name, line, ...said) => {
  const [, , , level, message] = said;

  expect(await read([['a', line]], ['a'])).toEqual([
    { taskId: 'a', lines: [`${level} ${message}`] },
  ]);
});

test('the last twenty of a task are kept', async () => {
  const lines = Array.from({ length: 25 }, (_, n) => ['a', `line ${n}`] as const);

  const [found] = await read(lines, ['a']);

  expect(found?.lines).toEqual(Array.from({ length: 20 }, (_, n) => `line ${n + 5}`));
});

test('each span is read, and nothing outside of all', async () => {
  const lines = await reader([
    ['a', 'too early', 20 * 60_000],
    ['a', 'early', 9 * 60_000],
    ['b', 'late', 60_000],
  ]);
  const spans = [
    { taskId: 'a', from: earlier(NOW, minutes(10)), to: earlier(NOW, minutes(8)) },
    { taskId: 'b', from: earlier(NOW, minutes(2)), to: NOW },
  ];

  expect(await lines.lines(aService(), spans, signal)).toEqual([
    { taskId: 'a', lines: ['early'] },
    { taskId: 'b', lines: ['late'] },
  ]);
});

describe('in a loud group', () => {
  const words = Array.from({ length: 40_000 }, (_, n) => ['loud', `line ${n}`, 2_000] as const);

  test('the streams of the tasks are searched, and no others', async () => {
    const found = await read([...words, ['quiet', 'last words']], ['quiet', 'never-ran']);

    expect(found).toEqual([{ taskId: 'quiet', lines: ['last words'] }]);
  });

  test('a task that is loud itself is read for three pages', async () => {
    const [found] = await read(words, ['loud']);

    expect(found?.lines.at(-1)).toBe('line 29999');
  });

  test('all streams are read for three pages when those of the tasks cannot be named', async () => {
    const store = storeOf([['quiet', 'first words', 3_000], ...words]);
    const { operations } = logsService({ store, region: REGION, accountId: ACCOUNT });
    const config = await serve([
      {
        signingName: 'logs',
        schemas: logs,
        operations: {
          FilterLogEvents: (input: logs.FilterLogEventsRequest, call) => {
            if (input.logStreamNames === undefined)
              return operations['FilterLogEvents']?.(input, call);
            throw new AwsError('ResourceNotFoundException', 'The log stream does not exist.');
          },
        },
      },
    ]);
    const spans = ['quiet', 'never-ran'].map(span);

    const found = await logLines(new logs.CloudWatchLogsClient(config)).lines(
      aService(),
      spans,
      signal,
    );

    expect(found).toEqual([{ taskId: 'quiet', lines: ['first words'] }]);
  });
});

test('a service without logs has no lines', async () => {
  const { logGroup: _, ...rest } = aService();
  const mute: GuardedService = rest;

  expect(await read([], ['a'], mute)).toEqual([]);
});

test('no task, no call', async () => {
  expect(await read([], [], { ...aService(), logGroup: '/no/such/group' })).toEqual([]);
});

test('a group that is gone is an error', async () => {
  const work = read([], ['a'], { ...aService(), logGroup: '/no/such/group' });

  expect(await codeOf(work)).toBe('dependency.missing');
});
