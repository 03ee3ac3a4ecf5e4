/** The log reader with the real SDK over HTTP, against the lab's log store. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { logTraffic } from '../../functions/adapters/aws/log-traffic.ts';
import { DEFAULT_LOG_FIELDS, type LogFields } from '../../functions/core/guarded-service.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aService, NOW } from '../core/builders.ts';
import { LogStore } from '../lab/logs/log-store.ts';
import { logsService } from '../lab/logs/logs-service.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';
import { SAMPLES } from './log-samples.ts';
import { codeOf, serve } from './serving.ts';

const signal = new AbortController().signal;
const service = aService();
const window = { from: earlier(NOW, minutes(5)), to: NOW };
const none = { timed: 0, slow: 0, lastErrors: [], traceIds: [] };

async function readLogs(
  lines: readonly (readonly [string, unknown])[],
  names: Partial<LogFields> = {},
) {
  const store = new LogStore({ now: () => NOW });
  store.createGroup('/ecs/checkout-api');
  for (const [stream, line] of lines) {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    store.put('/ecs/checkout-api', `app/app/${stream}`, NOW - 1_000, text);
  }
  const config = await serve([logsService({ store, region: REGION, accountId: ACCOUNT })]);
  const logFields = { ...DEFAULT_LOG_FIELDS, ...names };
  const reader = logTraffic(new CloudWatchLogsClient(config));
  return reader.traffic({ ...service, logFields }, window, signal);
}

describe('the logs', () => {
  test('are counted per task; lines without a status do not count', async () => {
    const reading = await readLogs([
      ['a', { status: 200 }],
      ['a', { status: 503, msg: 'upstream', traceId: '1-2-3' }],
      ['b', { status: 404 }],
      ['b', { msg: 'started', level: 'error' }],
      ['b', 'plain text'],
      ['b', '{"status":500'],
    ]);

    expect(reading).toEqual({
      ...window,
      basis: 'status',
      cost: { source: 'FilterLogEvents', calls: 1, usd: 0 },
      truncated: false,
      tasks: [
        {
          ...none,
          taskId: 'a',
          requests: 2,
          errors: 1,
          lastErrors: ['503 upstream'],
          traceIds: ['1-2-3'],
        },
        { ...none, taskId: 'b', requests: 1, errors: 0 },
      ],
    });
  });

  test('are found by the names that the service gives its fields', async () => {
    const names = { status: ['http.status'], traceId: ['my.trace'], message: ['text'] };

    const reading = await readLogs(
      [['a', { http: { status: 500 }, my: { trace: 't' }, text: 'boom', status: 200 }]],
      names,
    );

    expect(reading.tasks).toEqual([
      { ...none, taskId: 'a', requests: 1, errors: 1, lastErrors: ['500 boom'], traceIds: ['t'] },
    ]);
  });

  test('of well-known loggers need no configuration', async () => {
    // A key that itself holds a dot cannot be searched for.
    const found = SAMPLES.filter(([name]) => name !== 'flat keys');

    const reading = await readLogs(found.map(([name, line]) => [name, line]));

    const counts = reading.tasks.map(({ taskId, errors, timed }) => [taskId, errors, timed]);
    expect(counts).toEqual(found.map(([name]) => [name, 1, 1]));
  });

  test('tell slow requests from quick ones, and leave out those of unknown duration', async () => {
    const reading = await readLogs([
      ['a', { status: 200, durationMs: 1_000 }],
      ['a', { status: 200, durationMs: 1_000.5 }],
      ['a', { status: 500, durationMs: '2.5s' }],
      ['a', { status: 200, durationMs: 'long' }],
    ]);

    expect(reading.tasks).toMatchObject([{ requests: 4, timed: 3, slow: 2 }]);
  });

  test('keep the last five errors, redacted', async () => {
    const lines = Array.from(
      { length: 9 },
      (_, n) => ['a', { status: 500, msg: `login ${n} password=hunter2` }] as const,
    );

    const reading = await readLogs(lines);

    expect(reading.tasks[0]?.lastErrors).toEqual(
      [4, 5, 6, 7, 8].map((n) => `500 login ${n} password=[redacted]`),
    );
  });

  test('fail when the group is gone', async () => {
    const store = new LogStore();
    const config = await serve([logsService({ store, region: REGION, accountId: ACCOUNT })]);
    const reader = logTraffic(new CloudWatchLogsClient(config));

    expect(await codeOf(reader.traffic(service, window, signal))).toBe('dependency.missing');
  });
});

describe('the logs of a service that writes no status', () => {
  test('are counted by level, in words or in numbers', async () => {
    const reading = await readLogs([
      ['a', { level: 30, msg: 'listening' }],
      ['a', { level: 50, msg: 'query failed', err: { message: 'no pool' } }],
      ['b', { severity: 'INFO', message: 'ok' }],
      ['b', { severity: 'Critical', message: 'gone', trace_id: 't' }],
      ['b', { msg: 'no level' }],
      ['c', 'ERROR plain text'],
    ]);

    expect(reading).toMatchObject({ basis: 'level', truncated: false, cost: { calls: 2 } });
    expect(reading.tasks).toEqual([
      { ...none, taskId: 'a', requests: 2, errors: 1, lastErrors: ['error query failed: no pool'] },
      {
        ...none,
        taskId: 'b',
        requests: 2,
        errors: 1,
        lastErrors: ['critical gone'],
        traceIds: ['t'],
      },
    ]);
  });

  test('may be of no use at all', async () => {
    const reading = await readLogs([
      ['a', 'ERROR: connection refused'],
      ['a', { message: 'no level here' }],
    ]);

    expect(reading).toMatchObject({ basis: 'none', tasks: [], truncated: false });
  });

  test('may be empty', async () => {
    expect(await readLogs([])).toMatchObject({ basis: 'none', tasks: [], truncated: false });
  });
});
