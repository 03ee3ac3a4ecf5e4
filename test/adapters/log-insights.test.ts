/**
 * A busy service: FilterLogEvents against the lab's log store, Logs Insights with made-up answers.
 */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { logTraffic } from '../../functions/adapters/aws/log-traffic.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aService, NOW } from '../core/builders.ts';
import { AwsError, type OperationTable } from '../lab/gateway/operation.ts';
import { LogStore } from '../lab/logs/log-store.ts';
import { logsService } from '../lab/logs/logs-service.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';
import { codeOf, serve } from './serving.ts';

const signal = new AbortController().signal;
const window = { from: earlier(NOW, minutes(5)), to: NOW };
const GIGABYTE = 2 ** 30;
/** More than is counted line by line. */
const LINES = 12_000;

const row = (values: Readonly<Record<string, string>>): logs.ResultField[] =>
  Object.entries(values).map(([field, value]) => ({ field, value }));

/** A store of so many lines, and Logs Insights as the operations say. */
async function readBusy(
  line: object,
  insights: OperationTable,
  options: { readonly insightsTimeMs?: number } = {},
) {
  const store = new LogStore({ now: () => NOW });
  const text = JSON.stringify(line);
  for (let n = 0; n < LINES; n += 1) {
    store.put('/ecs/checkout-api', 'app/app/a', NOW - 1_000, text);
  }
  const { operations } = logsService({ store, region: REGION, accountId: ACCOUNT });
  const config = await serve([
    { signingName: 'logs', schemas: logs, operations: { ...operations, ...insights } },
  ]);
  const reader = logTraffic(new logs.CloudWatchLogsClient(config), { firstLookMs: 1, ...options });
  const service = aService();
  const logFields = { ...service.logFields, status: ['status', 'res.code'], duration: ['took'] };
  return reader.traffic({ ...service, logFields }, window, signal);
}

/** Answers the queries one after another; each is still running at the first look. */
function answering(...answers: readonly (readonly logs.ResultField[][])[]) {
  const queries: logs.StartQueryRequest[] = [];
  let looks = 0;
  const operations: OperationTable = {
    StartQuery: (input: logs.StartQueryRequest) => {
      looks = 0;
      return { queryId: `query-${queries.push(input)}` };
    },
    GetQueryResults: ({ queryId }: logs.GetQueryResultsRequest) => {
      looks += 1;
      if (looks === 1) return { status: 'Running', statistics: { bytesScanned: GIGABYTE } };
      return {
        status: 'Complete',
        results: answers[Number(queryId?.split('-')[1]) - 1] ?? [],
        statistics: { bytesScanned: 2 * GIGABYTE },
      };
    },
  };
  return { queries, operations };
}

describe('a window of many requests', () => {
  const counts = [
    row({ '@logStream': 'app/app/a', requests: '90000', errors: '700.0', timed: '5', slow: '2' }),
    row({ '@logStream': 'app/app/b', requests: '91000', errors: '0', timed: '0' }),
  ];
  const errors = [3, 2, 1].map((n) =>
    row({
      '@logStream': 'app/app/a',
      '@message': JSON.stringify({ status: 500, msg: `token=abcdef ${n}`, traceId: `t${n}` }),
      '@ptr': 'CmEKJgoi',
    }),
  );

  test('is counted by Logs Insights, whole and with the newest errors', async () => {
    const { operations } = answering(counts, errors);

    const reading = await readBusy({ status: 200 }, operations);

    expect(reading).toEqual({
      ...window,
      basis: 'status',
      truncated: false,
      // The first pages, then two queries of one start and two looks each.
      cost: { source: 'Logs Insights', calls: 7, bytesScanned: 4 * GIGABYTE, usd: 0.02 },
      tasks: [
        {
          taskId: 'a',
          requests: 90_000,
          errors: 700,
          timed: 5,
          slow: 2,
          lastErrors: [1, 2, 3].map((n) => `500 token=[redacted] ${n}`),
          traceIds: ['t1', 't2', 't3'],
        },
        {
          taskId: 'b',
          requests: 91_000,
          errors: 0,
          timed: 0,
          slow: 0,
          lastErrors: [],
          traceIds: [],
        },
      ],
    });
  });

  test('is asked for by every field name, over the same window', async () => {
    const { operations, queries } = answering(counts, errors);

    await readBusy({ status: 200 }, operations);

    expect(queries[0]).toMatchObject({
      logGroupName: '/ecs/checkout-api',
      startTime: Math.floor(window.from / 1_000),
      endTime: Math.ceil(window.to / 1_000),
    });
    expect(queries.map(({ queryString }) => queryString)).toMatchInlineSnapshot(`
      [
        "fields coalesce(\`status\`, \`res.code\`) as healStatus
      | fields coalesce(\`took\`) as healTook
      | filter healStatus >= 100 and healStatus < 600
      | fields floor(healStatus / 500) as healFailed
      | fields healTook - 1000 as healOver
      | fields least(1, greatest(0, ceil(healOver))) as healLate
      | stats count(*) as requests, sum(healFailed) as errors, count(healOver) as timed, sum(healLate) as slow
        by @logStream
      | limit 10000",
        "fields @timestamp, @logStream, @message
      | fields coalesce(\`status\`, \`res.code\`) as healStatus
      | filter healStatus >= 500 and healStatus < 600
      | sort @timestamp desc
      | limit 500",
      ]
    `);
  });

  test('costs one query when nothing failed', async () => {
    const { operations, queries } = answering([counts[1] ?? []]);

    const reading = await readBusy({ status: 200 }, operations);

    expect(queries).toHaveLength(1);
    expect(reading.tasks).toMatchObject([{ taskId: 'b', requests: 91_000, errors: 0 }]);
  });

  test('keeps its counts when the error lines cannot be read', async () => {
    const { operations } = answering(counts);
    let started = 0;

    const reading = await readBusy(
      { status: 500, msg: 'boom' },
      {
        ...operations,
        StartQuery: (input, call) => {
          started += 1;
          if (started > 1) throw new AwsError('LimitExceededException', 'too many queries');
          return operations['StartQuery']?.(input, call);
        },
      },
    );

    expect(reading).toMatchObject({ truncated: false, cost: { source: 'Logs Insights' } });
    expect(reading.tasks[0]).toMatchObject({ requests: 90_000, errors: 700 });
    expect(reading.tasks[0]?.lastErrors).toContain('500 boom');
  });
});

