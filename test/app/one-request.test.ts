/** Requests, alarms and looks in any order, while other tasks fall ill and become well. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { later, minutes } from '../../functions/core/time.ts';
import { anEscalation, type Manual, stopOneMore } from './escalation.ts';
import type { World } from './world.ts';

type Event =
  | { readonly kind: 'ask'; readonly request: string; readonly times: number }
  | { readonly kind: 'alarm' }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'ill'; readonly index: number; readonly errorShare: number };

const anEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    request: fc.constantFrom('one', 'two', 'three'),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.constant({ kind: 'alarm' as const }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    kind: fc.constant('ill' as const),
    index: fc.nat(3),
    errorShare: fc.constantFrom(0, 0.8),
  }),
);

async function happens(world: World, event: Event): Promise<void> {
  switch (event.kind) {
    case 'ask': {
      const asked = Array(event.times).fill(stopOneMore(world)) as readonly Manual[];
      await Promise.all(asked.map((request) => world.deliverUntilDone(request, event.request)));
      return;
    }
    case 'alarm':
      return world.deliverUntilDone();
    case 'wait':
      await world.run(later(world.now, minutes(event.minutes)));
      return;
    case 'ill': {
      const task = world.tasks[event.index];
      if (task !== undefined) task.errorShare = event.errorShare;
    }
  }
}

test('for whatever happens until it is over: no more stops than requests', async () => {
  let most = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anEvent, { minLength: 4, maxLength: 25 }), async (events) => {
      const world = await anEscalation();
      const asked = new Set<string>();
      for (const event of events) {
        if (event.kind === 'ask') asked.add(event.request);
        await happens(world, event);
        // A re-opened incident is the healer's own again.
        if (world.told.some(({ kind }) => kind === 'recovered')) return;
        expect(new Set(world.stops).size).toBeLessThanOrEqual(asked.size);
      }
      most = Math.max(most, world.stops.length);
    }),
    { numRuns: 150 },
  );
  expect(most).toBeGreaterThan(0);
});
