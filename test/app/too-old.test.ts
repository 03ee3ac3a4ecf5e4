import { describe, expect, test } from 'vitest';
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { remediate } from '../../functions/app/remediate.ts';
import { AHEAD_MAX, LATE_AFTER } from '../../functions/core/delivery.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import {
  type DurationMillis,
  durationMillis,
  type EpochMillis,
  earlier,
  iso,
  later,
  minutes,
} from '../../functions/core/time.ts';
import { ALARM_ARN, aService, NOW } from '../core/builders.ts';
import { World } from './world.ts';

const SERVICE = 'shop-prod/checkout-api';
const HOUR = minutes(60);
const TOO_LATE = durationMillis(LATE_AFTER + 1);

/** The alarm rings since {@link NOW}, and what is delivered is delivered some time after that. */
function aWorld(passed: DurationMillis, ill = 2): World {
  const world = new World(aService(), 4, ill);
  world.now = later(NOW, passed);
  return world;
}

function anAlarmEvent(changedAt: EpochMillis, change: object = {}): object {
  const state = { value: 'ALARM', timestamp: iso(changedAt) };
  return {
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [ALARM_ARN],
    detail: { alarmName: 'checkout-api-5xx-rate', state },
    ...change,
  };
}

function inQueue(message: object, sentAt: EpochMillis): object {
  const attributes = { SentTimestamp: String(sentAt) };
  const body = JSON.stringify(message);
  return { Records: [{ eventSource: 'aws:sqs', messageId: 'm-1', body, attributes }] };
}

function setMode({ service }: World, mode: 'heal' | 'observe'): void {
  Object.assign(service, aService({ mode }));
}

async function send(world: World, event: object): Promise<unknown> {
  const guarded = { all: () => Promise.resolve([world.service]) };
  const deps = { ...world.deps(), guarded, open: openInbound };
  const { signal } = new AbortController();
  try {
    return await remediate(deps, event, { requestId: 'request-1', signal });
  } catch (error) {
    return isHealerError(error) ? `${error.code}: ${error.message}` : error;
  }
}

/** What the log says of each delivery. */
function recorded(world: World): unknown[] {
  const records: unknown[] = [];
  const { deps } = world;
  world.deps = () => {
    const made = deps.call(world);
    return { ...made, journal: { ...made.journal, decided: (record) => records.push(record) } };
  };
  return records;
}

