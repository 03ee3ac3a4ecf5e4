/** The order in which guardrails are asked, and what some of them count. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../functions/core/evidence.ts';
import { badRollout, noTargets, sameRevision, storm } from '../../functions/core/guard-cause.ts';
import { otherActor, replacing } from '../../functions/core/guard-moment.ts';
import { noSuspect } from '../../functions/core/guard-victim.ts';
import type { GuardrailContext } from '../../functions/core/guardrail.ts';
import { CLAIM_GUARDRAILS, GUARDRAILS } from '../../functions/core/guardrails.ts';
import { complete } from '../../functions/core/observation.ts';
import {
  aLock,
  anObservation,
  aService,
  aTarget,
  aTask,
  NO_STORM,
  NOW,
  type Scene,
  traffic,
} from './builders.ts';
import { four, unhealthy } from './decide-table.ts';

function contextOf(scene: Scene = {}, hasBalancer = true): GuardrailContext {
  const service = aService();
  const seen = anObservation(scene);
  const observation = complete(hasBalancer ? seen : { ...seen, targets: { kind: 'absent' } });
  if ('unreadable' in observation) throw new Error('incomplete');
  const diagnosis = diagnose(observation, service.policy);
  return { ...NO_STORM, service, lock: aLock(), observation, diagnosis, now: NOW };
}

const PENDING = { lastStatus: 'PENDING' };
const LEAVING = { desiredStatus: 'STOPPED', lastStatus: 'DEACTIVATING' };
const failing = (ids: readonly number[]) =>
  four.map((n) => traffic(n, 100, ids.includes(n) ? 80 : 0));

describe('guardrails are asked', () => {
  const first = ['paused', 'scaled-to-zero', 'account-storm', 'downstream', 'cannot-start'];
  const then = ['crash-loop', 'no-targets'];

  test('what forbids every stop first, then whether a task is to blame, then whom, then how many', () => {
    expect(GUARDRAILS.map(({ reason }) => reason)).toEqual([
      ...first,
      ...then,
      'same-revision',
      'deployment-in-progress',
      'other-actor',
      'one-zone',
      'same-revision',
      'storm',
      'settling',
      'replacing',
      'starting',
      'unreadable',
      'no-suspect',
      'protected',
      'attempts-failed',
      'same-revision',
      'cooling-down',
      'budget-spent',
      'budget-spent',
      'at-floor',
      'observe-only',
    ]);
  });

  test('again before an old claim is completed, and whether its task is still ill', () => {
    expect(CLAIM_GUARDRAILS.map(({ reason }) => reason)).toEqual([
      ...first,
      ...then,
      'deployment-in-progress',
      'other-actor',
      'replacing',
      'starting',
      'unreadable',
      'no-suspect',
      'protected',
      'at-floor',
      'observe-only',
    ]);
  });
});

describe('a service whose desired count was raised', () => {
  const withFifth = (part: object, service = {}) => ({
    tasks: [...four.map((n) => aTask(n)), aTask(5, part)],
    service: { desired: 6, ...service },
  });
  const detailOf = (scene: Scene) => otherActor(contextOf(scene))?.detail;

  test('is told from one that replaces a task', () => {
    expect(detailOf(withFifth(PENDING))).toBe(
      'the desired count was raised: 4 of 6 tasks run, and none has gone',
    );
    expect(detailOf(withFifth(LEAVING))).toBeUndefined();
  });

  test('is told from one that is deployed', () => {
    const deployments = [
      { id: 'd', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'a:2' },
    ];
    expect(detailOf(withFifth(PENDING, { deployments }))).toBeUndefined();
  });
});

test.each([PENDING, LEAVING])('a task on the way is being replaced: %j', (part) => {
  const tasks = [...four.map((n) => aTask(n)), aTask(5, part)];
  const context = contextOf({ tasks, service: { desired: 4, running: 4 } });
  expect(replacing(context)?.detail).toBe('4 of 4 tasks run, 0 pending, 1 on the way');
});

describe('a load balancer that knows no running task', () => {
  const detailOf = (scene: Scene, hasBalancer = true) =>
    noTargets(contextOf(scene, hasBalancer))?.detail;

  test.each(['unused', 'draining'])('has targets that are %s', (state) => {
    expect(detailOf({ targets: four.map((n) => aTarget(n, { state })) })).toBe(
      'none of 4 running tasks is registered with the load balancer',
    );
  });

  test('may know one that is leaving', () => {
    const tasks = four.map((n) => aTask(n, n === 4 ? LEAVING : {}));
    expect(detailOf({ tasks, targets: [aTarget(4)] })).toBe(
      'none of 3 running tasks is registered with the load balancer',
    );
  });

  test('knows one', () => {
    expect(detailOf({ targets: [aTarget(4, { state: 'unhealthy' })] })).toBeUndefined();
  });

  test('is not missed where there is none, nor where nothing runs', () => {
    expect(detailOf({}, false)).toBeUndefined();
    expect(detailOf({ tasks: [aTask(1, PENDING)], targets: [] })).toBeUndefined();
  });
});

test('a release is called bad while it is rolled out, and only then by this guardrail', () => {
  const tasks = four.map((n) => aTask(n, n > 2 ? { revision: 'checkout-api:43' } : {}));
  const scene = { tasks, traffic: failing([3, 4]) };
  const deployments = [
    { id: 'd', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'a:2' },
  ];

  expect(sameRevision(contextOf(scene))?.reason).toBe('same-revision');
  expect(badRollout(contextOf(scene))).toBeUndefined();
  expect(badRollout(contextOf({ ...scene, service: { deployments } }))?.reason).toBe(
    'same-revision',
  );
});

test('a storm is measured against those that have shown something', () => {
  const tasks = [...four.map((n) => aTask(n)), aTask(5, PENDING), aTask(6, PENDING)];
  const targets = [1, 2, 3, 4, 5, 6].map((n) => aTarget(n));
  const detail = storm(contextOf({ tasks, targets, traffic: failing([1, 2, 3]) }))?.detail;

  expect(detail).toMatch(/^3 of 4 tasks are ill \(limit 2\), /);
});

test('who fails its health checks is named, though others are too close to tell apart', () => {
  const close = four.map((n) => traffic(n, 400, [0, 3, 60, 36, 2][n] ?? 0));
  const sick = four.map((n) => (n === 4 ? unhealthy(4) : aTarget(n)));

  expect(noSuspect(contextOf({ traffic: close }))?.detail).toBe(
    'the worst share is 15.0 %, the next 9.0 %: too close to single one out',
  );
  expect(noSuspect(contextOf({ traffic: close, targets: sick }))).toBeUndefined();
});
