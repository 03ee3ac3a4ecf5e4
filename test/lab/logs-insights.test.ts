import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  StartQueryCommand,
  type StartQueryCommandInput,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { parseQuery } from './logs/insights/query.ts';
import { runQuery } from './logs/insights/run-query.ts';
import { LogStore } from './logs/log-store.ts';
import { logsService } from './logs/logs-service.ts';

const PLACE = { region: 'eu-west-1', accountId: '000000000000' };
const GROUP = '/ecs/web';
const RANGE = { groups: [GROUP], startTime: 0, endTime: 100 };

/** Two tasks: four requests with one error, and two without; and lines that are no requests. */
function requests(): LogStore {
  const store = new LogStore();
  const put = (stream: string, second: number, line: object): void =>
    store.put(GROUP, stream, second * 1_000, JSON.stringify(line));
  put('app/a', 1, { level: 'info', status: 200, durationMs: 10, path: '/work' });
  put('app/a', 2, { level: 'info', status: 200, durationMs: 30, path: '/work' });
  put('app/a', 3, { level: 'error', status: 503, durationMs: 900, err: { type: 'PoolError' } });
  put('app/a', 4, { level: 'info', status: '404', path: '/none' });
  put('app/b', 5, { level: 'info', status: 200, durationMs: 20, path: '/work' });
  put('app/b', 6, { level: 'warn', status: 200, durationMs: 40, path: '/pay' });
  put('app/b', 7, { level: 'info', msg: 'ready', status: null });
  store.put(GROUP, 'app/b', 8_000, 'no JSON at all');
  return store;
}

/** Rows as objects, without the pointers. */
function rowsOf(query: string, store = requests()): readonly Record<string, string>[] {
  const { results } = runQuery(store, parseQuery(query), RANGE);
  return results.map((fields) =>
    Object.fromEntries(
      fields.flatMap(({ field = '', value = '' }) => (field === '@ptr' ? [] : [[field, value]])),
    ),
  );
}

function streams(condition: string): readonly string[] {
  const query = `filter ${condition} | fields @timestamp | sort @timestamp asc`;
  return rowsOf(query).map((row) => row['@timestamp']?.slice(18, 19) ?? '');
}

describe('a query of Logs Insights', () => {
  it('counts the requests, errors and times of each stream', () => {
    const query = `filter ispresent(status)
      | stats count(*) as requests, sum(status >= 500) as errors, pct(durationMs, 50) as p50,
        avg(durationMs), min(durationMs) as least, count(durationMs) as timed by @logStream
      | sort requests desc`;

    expect(rowsOf(query)).toEqual([
      {
        '@logStream': 'app/a',
        requests: '4',
        errors: '1',
        p50: '30',
        'avg(durationMs)': String(940 / 3),
        least: '10',
        timed: '3',
      },
      {
        '@logStream': 'app/b',
        requests: '2',
        errors: '0',
        p50: '30',
        'avg(durationMs)': '30',
        least: '20',
        timed: '2',
      },
    ]);
  });

  it('counts by arithmetic over fields that may be missing', () => {
    const query = `fields coalesce(\`http.status\`, \`status\`) as s, durationMs - 100 as over
      | filter s >= 100 and s < 600
      | fields floor(s / 500) as failed, least(1, greatest(0, ceil(over))) as late
      | stats count(*) as requests, sum(failed) as errors, sum(late) as slow by @logStream, level
      | filter errors > 0
      | limit 10`;

    expect(rowsOf(query)).toEqual([
      { '@logStream': 'app/a', level: 'error', requests: '1', errors: '1', slow: '1' },
    ]);
  });

  it('shows lines, newest first, and by default their time and text', () => {
    const shown = rowsOf(
      'fields @logStream, err.type, level | filter level like /(?i)^(ERR|WARN)/',
    );
    const [line] = rowsOf('filter level = "warn"');

    expect(shown).toEqual([
      { '@logStream': 'app/b', level: 'warn' },
      { '@logStream': 'app/a', 'err.type': 'PoolError', level: 'error' },
    ]);
    expect(line).toEqual({
      '@timestamp': '1970-01-01 00:00:06.000',
      '@message': expect.stringContaining('"path":"/pay"'),
    });
  });

  it.each([
    ['status = 404', '4'],
    ['status != 200', '34'],
    ['status in [404, 503]', '34'],
    ['path like /w.rk/ and not durationMs > 20', '15'],
    ['path like "pay" or status >= 500', '36'],
    ['(path like "pay" or status >= 500) and durationMs < 100', '6'],
    ['ispresent(status)', '123456'],
    ['not ispresent(status)', '78'],
    ['durationMs / 10 + 1 = 2', '1'],
    ['level > 5', ''],
    ["strlen(path) = 4 and toupper(level) = 'WARN'", '6'],
    ['@message like /no JSON/', '8'],
    ['status = 200 # a comment\n', '1256'],
  ])('filter %s', (condition, seconds) => {
    expect(streams(condition).join('')).toBe(seconds);
  });

  it('gives nothing for a sum of nothing', () => {
    expect(rowsOf('filter level = "none" | stats sum(status) as errors')).toEqual([]);
    expect(rowsOf('filter msg = "ready" | stats sum(status) as errors, count(*) as n')).toEqual([
      { n: '1' },
    ]);
  });

  it.each([
    ['', 'unexpected the end'],
    ['parse @message "*" as x', 'unknown command parse'],
    ['filter status >', 'unexpected the end, wanted a name'],
    ['filter level like error', 'wanted a pattern such as /word/'],
    ['filter a = 1 b', 'unexpected b at 13, wanted | or the end'],
    ['filter nosuch(a)', 'unknown function nosuch'],
    ['stats latest(a)', 'unknown aggregation latest'],
    ['stats pct(a, 101)', 'wanted a percentile'],
    ['limit 10001', 'wanted a limit from 1 to 10000'],
    ['filter a like /(/', 'invalid regular expression'],
    ['filter a = §', 'unexpected symbol found §'],
  ])('%s is malformed', (query, problem) => {
    expect(() => parseQuery(query)).toThrow(problem);
  });
});