describe('an alarm that comes too late', () => {
  test('and still rings is told to a person, and nothing is stopped', async () => {
    const world = aWorld(TOO_LATE);

    expect(await send(world, anAlarmEvent(NOW))).toMatchObject({
      verdict: 'escalate',
      reason: 'too-old',
      detail: expect.stringMatching(/^its alarm was heard of too late; task 0202.* is ill: 80/),
    });
    await world.run(later(world.now, HOUR));

    expect(world.stops).toEqual([]);
    expect(world.told.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['escalated', 'too-old'],
    ]);
  });

  test('is acted upon up to the limit', async () => {
    const world = aWorld(LATE_AFTER);

    expect(await send(world, anAlarmEvent(NOW))).toMatchObject({ verdict: 'act' });
    expect(world.stops).toHaveLength(1);
  });

  test('by the queue is late whatever time it says itself', async () => {
    const world = aWorld(TOO_LATE);
    const event = inQueue(anAlarmEvent(world.now), NOW);

    expect(await send(world, event)).toEqual({ batchItemFailures: [] });
    await world.run(later(world.now, HOUR));

    expect(world.stops).toEqual([]);
    expect(world.told.map(({ reason }) => reason)).toEqual(['too-old']);
  });

  test('is recorded and no more when what rings now does so since later', async () => {
    const world = aWorld(minutes(1));
    const records = recorded(world);

    await send(world, anAlarmEvent(earlier(NOW, TOO_LATE)));

    expect(records).toEqual([expect.objectContaining({ verdict: 'settled', reason: 'too-old' })]);
    expect(world.lock().version).toBe(0);
    expect(world.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });

  test('is recorded and no more when nothing rings', async () => {
    const world = aWorld(TOO_LATE, 0);

    const answer = await send(world, anAlarmEvent(NOW));

    expect(answer).toMatchObject({ verdict: 'settled', reason: 'alarm-cleared' });
    expect(world.lock().version).toBe(0);
  });

  test('acts on no incident that is open, and takes nothing from it', async () => {
    const world = aWorld(minutes(1));
    setMode(world, 'observe');
    await send(world, anAlarmEvent(NOW));
    setMode(world, 'heal');

    const answer = await send(world, anAlarmEvent(earlier(NOW, TOO_LATE)));
    expect(answer).toMatchObject({ verdict: 'hold', reason: 'too-old' });
    expect(world.stops).toEqual([]);

    await world.run(later(world.now, minutes(2)));
    expect(world.stops).toHaveLength(1);
  });

  test('stops nothing either when what held it is over', async () => {
    const world = aWorld(TOO_LATE);
    const until = later(world.now, HOUR);
    world.meddle({ pause: { by: 'ana', why: 'load test', until } });

    expect(await send(world, anAlarmEvent(NOW))).toMatchObject({ reason: 'paused' });
    await world.run(later(until, HOUR));

    expect(world.stops).toEqual([]);
    expect(world.told.map(({ reason }) => reason)).toEqual(['paused', 'too-old']);
  });

  test('leaves the stop to a person, who gets it by asking', async () => {
    const world = aWorld(TOO_LATE);
    await send(world, anAlarmEvent(NOW));
    const request = { kind: 'manual', serviceId: SERVICE, requestedBy: 'ana', reason: 'seen it' };

    expect(await send(world, request)).toMatchObject({ verdict: 'act' });
    expect(world.stops).toHaveLength(1);
  });
});

describe('what a person asked for too long ago', () => {
  const by = 'ana';
  const requests = [
    { kind: 'manual', serviceId: SERVICE, requestedBy: by, reason: 'look' },
    { kind: 'pause', serviceId: SERVICE, by, why: 'test', for: 'PT30M' },
    { kind: 'pause', all: true, by, why: 'test', for: 'PT30M' },
    { kind: 'resume', serviceId: SERVICE, by },
    { kind: 'acknowledge', serviceId: SERVICE, incidentId: 'inc-1', by },
  ];

  test.each(requests)('is recorded and not done: %j', async (request) => {
    for (const event of [
      inQueue(request, NOW),
      inQueue({ ...request, askedAt: iso(NOW) }, later(NOW, TOO_LATE)),
    ]) {
      const world = aWorld(TOO_LATE);
      world.meddle({ pause: { by: 'ben', why: 'mine', until: later(world.now, HOUR) } });
      const before = world.lock();
      const records = recorded(world);

      expect(await send(world, event)).toEqual({ batchItemFailures: [] });

      expect(records).toEqual([
        expect.objectContaining({
          verdict: 'settled',
          reason: 'too-old',
          detail: `this ${request.kind} request was sent 6 h ago, and counts for 6 h: nothing is done, ask again`,
        }),
      ]);
      expect(world.lock()).toEqual(before);
      expect(world.store.account.state.version).toBe(0);
      expect(world.stops).toEqual([]);
    }
  });

  test.each(requests)('is done up to the limit: %j', async (request) => {
    const world = aWorld(LATE_AFTER);
    const records = recorded(world);

    await send(world, inQueue({ ...request, askedAt: iso(NOW) }, NOW));

    expect(records).toHaveLength(1);
    expect(records).not.toEqual([expect.objectContaining({ reason: 'too-old' })]);
  });
});

