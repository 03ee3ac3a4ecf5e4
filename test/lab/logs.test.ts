import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { LogStore } from './logs/log-store.ts';
import { logsService } from './logs/logs-service.ts';

const PLACE = { region: 'eu-west-1', accountId: '000000000000' };
const GROUP = '/ecs/web';

let now: number;
let store: LogStore;
let gateway: Gateway;
let client: CloudWatchLogsClient;

beforeEach(async () => {
  now = 1_000_000;
  store = new LogStore({ now: () => now, visibleAfterMs: 500 });
  const services = [logsService({ store, ...PLACE })];
  gateway = await startGateway({ events: new LabEvents(), services, ...PLACE });
  client = new CloudWatchLogsClient(clientConfig(gateway.url, PLACE.region, 'LABTEST'));
});

afterEach(async () => {
  client.destroy();
  await gateway.close();
});

/** Events of two tasks, interleaved, visible by the time this returns. */
function putTasks(count: number, message = (index: number) => `line ${index}`): void {
  for (let index = 0; index < count; index++) {
    store.put(
      GROUP,
      index % 2 === 0 ? 'web/app/even' : 'web/app/odd',
      1000 + index,
      message(index),
    );
  }
  now += 500;
}

const filter = (input: Partial<FilterLogEventsCommandInput> = {}) =>
  client.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));

async function messages(input: Partial<FilterLogEventsCommandInput> = {}) {
  return ((await filter(input)).events ?? []).map(({ message }) => message);
}

