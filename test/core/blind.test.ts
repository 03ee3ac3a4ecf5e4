import { expect, test } from 'vitest';
import { advance } from '../../functions/core/advance.ts';
import { decide } from '../../functions/core/decide.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import {
  aLock,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  NO_STORM,
  NOW,
} from './builders.ts';
import { sickTarget } from './decide-table.ts';

test('a stop without logs says in its facts what could not be seen', () => {
  const service = aService({ nativePatienceSeconds: 0.05 });
  const { logGroup: _none, ...blind } = service;
  const lock = aLock({
    incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(3)) } }),
  });
  const observation = {
    ...anObservation({ targets: sickTarget }),
    traffic: { kind: 'absent' } as const,
  };
  const input = { service: blind, lock, ...NO_STORM, observation, now: NOW };
  const step = { ...input, delivery: anAlarmDelivery(), requestId: 'r' };
  const change = advance({ ...step, decision: decide(step) });

  expect(change?.entries.at(-1)).toMatchObject({
    kind: 'claimed',
    facts: { blind: 'the service has no log group' },
  });
});
