/** What a load balancer says of a target, as on-call reads it. */
import { expect, test } from 'vitest';
import { diagnose } from '../../functions/core/evidence.ts';
import { complete } from '../../functions/core/observation.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { anObservation, aTarget } from './builders.ts';

test.each([
  [{}, 'target 10.0.0.1:8080 is unhealthy'],
  [{ reason: 'Target.Timeout' }, 'target 10.0.0.1:8080 is unhealthy (Target.Timeout)'],
  [
    { reason: 'Target.Timeout', description: 'Request timed out' },
    'target 10.0.0.1:8080 is unhealthy (Target.Timeout: Request timed out)',
  ],
])('a target that is unhealthy with %j', (why, wanted) => {
  const targets = [aTarget(1, { state: 'unhealthy', ...why }), aTarget(2), aTarget(3), aTarget(4)];
  const observation = complete(anObservation({ targets }));
  if ('unreadable' in observation) throw new Error('unreadable');

  expect(diagnose(observation, DEFAULT_POLICY).views[0]?.because).toBe(wanted);
});
