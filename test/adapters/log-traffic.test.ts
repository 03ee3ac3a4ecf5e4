/** The log reader with the real SDK over HTTP, against the lab's log store. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { logTraffic } from '../../functions/adapters/aws/log-traffic.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aService, NOW } from '../core/builders.ts';
import { LogStore } from '../lab/logs/log-store.ts';
import { logsService } from '../lab/logs/logs-service.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';
import { codeOf, serve } from './serving.ts';

const signal = new AbortController().signal;
const service = aService();

describe('the logs', () => {
  const window = { from: earlier(NOW, minutes(5)), to: NOW };

  async function readLogs(
    lines: readonly (readonly [string, unknown])[],
    logFields = service.logFields,
  ) {
    const store = new LogStore({ now: () => NOW });
    store.createGroup('/ecs/checkout-api');
    for (const [stream, line] of lines) {
      const text = typeof line === 'string' ? line : JSON.stringify(line);
      store.put('/ecs/checkout-api', `app/app/${stream}`, NOW - 1_000, text);
    }
    const config = await serve([logsService({ store, region: REGION, accountId: ACCOUNT })]);
    return logTraffic(new CloudWatchLogsClient(config)).traffic(
      { ...service, logFields },
      window,
      signal,
    );
  }

  test('are counted per task; lines without a status do not count', async () => {
    const reading = await readLogs([
      ['a', { status: 200 }],
      ['a', { status: 503, msg: 'upstream', traceId: '1-2-3' }],
      ['b', { status: 404 }],
      ['b', { msg: 'started' }],
      ['b', 'plain text'],
    ]);

    expect(reading.truncated).toBe(false);
    expect(reading.tasks).toEqual([
      { taskId: 'a', requests: 2, errors: 1, lastErrors: ['503 upstream'], traceIds: ['1-2-3'] },
      { taskId: 'b', requests: 1, errors: 0, lastErrors: [], traceIds: [] },
    ]);
  });

  test('are found by the names that the service gives its fields', async () => {
    const logFields = { status: 'http.status', traceId: 'trace.id', message: 'message' };

    const reading = await readLogs(
      [['a', { http: { status: 500 }, trace: { id: 't' }, message: 'boom' }]],
      logFields,
    );

    expect(reading.tasks).toEqual([
      { taskId: 'a', requests: 1, errors: 1, lastErrors: ['500 boom'], traceIds: ['t'] },
    ]);
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

  test('of a busy service are read page by page, and a reading that was cut says so', async () => {
    const line = JSON.stringify({ status: 200, msg: 'x'.repeat(400) });
    const lines = Array.from({ length: 30_000 }, () => ['a', line] as const);

    const reading = await readLogs(lines);

    expect(reading.truncated).toBe(true);
    expect(reading.tasks[0]?.requests).toBeGreaterThan(10_000);
  });

  test('fail when the group is gone', async () => {
    const config = await serve([
      logsService({ store: new LogStore(), region: REGION, accountId: ACCOUNT }),
    ]);

    expect(
      await codeOf(logTraffic(new CloudWatchLogsClient(config)).traffic(service, window, signal)),
    ).toBe('dependency.missing');
  });
});
