import { describe, expect, test } from 'vitest';
import { baselineOf, judgeRecoveryEffect, judgeStop } from '../../functions/core/effect.ts';
import { type Diagnosis, diagnose } from '../../functions/core/evidence.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { StopRecord } from '../../functions/core/lock.ts';
import { complete } from '../../functions/core/observation.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import {
  aLock,
  anIncident,
  anObservation,
  aTarget,
  aTask,
  NOW,
  type Scene,
  traffic,
} from './builders.ts';

const six = [1, 2, 3, 4, 5, 6];

/** Six tasks, the named ones failing most requests, the named ones started a minute ago. */
function seen({
  ill = [],
  fresh = [],
}: {
  ill?: readonly number[];
  fresh?: readonly number[];
}): Diagnosis {
  const scene: Scene = {
    tasks: six.map((n) =>
      aTask(n, fresh.includes(n) ? { startedAt: earlier(NOW, minutes(2)) } : {}),
    ),
    targets: six.map((n) => aTarget(n)),
    traffic: six.map((n) => traffic(n, 100, ill.includes(n) ? 80 : 0)),
  };
  return diagnosisOf(scene);
}

function diagnosisOf(scene: Scene): Diagnosis {
  const observation = complete(anObservation(scene));
  if ('unreadable' in observation) throw new Error('unreadable');
  return diagnose(observation, DEFAULT_POLICY);
}

const episode = (overrides: Partial<Incident> = {}) =>
  anIncident({ id: 'inc-1', openedAt: earlier(NOW, minutes(9)), ...overrides });

function aStop(overrides: Partial<StopRecord> = {}): StopRecord {
  return {
    incidentId: 'inc-1',
    taskArn: 'arn:gone',
    at: earlier(NOW, minutes(5)),
    revision: 'checkout-api:42',
    before: { victim: { requests: 100, errors: 80 }, others: { requests: 500, errors: 0 }, ill: 2 },
    ...overrides,
  };
}

describe('a stop, while an alarm rings', () => {
  test.each([
    ['helped', { ill: [3] }, {}],
    ['no-change', { ill: [3, 4] }, {}],
    ['worse', { ill: [3, 4, 5] }, {}],
    ['replacement-ill', { ill: [3], fresh: [3] }, {}],
    ['helped', { ill: [3], fresh: [4] }, {}],
    ['by-stop', { ill: [3] }, { effect: 'by-stop' }],
    ['replacement-ill', { ill: [3], fresh: [3] }, { effect: 'by-stop' }],
    ['by-stop', { ill: [3], fresh: [3] }, { effect: 'by-stop', revision: 'checkout-api:41' }],
  ] as const)('is judged %s after %o', (effect, now, stop) => {
    expect(judgeStop(aStop(stop), { diagnosis: seen(now) })).toBe(effect);
  });
});

describe('a recovery', () => {
  const well = (before: StopRecord['before']) => {
    const lock = aLock({ stops: [aStop({ ...(before === undefined ? {} : { before }) })] });
    return judgeRecoveryEffect(episode(), { lock, diagnosis: seen({}) });
  };
  const victim = { requests: 100, errors: 80 };

  test('is ours when the untouched tasks were well all along', () => {
    expect(well({ victim, others: { requests: 500, errors: 2 }, ill: 1 })).toBe('by-stop');
  });

  test('came anyway when the untouched tasks became better too', () => {
    expect(well({ victim, others: { requests: 500, errors: 40 }, ill: 1 })).toBe('anyway');
  });

  test('is ours when the untouched tasks served too little to tell', () => {
    expect(well({ victim, others: { requests: 20, errors: 1 }, ill: 1 })).toBe('by-stop');
  });

  test('is ours when the untouched tasks became better by less than what hurts', () => {
    expect(well({ victim, others: { requests: 2_000, errors: 30 }, ill: 1 })).toBe('by-stop');
  });

  test('is ours when the untouched tasks became better by less than half', () => {
    const scene = {
      tasks: six.map((n) => aTask(n)),
      targets: six.map((n) => aTarget(n)),
      traffic: six.map((n) => traffic(n, 10_000, 500)),
    };
    const before = { victim, others: { requests: 50_000, errors: 4_000 }, ill: 1 };
    const lock = aLock({ stops: [aStop({ before })] });

    expect(judgeRecoveryEffect(episode(), { lock, diagnosis: diagnosisOf(scene) })).toBe('by-stop');
  });

  test('came anyway when nothing was stopped', () => {
    const input = { lock: aLock(), diagnosis: seen({}) };

    expect(judgeRecoveryEffect(episode(), input)).toBe('anyway');
  });

  test.each([
    ['a person had it', { state: 'escalated' }],
    ['the stop was of an earlier episode', { openedAt: earlier(NOW, minutes(4)) }],
  ] as const)('came anyway when %s', (_, overrides) => {
    const input = { lock: aLock({ stops: [aStop()] }), diagnosis: seen({}) };

    expect(judgeRecoveryEffect(episode(overrides), input)).toBe('anyway');
  });

  test('does not count tasks that came after the stop into the control group', () => {
    const scene = {
      tasks: six.map((n) => aTask(n, n > 2 ? { startedAt: earlier(NOW, minutes(2)) } : {})),
      targets: six.map((n) => aTarget(n)),
      traffic: six.map((n) => traffic(n, 100, n > 2 ? 0 : 8)),
    };
    const before = { victim, others: { requests: 500, errors: 40 }, ill: 1 };
    const lock = aLock({ stops: [aStop({ before })] });

    const effect = judgeRecoveryEffect(episode(), { lock, diagnosis: diagnosisOf(scene) });

    expect(effect).toBe('by-stop');
  });
});

test('a baseline leaves the other ill tasks out of the control group', () => {
  const diagnosis = seen({ ill: [2, 5] });
  const suspect = diagnosis.suspects[0];
  if (suspect === undefined) throw new Error('no suspect');

  expect(baselineOf(diagnosis, suspect.view)).toEqual({
    victim: { requests: 100, errors: 80 },
    others: { requests: 400, errors: 0 },
    ill: 2,
  });
});
