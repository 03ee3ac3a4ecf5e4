import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { deliveries, readFresh } from '../events/manifest.ts';
import { CannedLab } from './canned-lab.ts';

let lab: CannedLab;

beforeAll(async () => {
  lab = await CannedLab.open();
});
afterAll(() => lab.close());
beforeEach(async () => {
  lab.alarmState = 'ALARM';
  lab.gateway.faults.clear();
  lab.makeIll(0);
  await lab.forget();
});

const ILL = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10';
const ALARM = readFresh('eventbridge-alarm-metricmath-ALARM.json');

/** Arguments of the stops that were sent since. */
function stopsSince(count: number): readonly string[] {
  return lab
    .calls('StopTask')
    .slice(count)
    .map(({ input }) => (input as { task: string }).task);
}

describe('every event through the bundled handler', () => {
  const cases = deliveries().filter(([, { failedMessages }]) => failedMessages === undefined);

  test.each(cases)('%s', async (name, expected) => {
    lab.alarmState = expected.state ?? 'ALARM';
    const before = lab.calls('StopTask').length;

    const payload = await lab.invoke(readFresh(name));

    if (expected.error !== undefined) {
      expect(payload).toMatchObject({
        errorType: expect.stringMatching(/^event\./),
        errorMessage: expect.stringContaining('wanted'),
      });
      expect(stopsSince(before)).toEqual([]);
      return;
    }
    const { verdict, reason } = payload as { verdict: string; reason?: string };
    expect([verdict, reason]).toContain(expected.verdict);
    const acts = expected.verdict === 'act' && !name.includes('dry-run');
    expect(stopsSince(before)).toEqual(acts ? [ILL] : []);
  });

  test('a batch returns exactly the messages that failed', async () => {
    const name = 'sqs-batch-one-good-three-bad.json';
    const before = lab.calls('StopTask').length;

    const payload = await lab.invoke(readFresh(name));

    const failed = [2, 3, 4].map((n) => ({
      itemIdentifier: `00000000-0000-4000-8000-00000000000${n}`,
    }));
    expect(payload).toEqual({ batchItemFailures: failed });
    expect(stopsSince(before)).toEqual([ILL]);
  });
});

describe('a crash', () => {
  afterEach(async () => {
    lab.configure({});
    await lab.redeploy();
  });

  /** Killed at its time limit, long before the answer to the claim arrives. */
  async function claimAndDie(): Promise<void> {
    lab.configure({ claimLeaseSeconds: 0.05 });
    await lab.redeploy({}, 4_000);
    lab.gateway.faults.inject({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      times: 1,
      kind: 'delay',
      delayMs: 60_000,
    });
    expect(await lab.invoke(ALARM)).not.toHaveProperty('verdict');
    expect((await lab.lock()).intent?.victim.taskArn).toBe(ILL);
    await lab.redeploy();
  }

  test('between claim and stop: the next pass stops the claimed task, though another is ill by then', async () => {
    const before = lab.calls('StopTask').length;
    await claimAndDie();
    lab.makeIll(0, 1);

    const outcome = await lab.invoke(ALARM);

    expect(outcome).toMatchObject({ verdict: 'act', task: ILL });
    expect(stopsSince(before)).toEqual([ILL]);
    expect(await lab.lock()).toMatchObject({
      stops: [{ taskArn: ILL }],
      incident: { state: 'verifying', stopped: 1 },
    });
  });

  test('between claim and stop: the claimed task got well by then, and no other is stopped', async () => {
    const before = lab.calls('StopTask').length;
    await claimAndDie();
    lab.makeIll(1);

    const outcome = await lab.invoke(ALARM);

    expect(outcome).toMatchObject({
      verdict: 'hold',
      reason: 'no-suspect',
      detail: 'task 0f3c7a5d was to be stopped, and is not ill any more',
    });
    expect(stopsSince(before)).toEqual([]);
    expect((await lab.lock()).intent?.victim.taskArn).toBe(ILL);
  });

  test('while the claim is young: nobody else touches it', async () => {
    lab.gateway.faults.inject({
      service: 'ecs',
      operation: 'StopTask',
      times: 3,
      kind: 'throttle',
    });
    const before = lab.calls('StopTask').filter(({ status }) => status === 200).length;

    const failed = await lab.invoke(ALARM);
    const second = await lab.invoke(ALARM);

    expect(failed).toMatchObject({ errorMessage: expect.stringContaining('ThrottlingException') });
    expect(second).toMatchObject({ verdict: 'hold', reason: 'lock-held' });
    expect(lab.calls('StopTask').filter(({ status }) => status === 200)).toHaveLength(before);
  });
});

