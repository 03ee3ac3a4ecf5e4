/** What a look at all tasks concludes: who stands out, what the ill have in common, and the numbers that are told. */
import { describe, expect, test } from 'vitest';
import { type Diagnosis, diagnose } from '../../functions/core/evidence.ts';
import { complete } from '../../functions/core/observation.ts';
import { earlier, seconds } from '../../functions/core/time.ts';
import {
  anObservation,
  aService,
  aTarget,
  aTask,
  NOW,
  type Scene,
  slowTraffic,
  taskId,
  traffic,
} from './builders.ts';
import { four, unhealthy } from './decide-table.ts';

const { policy } = aService();

function look(scene: Scene = {}): Diagnosis {
  const all = complete(anObservation(scene));
  if ('unreadable' in all) throw new Error('incomplete');
  return diagnose(all, policy);
}

const kindsOf = ({ suspects }: Diagnosis) =>
  suspects.map(({ kind, view }) => `${kind} ${view.task.ip}`);

describe('a diagnosis', () => {
  test('counts who is well, and what was served and failed', () => {
    const diagnosis = look({ targets: four.map((n) => (n === 3 ? unhealthy(3) : aTarget(n))) });

    expect(diagnosis).toMatchObject({ healthy: 3, requests: 400, errors: 83 });
    expect(diagnosis.illIds).toEqual([taskId(2), taskId(3)]);
    expect(kindsOf(diagnosis)).toEqual(['health-check 10.0.0.3', 'error-share 10.0.0.2']);
  });

  test('says which requests gave a task away', () => {
    const slow = four.map((n) => slowTraffic(n, 100, n === 3 ? 70 : 2));
    expect(kindsOf(look())).toEqual(['error-share 10.0.0.2']);
    expect(kindsOf(look({ traffic: slow }))).toEqual(['latency 10.0.0.3']);
  });

  test('leaves out a task that is leaving: it fails, and is nobody’s trouble any more', () => {
    const tasks = four.map((n) => aTask(n, n === 2 ? { desiredStatus: 'STOPPED' } : {}));
    const diagnosis = look({ tasks });

    expect(diagnosis.illIds).toEqual([]);
    expect(diagnosis.suspects).toEqual([]);
    expect(diagnosis.views).toHaveLength(4);
  });

  test('asks only those that have shown something what the ill have in common', () => {
    const release = (n: number) => ({ revision: `checkout-api:${n > 2 ? 43 : 42}` });
    const fresh = aTask(5, { ...release(5), startedAt: earlier(NOW, seconds(20)) });
    const tasks = [...four.map((n) => aTask(n, release(n))), fresh];
    const failing = four.map((n) => traffic(n, 100, n > 2 ? 80 : 0));
    const targets = [...four, 5].map((n) => aTarget(n));

    expect(look({ tasks, targets, traffic: failing }).pattern).toEqual({
      kind: 'one-revision',
      revision: 'checkout-api:43',
    });
  });

  test('calls no two apart that are too close, be it by how slow they are', () => {
    const close = four.map((n) => slowTraffic(n, 400, [0, 3, 120, 96, 2][n] ?? 0));
    expect(look({ traffic: close }).inseparable).toBe(
      'the worst share is 30.0 %, the next 24.0 %: too close to single one out',
    );
  });

  test('corrects a chance for the tests that it made, and for no other', () => {
    const chanceOf = (scene: Scene) => look(scene).suspects[0]?.chance;
    const five = [...four, 5];
    const idle = { tasks: five.map((n) => aTask(n)), targets: five.map((n) => aTarget(n)) };
    const busy = four.map((n) => traffic(n, 40, n === 2 ? 15 : 1));

    expect(chanceOf({ traffic: busy })).toBeGreaterThan(0);
    expect(chanceOf({ ...idle, traffic: busy })).toBe(chanceOf({ traffic: busy }));
  });

  test.each([
    [20, ['error-share 10.0.0.2']],
    [19, []],
  ])('compares a task that served %i requests: %j', (requests, kinds) => {
    const served = four.map((n) => traffic(n, n === 2 ? requests : 100, n === 2 ? requests : 0));
    expect(kindsOf(look({ traffic: served }))).toEqual(kinds);
  });

  test('needs no word of the load balancer once requests gave one away', () => {
    const odd = { anomaly: { anomalous: true, mitigated: false } };
    const targets = four.map((n) => aTarget(n, n === 4 ? odd : {}));
    const known = [1, 2, 3].map((n) => traffic(n, 100, n === 2 ? 80 : 1));

    expect(kindsOf(look({ targets, traffic: known }))).toEqual(['error-share 10.0.0.2']);
  });

  test.each<[string, Scene, readonly string[]]>([
    ['one of one', { tasks: [aTask(1)] }, ['only-task 10.0.0.1']],
    ['one of two', { tasks: [aTask(1)], service: { desired: 2 } }, []],
    ['two of one', { tasks: [aTask(1), aTask(2)], service: { desired: 1 } }, []],
  ])('finds an only task in %s', (_which, scene, kinds) => {
    expect(kindsOf(look({ ...scene, traffic: [traffic(1, 100, 60)] }))).toEqual(kinds);
  });

  test.each([
    [59, 'young'],
    [60, 'healthy'],
  ])('calls a task of %i s %s', (age, condition) => {
    const task = aTask(1, { startedAt: earlier(NOW, seconds(age)) });
    expect(look({ tasks: [task] }).views[0]?.condition).toBe(condition);
  });
});