describe('StartQuery, GetQueryResults and StopQuery', () => {
  let now: number;
  let gateway: Gateway;
  let client: CloudWatchLogsClient;

  beforeEach(async () => {
    now = 1_000_000;
    const services = [logsService({ store: requests(), now: () => now, queryMs: 500, ...PLACE })];
    gateway = await startGateway({ events: new LabEvents(), services, ...PLACE });
    client = new CloudWatchLogsClient(clientConfig(gateway.url, PLACE.region, 'LABTEST'));
  });

  afterEach(async () => {
    client.destroy();
    await gateway.close();
  });

  const start = async (input: Partial<StartQueryCommandInput> = {}): Promise<string> => {
    const query = {
      logGroupName: GROUP,
      startTime: 2,
      endTime: 5,
      queryString: 'filter status > 0',
    };
    const { queryId = '' } = await client.send(new StartQueryCommand({ ...query, ...input }));
    return queryId;
  };
  const look = (queryId: string) => client.send(new GetQueryResultsCommand({ queryId }));

  it('run for a while, then are complete, with what they cost', async () => {
    const queryId = await start();
    const running = await look(queryId);
    now += 500;
    const complete = await look(queryId);

    expect(running).toMatchObject({ status: 'Running', results: [] });
    expect(complete).toMatchObject({
      status: 'Complete',
      statistics: { recordsMatched: 4, recordsScanned: 4, bytesScanned: expect.any(Number) },
    });
    expect(complete.results).toHaveLength(4);
    expect(complete.results?.[0]?.map(({ field }) => field)).toEqual([
      '@timestamp',
      '@message',
      '@ptr',
    ]);
  });

  it('take a limit, and several groups', async () => {
    const arn = `arn:aws:logs:${PLACE.region}:${PLACE.accountId}:log-group:${GROUP}`;
    const group = { logGroupName: undefined, logGroupIdentifiers: [arn], limit: 1 };
    const queryId = await start(group);
    now += 500;

    expect((await look(queryId)).results).toHaveLength(1);
  });

  it('can be stopped while they run', async () => {
    const queryId = await start();
    const stop = () => client.send(new StopQueryCommand({ queryId }));

    expect((await stop()).success).toBe(true);
    expect((await look(queryId)).status).toBe('Cancelled');
    await expect(stop()).rejects.toThrow('Query is already ended with Cancelled status');
  });

  it.each([
    [{ queryString: 'where x' }, 'MalformedQueryException', 'unknown command where'],
    [{ startTime: 9 }, 'InvalidParameterException', 'startTime: got 9'],
    [{ logGroupNames: [GROUP] }, 'InvalidParameterException', 'want exactly one'],
    [{ logGroupName: '/nobody' }, 'ResourceNotFoundException', '/nobody'],
  ])('are refused with %j', async (input, name, message) => {
    await expect(start(input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it('are unknown under another id', async () => {
    await expect(look('nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
