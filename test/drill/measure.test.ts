import { describe, expect, test } from 'vitest';
import { epochMillis } from '../../functions/core/time.ts';
import { anEntry, anIncident } from '../core/builders.ts';
import type { LabEvent } from '../lab/events.ts';
import { CALLER } from '../lab/names.ts';
import {
  aCall,
  alarm,
  answer,
  aRecording,
  at,
  ILL,
  OTHER,
  slack,
  stopOf,
  target,
} from './a-recording.ts';
import type { Answer } from './load.ts';
import { measure } from './measure.ts';
import { longestChain } from './round-trips.ts';

describe('the longest chain of calls', () => {
  const spans = (...pairs: readonly (readonly [number, number])[]) =>
    pairs.map(([from, to]) => ({ at: from, endedAt: to }));

  test.for([
    ['of none', spans(), 0],
    ['of one', spans([0, 10]), 1],
    ['of calls in parallel', spans([0, 10], [0, 12], [5, 9]), 1],
    ['of calls in a row', spans([0, 10], [10, 20], [25, 30]), 3],
    ['of calls in a row, out of order', spans([25, 30], [0, 10], [10, 20]), 3],
    ['past a slow one beside them', spans([0, 100], [0, 10], [11, 20], [21, 30]), 3],
    ['through a fan out and in', spans([0, 5], [6, 20], [6, 9], [6, 12], [21, 25]), 3],
    ['when the second begins before the first ends', spans([0, 10], [9, 20]), 1],
  ] as const)('%s', ([, calls, length]) => {
    expect(longestChain(calls)).toBe(length);
  });
});

describe('durations', () => {
  test('are in AWS seconds, from the fault on', () => {
    const measured = measure(
      aRecording({
        events: [
          alarm(-500, 'ALARM'),
          stopOf(OTHER, -400, -300),
          target(-200, 'a', 'healthy', ILL),
          target(-200, 'b', 'healthy'),
          alarm(6_000, 'ALARM'),
          stopOf(ILL, 6_100, 6_200),
          target(6_500, 'a', 'draining', ILL),
          target(8_200, 'c', 'healthy'),
        ],
        incident: anIncident({ state: 'recovered', recoveredAt: epochMillis(at(30_000)) }),
      }),
    );

    expect(measured).toMatchObject({ detect: 60, act: 2, replace: 20, recover: 300 });
  });

  test('are absent where nothing happened', () => {
    const measured = measure(aRecording({ events: [target(5, 'b', 'healthy')] }));

    for (const name of ['detect', 'act', 'replace', 'recover', 'state', 'roundTrips', 'calls']) {
      expect(measured).not.toHaveProperty(name);
    }
    expect(measured).toMatchObject({ stops: 0, stoppedIll: 0, stoppedOther: 0, deliveries: 0 });
  });

  test('end when all are healthy at once, the stopped one not counted', () => {
    const up = [target(-2, 'a', 'healthy', ILL), target(-1, 'b', 'healthy')];
    const stop = stopOf(ILL, 900, 1_000);
    const replaced = (...events: readonly LabEvent[]) =>
      measure(aRecording({ events: [...up, stop, ...events] })).replace;

    const another = [target(1_100, 'b', 'unhealthy'), target(1_200, 'c', 'healthy')];
    expect(replaced(target(1_100, 'a', 'healthy', ILL))).toBeUndefined();
    expect(replaced(...another)).toBeUndefined();
    expect(replaced(...another, target(1_500, 'b', 'healthy'))).toBe(5);
  });
});

describe('stops', () => {
  test('are the accepted ones of the healer', () => {
    const measured = measure(
      aRecording({
        events: [
          stopOf(ILL, 1, 2, { status: 400 }),
          stopOf(ILL, 1, 2, { caller: CALLER.drill }),
          stopOf(ILL, 3, 4),
          stopOf(ILL, 5, 6),
          stopOf(OTHER, 7, 8),
        ],
      }),
    );

    expect(measured).toMatchObject({ stops: 3, stoppedIll: 1, stoppedOther: 1 });
  });

  test('cost the calls of their own invocation', () => {
    const measured = measure(
      aRecording({
        events: [
          aCall(0, 10),
          aCall(0, 12),
          aCall(0, 500, { traceId: 'Root=2' }),
          stopOf(ILL, 20, 30),
          aCall(40, 50),
        ],
      }),
    );

    expect(measured).toMatchObject({ roundTrips: 2, calls: 4 });
  });
});