describe('a search that takes too long', () => {
  async function readSlow(insights: OperationTable) {
    const held = Promise.withResolvers<logs.FilterLogEventsResponse>();
    const line = { logStreamName: 'app/app/a', message: '{"status":200}', timestamp: NOW };
    const config = await serve([
      {
        signingName: 'logs',
        schemas: logs,
        operations: {
          ...insights,
          FilterLogEvents: ({ nextToken }: logs.FilterLogEventsRequest) =>
            nextToken === undefined ? { events: [line], nextToken: 'more' } : held.promise,
        },
      },
    ]);
    onTestFinished(() => held.resolve({}));
    const options = { firstLookMs: 1, searchTimeMs: 100 };
    const reader = logTraffic(new logs.CloudWatchLogsClient(config), options);
    return reader.traffic(aService(), window, signal);
  }

  test('is left to Logs Insights', async () => {
    const counts = [row({ '@logStream': 'app/app/a', requests: '90000', errors: '0' })];

    const reading = await readSlow(answering(counts).operations);

    expect(reading).toMatchObject({ truncated: false, tasks: [{ requests: 90_000 }] });
  });

  test('makes the logs unreadable when there is no Logs Insights', async () => {
    expect(await codeOf(readSlow({}))).toBe('dependency.unavailable');
  });
});

describe('a window of many lines without a status', () => {
  test('is counted by level, which is told from the groups', async () => {
    const group = (level: string, requests: string) =>
      row({ '@logStream': 'app/app/a', healLevel: level, requests, timed: '0' });
    const { operations, queries } = answering(
      [group('info', '70000'), group('30', '5'), group('ERROR', '40'), group('60', '2')],
      [row({ '@logStream': 'app/app/a', '@message': '{"level":"ERROR","msg":"no pool"}' })],
    );

    const reading = await readBusy({ level: 'info', msg: 'tick' }, operations);

    expect(reading).toMatchObject({ basis: 'level', truncated: false });
    expect(reading.tasks).toMatchObject([
      { requests: 70_047, errors: 42, lastErrors: ['error no pool'] },
    ]);
    expect(queries.map(({ queryString }) => queryString)).toMatchInlineSnapshot(`
      [
        "fields coalesce(\`level\`, \`severity\`, \`log_level\`) as healLevel
      | fields coalesce(\`took\`) as healTook
      | filter ispresent(healLevel)
      | fields healTook - 1000 as healOver
      | fields least(1, greatest(0, ceil(healOver))) as healLate
      | stats count(*) as requests, count(healOver) as timed, sum(healLate) as slow
        by @logStream, healLevel
      | limit 10000",
        "fields @timestamp, @logStream, @message
      | fields coalesce(\`level\`, \`severity\`, \`log_level\`) as healLevel
      | filter healLevel >= 50 or healLevel like /(?i)^(err(or)?|fatal|crit(ical)?|alert|emerg(ency)?|d?panic|severe)/
      | sort @timestamp desc
      | limit 500",
      ]
    `);
  });
});

describe('a sample does when Logs Insights', () => {
  const refusing = (code: string): OperationTable => ({
    StartQuery: () => {
      throw new AwsError(code, 'no');
    },
  });
  const ending = (status: string): OperationTable => ({
    StartQuery: () => ({ queryId: 'query-1' }),
    GetQueryResults: () => ({ status, statistics: { bytesScanned: GIGABYTE } }),
  });
  const answer = Array.from({ length: 10_000 }, (_, n) => row({ '@logStream': `a/${n}` }));

  test.each([
    ['is not permitted', refusing('AccessDeniedException')],
    ['does not take the query', refusing('MalformedQueryException')],
    ['has too many queries', refusing('LimitExceededException')],
    ['fails', ending('Failed')],
    ['is cancelled', ending('Cancelled')],
    ['gives up', ending('Timeout')],
    ['has more groups than one answer holds', answering(answer).operations],
  ])('%s', async (_name, operations) => {
    const reading = await readBusy({ status: 200 }, operations);

    expect(reading).toMatchObject({
      basis: 'status',
      truncated: true,
      cost: { source: 'FilterLogEvents' },
    });
    expect(reading.tasks[0]?.requests).toBeGreaterThanOrEqual(10_000);
  });

  test('takes too long, and what it scanned is still paid', async () => {
    const reading = await readBusy({ status: 200 }, ending('Running'), { insightsTimeMs: 200 });

    expect(reading).toMatchObject({
      truncated: true,
      cost: { source: 'FilterLogEvents', bytesScanned: GIGABYTE, usd: 0.005 },
    });
  });
});
