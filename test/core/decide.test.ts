import { describe, expect, test } from 'vitest';
import { decide } from '../../functions/core/decide.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  NO_STORM,
  NOW,
  taskId,
} from './builders.ts';

import { decides, sickTarget } from './decide-table.ts';

decides('the grey failure', [
  { when: 'one task fails most of its requests', verdict: 'act 02' },
  {
    when: 'nothing is wrong with the alarm',
    scene: { alarms: [anAlarm({ state: 'OK' })] },
    verdict: 'settled nothing-to-do',
  },
  {
    when: 'the delivery says OK but the alarm rings',
    deliver: 'OK',
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'the delivery says INSUFFICIENT_DATA',
    deliver: 'INSUFFICIENT_DATA',
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'the live alarm is INSUFFICIENT_DATA',
    scene: { alarms: [anAlarm({ state: 'INSUFFICIENT_DATA' })] },
    verdict: 'settled nothing-to-do',
  },
]);

describe('unknown means hold', () => {
  const unreadable = {
    kind: 'unreadable',
    code: 'dependency.unavailable',
    message: 'Rate exceeded',
  } as const;
  const base = { service: aService(), lock: aLock(), ...NO_STORM, now: NOW };

  test.each(['alarms', 'service', 'tasks', 'stopped', 'downstream', 'targets', 'traffic'] as const)(
    'holds when %s cannot be read',
    (source) => {
      const observation = { ...anObservation(), [source]: unreadable };

      const { verdict } = decide({ ...base, observation, delivery: anAlarmDelivery() });

      expect(verdict).toMatchObject({ kind: 'hold', reason: 'unreadable' });
      expect(verdict).toHaveProperty(
        'detail',
        expect.stringContaining(`${source}: dependency.unavailable: Rate exceeded`),
      );
    },
  );

  test.each(['OK', 'INSUFFICIENT_DATA'] as const)(
    'lets a delivery that says %s go when there is no incident',
    (state) => {
      const observation = { ...anObservation(), alarms: unreadable };

      const { verdict } = decide({ ...base, observation, delivery: anAlarmDelivery(state) });

      expect(verdict).toMatchObject({ kind: 'settled', outcome: 'nothing-to-do' });
    },
  );

  test('holds when a guardrail throws', () => {
    const observation = anObservation({ service: { deployments: undefined as never } });

    const { verdict } = decide({ ...base, observation, delivery: anAlarmDelivery() });

    expect(verdict).toMatchObject({ kind: 'hold', reason: 'unreadable' });
    expect(verdict).toHaveProperty(
      'detail',
      expect.stringContaining('guardrail cannot-start failed'),
    );
  });

  test('heals on target health alone when there are no logs', () => {
    const service = aService({}, {});
    const observation = {
      ...anObservation({ targets: sickTarget }),
      traffic: { kind: 'absent' } as const,
    };
    const lock = aLock({
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(3)) } }),
    });

    const { verdict } = decide({
      service,
      lock,
      ...NO_STORM,
      observation,
      delivery: anAlarmDelivery(),
      now: NOW,
    });

    expect(verdict).toMatchObject({ kind: 'act', victim: { taskId: taskId(3) } });
  });
});
