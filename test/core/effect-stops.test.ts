/** Which stops failed, and whether the last one has helped so that the next need not wait. */
import { describe, expect, test } from 'vitest';
import {
  baselineOf,
  failedStops,
  hasHelped,
  judgeRecoveryEffect,
  judgeStop,
} from '../../functions/core/effect.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import type { StopRecord } from '../../functions/core/lock.ts';
import type { ServiceReading } from '../../functions/core/observation.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { durationMillis, earlier, later, minutes } from '../../functions/core/time.ts';
import { aLock, anIncident, aTarget, aTask, NOW, type Scene, traffic } from './builders.ts';
import { observe } from './cause-scenes.ts';

const AT = earlier(NOW, minutes(5));
const six = [1, 2, 3, 4, 5, 6];

function aStop(overrides: Partial<StopRecord> = {}): StopRecord {
  return {
    incidentId: 'inc-1',
    taskArn: 'arn:gone',
    at: AT,
    revision: 'checkout-api:42',
    before: { victim: { requests: 100, errors: 80 }, others: { requests: 500, errors: 0 }, ill: 2 },
    ...overrides,
  };
}

interface Fleet {
  readonly ill?: readonly number[];
  /** Came after the stop. */
  readonly fresh?: readonly number[];
  /** Have served a few requests only. */
  readonly idle?: readonly number[];
  readonly service?: Partial<ServiceReading>;
  readonly ns?: readonly number[];
}

function sceneOf({ ill = [], fresh = [], idle = [], service = {}, ns = six }: Fleet): Scene {
  const young = { startedAt: earlier(NOW, minutes(2)) };
  return {
    service: { desired: 6, ...service },
    tasks: ns.map((n) => aTask(n, fresh.includes(n) ? young : {})),
    targets: ns.map((n) => aTarget(n)),
    traffic: ns.map((n) => traffic(n, idle.includes(n) ? 5 : 100, ill.includes(n) ? 80 : 0)),
  };
}

function inputOf(scene: Scene, stops: readonly StopRecord[]) {
  const observation = observe(scene);
  const service = { policy: DEFAULT_POLICY };
  const diagnosis = diagnose(observation, DEFAULT_POLICY);
  return { lock: aLock({ stops }), observation, diagnosis, service, now: NOW };
}

const judge = (fleet: Fleet, stop: Partial<StopRecord> = {}) =>
  judgeStop(aStop(stop), inputOf(sceneOf(fleet), []));

describe('a stop is judged', () => {
  const young = earlier(NOW, minutes(2));

  test('by any ill task that came after it, and not in its instant', () => {
    expect(judge({ ill: [3, 4], fresh: [4] })).toBe('replacement-ill');
    expect(judge({ ill: [3, 4], fresh: [4] }, { at: young })).toBe('no-change');
  });

  test.each([
    ['helped', []],
    ['no-change', [3]],
    ['worse', [3, 4]],
  ])('%s against its victim alone, when nothing was measured before: %j', (effect, ill) => {
    const { before: _none, ...stop } = aStop();

    expect(judgeStop(stop, inputOf(sceneOf({ ill }), []))).toBe(effect);
  });
});

describe('stops that failed', () => {
  test.each([
    ['replacement-ill', { ill: [3], fresh: [3] }],
    ['no-change', { ill: [3, 4] }],
    ['worse', { ill: [3, 4, 5] }],
  ] as const)('are the last as things are now: %s', (effect, fleet) => {
    expect(failedStops(inputOf(sceneOf(fleet), [aStop()]))).toEqual([{ ...aStop(), effect }]);
  });

  test('are the earlier ones as they were judged, those that were', () => {
    const effects = ['worse', 'by-stop', 'no-change', 'helped', 'replacement-ill'] as const;
    const stops = effects.map((effect, at) =>
      aStop({ effect, at: earlier(AT, minutes(10 - at)), taskArn: `arn:${effect}` }),
    );
    const input = inputOf(sceneOf({ ill: [3] }), [
      ...stops,
      aStop({ at: earlier(AT, minutes(1)) }),
      aStop(),
    ]);

    expect(failedStops(input).map(({ taskArn, effect }) => [taskArn, effect])).toEqual([
      ['arn:worse', 'worse'],
      ['arn:no-change', 'no-change'],
      ['arn:replacement-ill', 'replacement-ill'],
    ]);
  });
});