describe('FilterLogEvents', () => {
  it('merges streams by timestamp, whatever the order of arrival', async () => {
    store.put(GROUP, 'b', 3000, 'third');
    store.put(GROUP, 'a', 1000, 'first');
    store.put(GROUP, 'b', 2000, 'second');
    store.put(GROUP, 'a', 2000, 'second too');
    now += 500;
    const { events } = await filter();
    expect(events?.map(({ message }) => message)).toEqual([
      'first',
      'second',
      'second too',
      'third',
    ]);
    expect(events?.[0]).toEqual({
      logStreamName: 'a',
      timestamp: 1000,
      message: 'first',
      ingestionTime: 1_000_000,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('takes times inclusively, and streams by name or prefix', async () => {
    putTasks(6);
    expect(await messages({ startTime: 1001, endTime: 1003 })).toEqual([
      'line 1',
      'line 2',
      'line 3',
    ]);
    expect(await messages({ logStreamNames: ['web/app/odd'] })).toEqual([
      'line 1',
      'line 3',
      'line 5',
    ]);
    expect(await messages({ logStreamNamePrefix: 'web/app/e' })).toEqual([
      'line 0',
      'line 2',
      'line 4',
    ]);
  });

  it('takes the group by name or ARN in logGroupIdentifier', async () => {
    putTasks(1);
    const arn = `arn:aws:logs:eu-west-1:000000000000:log-group:${GROUP}`;
    for (const logGroupIdentifier of [GROUP, arn]) {
      const { events } = await client.send(new FilterLogEventsCommand({ logGroupIdentifier }));
      expect(events).toHaveLength(1);
    }
  });

  it('pages by limit, and neither loses nor repeats what shares a timestamp', async () => {
    for (let index = 0; index < 25; index++) store.put(GROUP, `s${index}`, 5000, `line ${index}`);
    now += 500;
    const paginator = paginateFilterLogEvents({ client, pageSize: 10 }, { logGroupName: GROUP });
    const pages: string[][] = [];
    for await (const { events } of paginator)
      pages.push((events ?? []).map((it) => it.message ?? ''));
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(Array.from({ length: 25 }, (_, index) => `line ${index}`));
  });

  it('ends a page at 10,000 events, or about 1 MB', async () => {
    putTasks(10_001);
    const first = await filter();
    expect(first.events).toHaveLength(10_000);
    expect(await messages({ nextToken: first.nextToken })).toEqual(['line 10000']);
    for (let index = 0; index < 5; index++) store.put('/big', 's', index, 'x'.repeat(300_000));
    now += 500;
    const big = await filter({ logGroupName: '/big' });
    expect(big.events).toHaveLength(3);
    const rest = await filter({ logGroupName: '/big', nextToken: big.nextToken });
    expect(rest.events).toHaveLength(2);
    expect(rest.nextToken).toBeUndefined();
  });

  it('filters', async () => {
    putTasks(6, (index) =>
      JSON.stringify({ level: index > 3 ? 'ERROR' : 'INFO', status: 100 * index }),
    );
    expect(await messages({ filterPattern: '{ $.level = "ERROR" && $.status < 500 }' })).toEqual([
      '{"level":"ERROR","status":400}',
    ]);
  });

  it('shows an event only when it has been ingested', async () => {
    store.put(GROUP, 's', 1, 'fresh');
    expect(await messages()).toEqual([]);
    now += 499;
    expect(await messages()).toEqual([]);
    now += 1;
    expect(await messages()).toEqual(['fresh']);
  });

  it.each([
    [{ logGroupName: '/nobody' }, 'ResourceNotFoundException', '/nobody'],
    [{ limit: 10_001 }, 'InvalidParameterException', 'limit: got 10001'],
    [{ startTime: 5, endTime: 4 }, 'InvalidParameterException', 'startTime: got 5'],
    [{ startTime: 1.5 }, 'InvalidParameterException', 'startTime: got 1.5'],
    [{ nextToken: 'x' }, 'InvalidParameterException', 'nextToken is invalid'],
    [{ filterPattern: '[a, b]' }, 'InvalidParameterException', 'filterPattern: got [a, b]'],
    [{ logGroupIdentifier: GROUP }, 'InvalidParameterException', 'want exactly one'],
    [{ logStreamNames: ['a'], logStreamNamePrefix: 'a' }, 'InvalidParameterException', 'got both'],
  ])('refuses %j', async (input, name, message) => {
    store.createGroup(GROUP);
    await expect(filter(input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it('refuses the ARN DescribeLogGroups calls arn, and a token of another query', async () => {
    putTasks(4);
    const identifier = `arn:aws:logs:eu-west-1:000000000000:log-group:${GROUP}:*`;
    const asking = client.send(new FilterLogEventsCommand({ logGroupIdentifier: identifier }));
    await expect(asking).rejects.toThrow('logGroupIdentifier: got');
    const { nextToken } = await filter({ limit: 2 });
    await expect(filter({ startTime: 1, nextToken })).rejects.toThrow('nextToken is invalid');
  });
});

describe('GetLogEvents', () => {
  const stream = 'web/app/even';
  const get = async (input: Partial<GetLogEventsCommandInput> = {}) => {
    const query = { logGroupName: GROUP, logStreamName: stream, ...input };
    const output = await client.send(new GetLogEventsCommand(query));
    return { ...output, messages: (output.events ?? []).map(({ message }) => message) };
  };

  it('reads the end of a stream first, unless told to start at its head', async () => {
    putTasks(10);
    expect((await get({ limit: 2 })).messages).toEqual(['line 6', 'line 8']);
    expect((await get({ limit: 2, startFromHead: true })).messages).toEqual(['line 0', 'line 2']);
    const range = { startTime: 1002, endTime: 1006 };
    expect((await get(range)).messages).toEqual(['line 2', 'line 4']);
  });

  it('follows its tokens both ways, and repeats the token at the end', async () => {
    putTasks(6);
    const first = await get({ limit: 2, startFromHead: true });
    const second = await get({ limit: 2, nextToken: first.nextForwardToken });
    expect(second.messages).toEqual(['line 4']);
    const end = await get({ limit: 2, nextToken: second.nextForwardToken });
    expect(end.messages).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    const back = await get({ limit: 1, nextToken: second.nextBackwardToken });
    expect(back.messages).toEqual(['line 2']);
    store.put(GROUP, stream, 9000, 'late');
    now += 500;
    expect((await get({ nextToken: end.nextForwardToken })).messages).toEqual(['late']);
  });

  it('knows no unknown stream', async () => {
    putTasks(1);
    const asking = get({ logStreamName: 'nobody' });
    await expect(asking).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('descriptions', () => {
  it('list groups by prefix or part, page by page', async () => {
    for (const name of ['/ecs/b', '/ecs/a', '/aws/lambda/x']) store.createGroup(name);
    const describeGroups = (input: object) => client.send(new DescribeLogGroupsCommand(input));
    const first = await describeGroups({ logGroupNamePrefix: '/ecs/', limit: 1 });
    expect(first.logGroups).toMatchObject([
      {
        logGroupName: '/ecs/a',
        arn: 'arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/a:*',
        logGroupArn: 'arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/a',
      },
    ]);
    const query = { logGroupNamePrefix: '/ecs/', nextToken: first.nextToken };
    const second = await describeGroups(query);
    expect(second.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/ecs/b']);
    expect(second.nextToken).toBeUndefined();
    expect((await describeGroups({ logGroupNamePattern: 'lambda' })).logGroups).toHaveLength(1);
  });

  it('list streams by name or by their last event', async () => {
    store.put(GROUP, 'a', 3000, 'x');
    store.put(GROUP, 'b', 1000, 'x');
    store.put(GROUP, 'b', 2000, 'x');
    const names = async (input: object) => {
      const command = new DescribeLogStreamsCommand({ logGroupName: GROUP, ...input });
      return (await client.send(command)).logStreams ?? [];
    };
    expect((await names({})).map((it) => it.logStreamName)).toEqual(['a', 'b']);
    const byTime = await names({ orderBy: 'LastEventTime' });
    expect(byTime).toMatchObject([
      { logStreamName: 'b', firstEventTimestamp: 1000, lastEventTimestamp: 2000 },
      { logStreamName: 'a' },
    ]);
    const newest = await names({ orderBy: 'LastEventTime', descending: true, limit: 1 });
    expect(newest.map((it) => it.logStreamName)).toEqual(['a']);
    expect(await names({ logStreamNamePrefix: 'b' })).toHaveLength(1);
    await expect(names({ limit: 51 })).rejects.toThrow('limit: got 51');
  });
});

describe('LogStore', () => {
  it('drops the oldest events when a group is full', () => {
    const small = new LogStore({ now: () => now, maxEventsPerGroup: 100 });
    for (let index = 0; index < 1000; index++) small.put('g', 's', index, `${index}`);
    const kept = [...small.events('g')];
    expect(kept.length).toBeLessThanOrEqual(110);
    expect(kept.at(-1)?.message).toBe('999');
    const bytes = kept.reduce((sum, { message }) => sum + message.length + 26, 0);
    expect(small.group('g')?.bytes).toBe(bytes);
  });
});
