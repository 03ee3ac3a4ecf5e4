/** For whatever the world is like: a person's request opens the guardrails to no stop that they refuse. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance } from '../../functions/core/advance.ts';
import { decide } from '../../functions/core/decide.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import { GUARDRAILS } from '../../functions/core/guardrails.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { complete } from '../../functions/core/observation.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import { REASONS } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  aTarget,
  aTask,
  NO_STORM,
  NOW,
  traffic,
} from './builders.ts';

const four = [1, 2, 3, 4];

function aRequest(request = 'click-1'): Delivery {
  const about = { serviceId: 'shop-prod/checkout-api', requestedBy: 'ana', reason: 'one more' };
  return { kind: 'manual', dryRun: false, request, ...about };
}

const RECHECK: Delivery = {
  kind: 'recheck',
  serviceId: 'shop-prod/checkout-api',
  incidentId: anIncident().id,
  token: 1,
};

/** Mostly one failing task and nothing in the way, so that many requests could be granted. */
const aWorld = fc.record({
  errors: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<readonly number[]>([1, 80, 1, 1], [0, 0, 90, 0]) },
    { weight: 1, arbitrary: fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }) },
  ),
  sick: rarely(fc.nat(3)),
  deploys: rarely(fc.constant(true)),
  desired: rarely(fc.nat(6)),
  protectedTask: rarely(fc.nat(3)),
  young: rarely(fc.nat(3)),
  stopsAgo: rarely(fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 4 })),
  coolsDown: rarely(fc.constant(true)),
  pausedBy: rarely(fc.constantFrom('own', 'all')),
  quiet: rarely(fc.constant(true)),
  observes: rarely(fc.constant(true)),
  reason: fc.constantFrom(...REASONS),
});
type AnyWorld = typeof aWorld extends fc.Arbitrary<infer T> ? T : never;

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function inputOf(world: AnyWorld, delivery: Delivery) {
  const { errors, sick, deploys, desired, protectedTask, young, quiet, observes } = world;
  const pause = { by: 'ben', why: 'quiet', until: later(NOW, minutes(5)) };
  return {
    service: aService(observes === true ? { mode: 'observe' } : {}),
    lock: lockOf(world),
    account: { ...NO_STORM.account, ...(world.pausedBy === 'all' ? { pause } : {}) },
    limits: NO_STORM.limits,
    observation: anObservation({
      alarms: [anAlarm(quiet === true ? { state: 'OK' } : {})],
      service: {
        ...(desired === undefined ? {} : { desired }),
        ...(deploys === true
          ? {
              deployments: [
                { id: 'd', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x:2' },
              ],
            }
          : {}),
      },
      tasks: four.map((n, index) =>
        aTask(n, {
          ...(index === young ? { startedAt: earlier(NOW, minutes(0)) } : {}),
          ...(index === protectedTask ? { protectedUntil: later(NOW, minutes(9)) } : {}),
        }),
      ),
      targets: four.map((n, index) => aTarget(n, index === sick ? { state: 'unhealthy' } : {})),
      traffic: four.map((n, index) => traffic(n, 100, errors[index] ?? 0)),
    }),
    delivery,
    now: NOW,
  };
}

function lockOf({ reason, stopsAgo, coolsDown, pausedBy }: AnyWorld): LockState {
  const stops = (stopsAgo ?? [])
    .toSorted((a, b) => b - a)
    .map((ago) => ({ incidentId: 'inc-1', taskArn: `arn:${ago}`, at: earlier(NOW, minutes(ago)) }));
  return aLock({
    version: 3,
    stops,
    incident: anIncident({
      state: 'escalated',
      escalated: { reason, at: earlier(NOW, minutes(3)) },
      told: true,
    }),
    ...(coolsDown === true ? { cooldownUntil: later(NOW, minutes(1)) } : {}),
    ...(pausedBy === 'own'
      ? { pause: { by: 'ben', why: 'quiet', until: later(NOW, minutes(5)) } }
      : {}),
  });
}

describe('for every world in which a person has the incident', () => {
  test('a request is granted only if every guardrail agrees', () => {
    const met = { act: 0, hold: 0, escalate: 0, settled: 0 };
    fc.assert(
      fc.property(aWorld, (world) => {
        const input = inputOf(world, aRequest());
        const { verdict } = decide(input);
        met[verdict.kind] += 1;
        const observation = complete(input.observation);
        if ('unreadable' in observation) throw new Error('all can be read');
        const diagnosis = diagnose(observation, input.service.policy);
        const refused = GUARDRAILS.some(
          ({ check }) => check({ ...input, observation, diagnosis }) !== undefined,
        );
        const rings = world.quiet !== true;

        expect(verdict.kind === 'act').toBe(rings && !refused);
      }),
      { numRuns: 600 },
    );
    expect(met.act).toBeGreaterThan(10);
    expect(met.hold).toBeGreaterThan(10);
  });

  test('without a request nothing is stopped, whatever else arrives', () => {
    const anything = fc.constantFrom<Delivery>(anAlarmDelivery(), anAlarmDelivery('OK'), RECHECK);
    fc.assert(
      fc.property(aWorld, anything, (world, delivery) => {
        // The storm of all services is a person's; each service is its own again when that is over.
        fc.pre(world.reason !== 'account-storm');

        expect(decide(inputOf(world, delivery)).verdict.kind).not.toBe('act');
      }),
      { numRuns: 300 },
    );
  });

  test('one request is answered once: by a stop, or by a refusal that is told', () => {
    fc.assert(
      fc.property(aWorld, (world) => {
        fc.pre(world.reason !== 'account-storm');
        const input = inputOf(world, aRequest());
        const decision = decide(input);
        const change = advance({ ...input, decision, requestId: 'r' });
        const answers = change?.entries.filter(({ requestedBy }) => requestedBy === 'ana') ?? [];
        const calls = change?.entries.filter(({ kind }) => kind === 'escalated') ?? [];

        if (decision.verdict.kind === 'settled') return;
        expect(answers).toHaveLength(1);
        expect(answers[0]?.kind === 'claimed' || answers[0]?.announce).toBe(true);
        expect(calls.map(({ reason }) => reason)).not.toContain(world.reason);
        expect(change?.next.incident?.answered).toEqual(['click-1']);
        const again = { ...input, lock: { ...input.lock, incident: change?.next.incident } };
        if (decision.verdict.kind === 'act') return;
        expect(decide(again as typeof input).verdict.kind).not.toBe('act');
      }),
      { numRuns: 300 },
    );
  });

  test('ten requests are remembered, the newest ones', () => {
    const [incident] = Array.from({ length: 12 }, (_, n) => `click-${n}`).reduce(
      ([before], request) => {
        const world: AnyWorld = { ...EMPTY, quiet: true };
        const input = inputOf(world, aRequest(request));
        const lock = { ...input.lock, incident: before };
        const step = { ...input, lock, requestId: 'r' };
        return [advance({ ...step, decision: decide(step) })?.next.incident ?? before];
      },
      [lockOf(EMPTY).incident ?? anIncident()],
    );

    expect(incident.answered).toEqual(Array.from({ length: 10 }, (_, n) => `click-${n + 2}`));
  });
});

const EMPTY: AnyWorld = {
  errors: [1, 80, 1, 1],
  sick: undefined,
  deploys: undefined,
  desired: undefined,
  protectedTask: undefined,
  young: undefined,
  stopsAgo: undefined,
  coolsDown: undefined,
  pausedBy: undefined,
  quiet: undefined,
  observes: undefined,
  reason: 'storm',
};