test('a re-check counts by its token, however old it is', async () => {
  const world = aWorld(minutes(1));
  setMode(world, 'observe');
  await send(world, anAlarmEvent(NOW));
  setMode(world, 'heal');
  const { id: incidentId, token } = world.lock().incident ?? {};
  const look = { kind: 'recheck', serviceId: SERVICE, incidentId, token };

  await send(world, inQueue(look, earlier(NOW, TOO_LATE)));

  expect(world.stops).toHaveLength(1);
});

describe('a time in the future', () => {
  const AHEAD = later(NOW, durationMillis(AHEAD_MAX + 1));

  test('of an alarm is refused, and says what was wanted', async () => {
    const world = aWorld(minutes(0));

    expect(await send(world, anAlarmEvent(AHEAD))).toBe(
      'event.malformed: alarm: time of the state change: got 2026-11-20T10:08:41.517Z, ' +
        'wanted a time until 2026-11-20T10:08:41.516Z',
    );
    expect(await send(world, inQueue(anAlarmEvent(AHEAD), NOW))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
    expect(world.lock().version).toBe(0);
  });

  test('of a request is refused', async () => {
    const request = { kind: 'resume', serviceId: SERVICE, by: 'ana', askedAt: iso(AHEAD) };

    expect(await send(aWorld(minutes(0)), request)).toMatch(/^event.malformed: resume: askedAt:/);
  });

  test('is taken for the difference of two clocks up to the limit', async () => {
    const world = aWorld(minutes(0));

    expect(await send(world, anAlarmEvent(later(NOW, AHEAD_MAX)))).toMatchObject({
      verdict: 'act',
    });
  });
});

describe('an alarm of somebody else', () => {
  const foreign = ALARM_ARN.replace('123456789012', '999999999999');
  const composite = (arn: string, child: string) =>
    anAlarmEvent(NOW, {
      resources: [arn],
      detail: {
        alarmName: 'checkout-api-5xx-rate',
        state: {
          value: 'ALARM',
          timestamp: iso(NOW),
          reasonData: JSON.stringify({ triggeringAlarms: [{ arn: child }] }),
        },
        configuration: { alarmRule: 'ALARM(x)' },
      },
    });

  test.each([
    ['another account', anAlarmEvent(NOW, { resources: [foreign] })],
    ['another Region', anAlarmEvent(NOW, { resources: [ALARM_ARN.replace('eu-west', 'us-east')] })],
    ['another partition', anAlarmEvent(NOW, { resources: [ALARM_ARN.replace('aws', 'aws-cn')] })],
    ['another account that names our alarm as its child', composite(`${foreign}-x`, ALARM_ARN)],
    ['ours that names a child of another account', composite(`${ALARM_ARN}-x`, foreign)],
    ['ours by name only', anAlarmEvent(NOW, { resources: [`${ALARM_ARN}2`] })],
  ])('%s is refused', async (_name, event) => {
    const world = aWorld(minutes(0));

    expect(await send(world, event)).toMatch(/^event.not-guarded: alarm arn:aws/);
    expect(world.stops).toEqual([]);
  });

  test('is taken when it is a composite of ours whose child we guard', async () => {
    const event = composite(`${ALARM_ARN}-x`, ALARM_ARN);

    expect(await send(aWorld(minutes(0)), event)).toMatchObject({ verdict: 'act' });
  });

  test('is refused in few words by a healer of many services', async () => {
    const world = aWorld(minutes(0));
    const many = Array.from({ length: 1_000 }, (_, n) => aService({}, { id: `shop/service-${n}` }));
    const guarded = { all: () => Promise.resolve(many) };
    const event = anAlarmEvent(NOW, { resources: [`${foreign}${'x'.repeat(200)}`] });
    const invocation = { requestId: 'r', signal: new AbortController().signal };

    const refused = remediate({ ...world.deps(), guarded, open: openInbound }, event, invocation);

    await expect(refused).rejects.toThrow(/wanted one of: shop\/service-0, .* and 995 more$/);
    expect(String(await refused.catch(String)).length).toBeLessThan(400);
  });
});