describe('what was held for', () => {
  const held = (...reasons: readonly ReturnType<typeof anEntry>['reason'][]) =>
    measure(
      aRecording({
        timeline: reasons.map((reason) =>
          anEntry({ kind: 'held', ...(reason === undefined ? {} : { reason }) }),
        ),
      }),
    ).held;

  test('is said in order, each reason once', () => {
    expect(held('replacing', 'at-floor', 'replacing')).toBe('replacing, at-floor');
  });

  test('leaves out what passes by itself', () => {
    expect(held('settling', 'starting', undefined, 'no-suspect')).toBeUndefined();
  });

  test('is read from holds alone; the escalation has a row of its own', () => {
    const timeline = [anEntry({ kind: 'escalated', reason: 'storm' })];

    const measured = measure(aRecording({ timeline }));

    expect(measured).not.toHaveProperty('held');
    expect(measured.escalation).toBe('storm');
  });
});

test('messages are named by their words in capitals, refused ones left out', () => {
  const { announced } = measure(
    aRecording({
      events: [
        slack(-1, 'ACTING before the fault'),
        slack(1, 'ACTING  checkout-api (prod): x'),
        slack(2, 'RECOVERED  checkout-api', 429),
        slack(3, 'NEEDS YOU  checkout-api: Ana'),
        slack(4, 'hello'),
        slack(5, 'RECOVERED'),
      ],
    }),
  );

  expect(announced).toBe('ACTING, NEEDS YOU, other, RECOVERED');
});

test('messages of a bot count by what its one message says, and not by its thread', () => {
  const text = 'ACTING  checkout-api (prod): x';
  const payload = { text, thread_ts: '1.000001' };
  const reply: LabEvent = { kind: 'slack', at: at(2), status: 200, answer: '{"ok":true}', payload };
  const { announced } = measure(
    aRecording({
      events: [slack(1, text), reply, slack(3, 'RECOVERED  checkout-api')],
    }),
  );

  expect(announced).toBe('ACTING, RECOVERED');
});

test.each([
  ['an object', { event_payload: { quiet: true } }],
  ['a form', JSON.stringify({ event_payload: { quiet: true } })],
])('what is only shown is not counted, sent as %s', (_name, metadata) => {
  const payload = { text: 'OPEN  checkout-api (prod): x', metadata };
  const shown: LabEvent = { kind: 'slack', at: at(1), status: 200, answer: '{"ok":true}', payload };

  expect(measure(aRecording({ events: [shown] })).announced).toBe('');
});

describe('failed requests after recovery', () => {
  const failedAfter = (...answers: readonly Answer[]) =>
    measure(aRecording({ answers, incident: anIncident({ recoveredAt: epochMillis(at(100)) }) }))
      .failedAfter;

  test('are a share of those sent since', () => {
    expect(
      failedAfter(
        answer(99, 500),
        answer(100, 200),
        answer(101, 404),
        answer(102, 502),
        answer(103, 'timeout'),
      ),
    ).toBe(50);
  });

  test('are none when none was sent', () => {
    expect(failedAfter(answer(1, 500))).toBe(0);
  });
});

test('deliveries and clearings are started invocations of remediate by an alarm', () => {
  const invoked = (
    state: string,
    functionName: string,
    outcome: 'started' | 'succeeded',
  ): LabEvent => {
    const detail = { state: { value: state }, previousState: { value: 'ALARM' } };
    const body = JSON.stringify({ 'detail-type': 'CloudWatch Alarm State Change', detail });
    const event = { Records: [{ body }] };
    return {
      kind: 'invocation',
      at: at(1),
      functionName,
      requestId: '1',
      traceId: '1',
      outcome,
      event,
    };
  };

  const { deliveries, clearings } = measure(
    aRecording({
      events: [
        invoked('ALARM', 'remediate', 'started'),
        invoked('ALARM', 'remediate', 'succeeded'),
        invoked('OK', 'remediate', 'started'),
        invoked('OK', 'remediate', 'started'),
        invoked('OK', 'notify', 'started'),
        invoked('ALARM', 'notify', 'started'),
      ],
    }),
  );

  expect({ deliveries, clearings }).toEqual({ deliveries: 1, clearings: 2 });
});