describe('the last stop has helped', () => {
  const fleet = { ill: [3], fresh: [4] };
  const helped = (changed: Fleet, stop: Partial<StopRecord> = {}) =>
    hasHelped(inputOf(sceneOf({ ...fleet, ...changed }), [aStop(stop)]));

  test('when fewer are ill, all places are filled, and who came has served', () => {
    expect(helped({})).toBe(true);
  });

  test.each([
    ['as many are ill', { ill: [3, 5] }],
    ['nobody is suspected any more', { ill: [] }],
    ['a task does not run', { service: { running: 5 } }],
    ['a task is to come', { service: { pending: 1 } }],
    ['one more than wanted is there', { ns: [...six, 7], service: { running: 6 } }],
    ['nobody came', { fresh: [] }],
    ['who came has served too little', { idle: [4] }],
    ['one of two who came has served too little', { fresh: [4, 5], idle: [5] }],
  ] satisfies [string, Fleet][])('not when %s', (_name, changed) => {
    expect(helped(changed)).toBe(false);
  });

  test('not when nobody was stopped', () => {
    expect(hasHelped(inputOf(sceneOf(fleet), []))).toBe(false);
  });

  test('not by a task that came in its instant', () => {
    expect(helped({}, { at: earlier(NOW, minutes(2)) })).toBe(false);
  });

  test('not while a task is not well', () => {
    const scene = sceneOf(fleet);
    const targets = six.map((n) => aTarget(n, n === 6 ? { state: 'initial' } : {}));

    expect(hasHelped(inputOf({ ...scene, targets }, [aStop()]))).toBe(false);
  });
});

describe('a recovery', () => {
  const victim = { requests: 100, errors: 80 };
  const recovery = (stop: Partial<StopRecord>, scene: Scene = sceneOf({}), openedAt = AT) => {
    const { lock, diagnosis } = inputOf(scene, [aStop(stop)]);
    return judgeRecoveryEffect(anIncident({ id: 'inc-1', openedAt }), { lock, diagnosis });
  };
  const others = (requests: number, errors: number) => ({
    before: { victim, others: { requests, errors }, ill: 1 },
  });

  test('is by a stop of this episode, from its first instant on', () => {
    expect(recovery({})).toBe('by-stop');
    expect(recovery({}, undefined, later(AT, durationMillis(1)))).toBe('anyway');
    expect(recovery({ incidentId: 'inc-2' })).toBe('anyway');
  });

  test('is by the stop when nothing was measured before it', () => {
    const { before: _none, ...stop } = aStop();
    const { diagnosis } = inputOf(sceneOf({}), []);
    const incident = anIncident({ id: 'inc-1', openedAt: AT });

    expect(judgeRecoveryEffect(incident, { lock: aLock({ stops: [stop] }), diagnosis })).toBe(
      'by-stop',
    );
  });

  test('came anyway from the least share that hurts, and from the least fall that counts', () => {
    expect(recovery(others(5_000, 100))).toBe('anyway');
    const half = { ...sceneOf({}), traffic: six.map((n) => traffic(n, 10_000, 400)) };
    expect(recovery(others(50_000, 4_000), half)).toBe('anyway');
  });

  test('counts tasks that came in the instant of the stop as untouched', () => {
    const scene = sceneOf({ fresh: six });

    expect(recovery({ ...others(500, 40), at: earlier(NOW, minutes(2)) }, scene)).toBe('anyway');
    expect(recovery(others(500, 40), scene)).toBe('by-stop');
  });
});

test('a baseline leaves the victim out of the control group, though it looks well', () => {
  const { diagnosis } = inputOf(sceneOf({}), []);
  const [view] = diagnosis.views;
  if (view === undefined) throw new Error('no view');

  expect(baselineOf(diagnosis, view)).toEqual({
    victim: { requests: 100, errors: 0 },
    others: { requests: 500, errors: 0 },
    ill: 1,
  });
});
