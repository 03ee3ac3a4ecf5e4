/** What ECS shows as the reason of a stop, for everybody who may look at the task. */
import { expect, test } from 'vitest';
import { reconcile } from '../../functions/app/reconcile.ts';
import { later, seconds } from '../../functions/core/time.ts';
import { anAlarmDelivery, aService, aTarget } from '../core/builders.ts';
import { World } from './world.ts';

/** A load balancer says what the target answered, and a target may answer anything. */
const HOSTILE = '<!channel> \u202e\u0000\n\ud800 héllo & '.repeat(5_000);

test('is short, in plain letters, and names the incident', async () => {
  const world = new World(aService({ nativePatienceSeconds: 1 }));
  const reasons: string[] = [];
  const unhealthy = { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' } as const;
  const targets = [1, 2, 3, 4].map((n) =>
    aTarget(n, n === 2 ? { ...unhealthy, description: HOSTILE } : {}),
  );
  const look = () => {
    const { signal } = new AbortController();
    const deps = {
      ...world.deps(),
      targets: { targets: () => Promise.resolve(targets) },
      stopper: {
        stop: (_service: unknown, _task: string, reason: string) => {
          reasons.push(reason);
          return Promise.resolve({ kind: 'accepted' } as const);
        },
      },
    };
    const { service } = world;
    return reconcile(deps, { service, delivery: anAlarmDelivery(), requestId: 'r', signal });
  };

  await look();
  world.now = later(world.now, seconds(2));
  await look();

  expect(reasons).toHaveLength(1);
  const [reason = ''] = reasons;
  expect(reason).toMatch(/^self-heal inc-[\w-]+: .*ResponseCodeMismatch/);
  expect(reason).toMatch(/^[\x20-\x7e]{1,200}$/);
});