describe('what AWS may do to us', () => {
  test('the answer of the stop is lost: it is sent again for the same task', async () => {
    lab.gateway.faults.inject({
      service: 'ecs',
      operation: 'StopTask',
      times: 1,
      kind: 'lost-response',
    });
    const before = lab.calls('StopTask').length;

    const outcome = await lab.invoke(ALARM);

    expect(outcome).toMatchObject({ verdict: 'act', task: ILL });
    expect(new Set(stopsSince(before))).toEqual(new Set([ILL]));
    expect((await lab.lock()).stops).toHaveLength(1);
  });

  test('the stop is refused: nothing more is tried, and a human is told', async () => {
    lab.gateway.faults.inject({
      service: 'ecs',
      operation: 'StopTask',
      times: 1,
      kind: 'error',
      code: 'AccessDeniedException',
      status: 400,
    });
    const published = lab.calls('Publish').length;

    const outcome = await lab.invoke(ALARM);

    expect(outcome).toMatchObject({
      reason: 'stop-refused',
      detail: expect.stringContaining('AccessDeniedException'),
    });
    expect(lab.calls('Publish')).toHaveLength(published + 1);
    expect((await lab.lock()).incident?.state).toBe('escalated');
  });

  test.each([
    ['ecs', 'DescribeServices'],
    ['ecs', 'ListTasks'],
    ['ecs', 'DescribeTasks'],
    ['ecs', 'GetTaskProtection'],
    ['elasticloadbalancing', 'DescribeTargetHealth'],
    ['monitoring', 'DescribeAlarms'],
    ['logs', 'FilterLogEvents'],
  ])('%s:%s is denied: it holds, and says why', async (service, operation) => {
    lab.gateway.faults.inject({
      service,
      operation,
      times: 1,
      kind: 'error',
      code: 'AccessDeniedException',
      status: 400,
    });
    const before = lab.calls('StopTask').length;

    const outcome = await lab.invoke(ALARM);

    expect(outcome).toMatchObject({
      verdict: 'hold',
      reason: 'unreadable',
      detail: expect.stringContaining(operation),
    });
    expect(stopsSince(before)).toEqual([]);
  });

  test('the table cannot be read: nothing is done, and the delivery comes again', async () => {
    lab.gateway.faults.inject({
      service: 'dynamodb',
      operation: 'GetItem',
      // Lock and account, with every retry.
      times: 6,
      kind: 'throttle',
    });
    const before = lab.calls('StopTask').length;

    const failed = await lab.invoke(ALARM);

    expect(failed).toMatchObject({ errorMessage: expect.stringContaining('dynamodb:GetItem') });
    expect(stopsSince(before)).toEqual([]);
  });

  test('the topic is down: the stop is made, and its entry waits in the outbox', async () => {
    lab.gateway.faults.inject({ service: 'sns', operation: 'Publish', times: 3, kind: 'throttle' });

    const outcome = await lab.invoke(ALARM);

    expect(outcome).toMatchObject({ verdict: 'act' });
    expect((await lab.lock()).outbox.map(({ kind }) => kind)).toEqual(['stopped']);
  });
});

describe('three deliveries in parallel', () => {
  test('make one stop, in three environments', async () => {
    const before = lab.calls('StopTask').length;

    const outcomes = await Promise.all([lab.invoke(ALARM), lab.invoke(ALARM), lab.invoke(ALARM)]);

    expect(stopsSince(before)).toEqual([ILL]);
    const verdicts = outcomes.map((outcome) => (outcome as { verdict: string }).verdict);
    expect(verdicts.filter((verdict) => verdict === 'act')).toHaveLength(1);
  });
});

describe('a bad deployment of the function', () => {
  test('names every missing variable at once', async () => {
    await lab.redeploy({ TABLE_NAME: undefined, TOPIC_ARN: undefined });

    const failed = await lab.invoke(ALARM);

    expect(JSON.stringify(failed)).toContain(
      'environment is invalid: TABLE_NAME: got nothing, wanted a non-empty string; TOPIC_ARN',
    );
    await lab.redeploy();
  });

  test('names a policy that cannot be', async () => {
    lab.configure({ budget: -1, holdSeconds: 1 });
    await lab.redeploy();

    const failed = await lab.invoke(ALARM);

    expect(JSON.stringify(failed)).toContain(
      'services[0].policy.budget: got -1, wanted a number from 0 to 100',
    );
    lab.configure({});
    await lab.redeploy();
  });
});

test('the function calls nothing but what it needs', async () => {
  await lab.invoke(ALARM);

  await vi.waitFor(() => expect(lab.calls('BatchWriteItem').length).toBeGreaterThan(0));
  const operations = new Set(
    lab.calls().map(({ service, operation }) => `${service}:${operation}`),
  );
  expect([...operations].toSorted()).toEqual([
    'dynamodb:BatchWriteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:TransactWriteItems',
    'dynamodb:UpdateItem',
    'ecs:DescribeServices',
    'ecs:DescribeTasks',
    'ecs:GetTaskProtection',
    'ecs:ListTasks',
    'ecs:StopTask',
    'elasticloadbalancing:DescribeTargetHealth',
    'logs:FilterLogEvents',
    'monitoring:DescribeAlarms',
    'sns:Publish',
    'sqs:SendMessage',
    'ssm:GetParametersByPath',
  ]);
});
