import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromItem, lockUpdate } from '../../functions/adapters/aws/lock-item.ts';
import { decide } from '../../functions/core/decide.ts';
import { activeDrill, type DrillMark, emptyLock } from '../../functions/core/lock.ts';
import { epochMillis, later, minutes } from '../../functions/core/time.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  anObservation,
  aService,
  aTarget,
  aTask,
  NO_STORM,
  NOW,
  traffic,
} from './builders.ts';

const MARK: DrillMark = { id: 'drill-1', by: 'ana', since: NOW, until: later(NOW, minutes(30)) };

const aWorld = fc.record({
  tasks: fc.array(
    fc.record({
      state: fc.constantFrom('healthy', 'unhealthy', 'draining'),
      errors: fc.integer({ min: 0, max: 100 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  alarm: fc.constantFrom('OK' as const, 'ALARM' as const),
  stops: fc.integer({ min: 0, max: 3 }),
  mark: fc.record({
    since: fc.integer({ min: NOW - 3_600_000, max: NOW + 3_600_000 }),
    until: fc.integer({ min: NOW - 3_600_000, max: NOW + 3_600_000 }),
  }),
});

test('a drill decides nothing: the verdict is the same with its mark and without', () => {
  fc.assert(
    fc.property(aWorld, ({ tasks, alarm, stops, mark }) => {
      const observation = anObservation({
        alarms: [anAlarm({ state: alarm })],
        tasks: tasks.map((_, index) => aTask(index + 1)),
        targets: tasks.map(({ state }, index) => aTarget(index + 1, { state })),
        traffic: tasks.map(({ errors }, index) => traffic(index + 1, 100, errors)),
      });
      const done = Array.from({ length: stops }, (_, index) => ({
        incidentId: 'inc-0',
        taskArn: aTask(index + 50).arn,
        at: epochMillis(NOW - 1_200_000 + index),
      }));
      const lock = aLock({ stops: done });
      const drill = { ...MARK, since: epochMillis(mark.since), until: epochMillis(mark.until) };
      const input = {
        ...NO_STORM,
        service: aService(),
        observation,
        delivery: anAlarmDelivery(),
        now: NOW,
      };

      const marked = decide({ ...input, lock: { ...lock, drill } });

      expect(marked.verdict).toEqual(decide({ ...input, lock }).verdict);
    }),
  );
});

test('a mark is kept with the lock, and ends by itself', () => {
  const lock = { ...emptyLock('shop/web'), version: 1, drill: MARK };
  const { ExpressionAttributeValues: values = {} } = lockUpdate(lock, [], 'w');
  const item = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.slice(1), value]),
  );

  expect(fromItem('shop/web', item)).toMatchObject({ drill: MARK });
  expect(activeDrill(MARK, NOW)).toEqual(MARK);
  expect(activeDrill(MARK, MARK.until)).toBeUndefined();
});

test('a mark that is not understood is none, and holds nobody up', () => {
  const item = {
    version: { N: '1' },
    stops: { L: [] },
    outbox: { M: {} },
    drill: { S: 'by hand' },
  };

  expect(fromItem('shop/web', item)).toEqual({ ...emptyLock('shop/web'), version: 1 });
});
