/** Which service the watchdog looks at, and what it calls unreadable. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMillis, later } from '../../functions/core/time.ts';
import { serviceOfTurn, unreadableIn, WATCH_EVERY } from '../../functions/core/watchdog.ts';
import { anObservation, aService, NOW } from './builders.ts';

test('each service has its turn, none twice before all others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(4_000_000), (count, start) => {
      const services = Array.from({ length: count }, (_, index) =>
        aService({}, { id: `shop/service-${index}` }),
      );
      const seen = services.map((_, turn) => {
        const at = epochMillis((start + turn) * WATCH_EVERY);
        return serviceOfTurn(services, at)?.id;
      });

      expect(new Set(seen).size).toBe(count);
    }),
  );
});

test('a look that comes a little late in its turn is about the same service', () => {
  const services = [aService({}, { id: 'shop/a' }), aService({}, { id: 'shop/b' })];
  const start = epochMillis(Math.floor(NOW / WATCH_EVERY) * WATCH_EVERY);
  const late = later(start, WATCH_EVERY);

  expect(serviceOfTurn(services, start)?.id).not.toBe(serviceOfTurn(services, late)?.id);
  expect(serviceOfTurn(services, epochMillis(late - 1))?.id).toBe(
    serviceOfTurn(services, start)?.id,
  );
});

test('few lines are read: a busy service costs no more than a quiet one', () => {
  const { policy } = serviceOfTurn([aService()], NOW) ?? {};

  expect(policy?.evidenceWindow).toBeLessThanOrEqual(10_000);
});

test('no service has no turn', () => {
  expect(serviceOfTurn([], NOW)).toBeUndefined();
});

test('what failed is named by source and code, and what a service does not have is no failure', () => {
  const failed = { kind: 'unreadable', code: 'dependency.refused', message: 'denied' } as const;
  const observation = { ...anObservation(), traffic: { kind: 'absent' } as const, targets: failed };

  expect(unreadableIn(observation)).toEqual([
    { source: 'targets', code: 'dependency.refused', message: 'denied' },
  ]);
});
