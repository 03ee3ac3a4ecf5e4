/** What every drill must keep to, and what the incident says of itself. */
import { describe, expect, test } from 'vitest';
import { epochMillis } from '../../functions/core/time.ts';
import { anEntry, anIncident } from '../core/builders.ts';
import type { LabEvent } from '../lab/events.ts';
import { alarm, answer, aRecording, at, ILL, OTHER, stopOf, target } from './a-recording.ts';
import { measure, type Recording } from './measure.ts';

describe('stops below the floor', () => {
  const up = [target(-3, 'a', 'healthy', ILL), target(-2, 'b', 'healthy')];
  const breaches = (events: readonly LabEvent[], overrides: Partial<Recording> = {}) =>
    measure(aRecording({ events: [...up, ...events], ...overrides })).floorBreaches;

  test('are none while enough are healthy beside it', () => {
    expect(breaches([stopOf(ILL, 1, 2)])).toBe(0);
  });

  test('are those that leave too few', () => {
    expect(breaches([stopOf(ILL, 1, 2)], { floor: 2 })).toBe(1);
    expect(breaches([target(0, 'b', 'unhealthy'), stopOf(ILL, 1, 2)])).toBe(1);
  });

  test('do not count a task on that was stopped before, whatever its target says', () => {
    expect(breaches([stopOf(ILL, 1, 2), stopOf(OTHER, 3, 4)])).toBe(1);
  });

  test('do not count what the load balancer says only later', () => {
    expect(breaches([stopOf(ILL, 1, 2), target(3, 'b', 'unhealthy')])).toBe(0);
  });

  test('that were refused are none', () => {
    expect(breaches([stopOf(ILL, 1, 2, { status: 400 })], { floor: 2 })).toBe(0);
  });

  test('are judged in the tier of the task, against its own floor', () => {
    const behind = ['x', 'y'].map(
      (id): LabEvent =>
        ({ ...target(-1, id, 'healthy', id), targetGroupArn: 'behind' }) as LabEvent,
    );
    const stop = stopOf('x', 1, 2);

    expect(breaches([...behind, stop], { backend: { floor: 1 } })).toBe(0);
    expect(breaches([...behind, stop], { backend: { floor: 2 } })).toBe(1);
  });
});

describe('the tier behind', () => {
  test('has its own stops and its own incident', () => {
    const measured = measure(
      aRecording({
        events: [stopOf(ILL, 1, 2), stopOf('behind', 3, 4)],
        illTasks: new Set(['behind']),
        backend: { floor: 1, incident: anIncident({ state: 'recovered' }) },
        incident: anIncident({ state: 'holding' }),
      }),
    );

    expect(measured).toMatchObject({ stops: 2, stoppedIll: 1, stoppedOther: 1, stoppedBackend: 1 });
    expect(measured).toMatchObject({ state: 'holding', backendState: 'recovered' });
  });

  test('is not measured where there is none', () => {
    const measured = measure(aRecording({ events: [stopOf(ILL, 1, 2)] }));

    expect(measured).not.toHaveProperty('stoppedBackend');
    expect(measured).not.toHaveProperty('backendState');
  });

  test('says nothing for the one in front', () => {
    const timeline = [
      anEntry({ kind: 'opened', serviceId: 'shop-prod/catalog-api', incidentId: 'inc-2' }),
      anEntry({ kind: 'escalated', serviceId: 'shop-prod/catalog-api', reason: 'storm' }),
    ];

    const measured = measure(aRecording({ timeline }));

    expect(measured.incidents).toBe(0);
    expect(measured).not.toHaveProperty('escalation');
  });
});

describe('what the incident says', () => {
  const cause = (code: 'network' | 'dependency') => ({
    cause: { code, sentence: 's', evidence: [], fix: 'f' },
  });
  const said = (...timeline: readonly ReturnType<typeof anEntry>[]) =>
    measure(aRecording({ timeline }));

  test('is its cause by the escalation, or else by the newest hold', () => {
    const held = anEntry({ kind: 'held', ...cause('network') });
    const heldAgain = anEntry({ kind: 'held', ...cause('dependency') });
    const escalated = anEntry({ kind: 'escalated', reason: 'storm', ...cause('network') });

    expect(said(held, heldAgain).cause).toBe('dependency');
    expect(said(held, escalated, heldAgain).cause).toBe('network');
    expect(said(anEntry({ kind: 'escalated', reason: 'storm' }))).not.toHaveProperty('cause');
  });

  test('is the outcome of the last recovery', () => {
    const recovered = (outcome: 'by-stop' | 'anyway') => anEntry({ kind: 'recovered', outcome });

    expect(said(recovered('anyway'), recovered('by-stop')).outcome).toBe('by-stop');
  });

  test('counts incidents once, and each time that one came back', () => {
    const timeline = [
      anEntry({ kind: 'opened', incidentId: 'inc-1' }),
      anEntry({ kind: 'reopened', incidentId: 'inc-1' }),
      anEntry({ kind: 'reopened', incidentId: 'inc-1' }),
      anEntry({ kind: 'opened', incidentId: 'inc-2' }),
    ];

    expect(said(...timeline)).toMatchObject({ incidents: 2, reopened: 2 });
  });
});

describe('a false recovery', () => {
  const recovered = (ms: number, serviceId = 'shop-prod/checkout-api') =>
    anEntry({ kind: 'recovered', at: epochMillis(at(ms)), serviceId });
  const count = (overrides: Partial<Recording>) => measure(aRecording(overrides)).falseRecovered;

  test.for([
    ['before the fault', { from: 200, to: 300 }, 0],
    ['as the fault begins', { from: 100, to: 300 }, 1],
    ['in the fault', { from: 50, to: 300 }, 1],
    ['in a fault that never ends', { from: 50 }, 1],
    ['as the fault ends', { from: 50, to: 100 }, 0],
    ['after the fault', { from: 50, to: 80 }, 0],
  ] as const)('is one that was said in a fault: %s', ([, span, expected]) => {
    const faults = [
      { from: at(span.from), ...('to' in span ? { to: at(span.to) } : {}) },
      { from: at(-20), to: at(-10) },
    ];

    expect(count({ timeline: [recovered(100)], faults })).toBe(expected);
  });

  // The minute of AWS lasts six seconds here.
  test.for([
    [99, 0],
    [100, 0],
    [101, 1],
    [6_100, 1],
    [6_101, 0],
  ] as const)('is one within an AWS minute before an alarm: at %i ms: %i', ([ms, expected]) => {
    const ring = { ...alarm(ms, 'ALARM'), alarmName: 'checkout-api-5xx-rate' } as LabEvent;

    expect(count({ timeline: [recovered(100)], events: [ring] })).toBe(expected);
  });

  test('is none for the alarm of another service, nor for one that goes OK', () => {
    const ring = { ...alarm(200, 'ALARM'), alarmName: 'catalog-api-5xx-rate' } as LabEvent;
    const clears = { ...alarm(200, 'OK'), alarmName: 'checkout-api-5xx-rate' } as LabEvent;

    expect(count({ timeline: [recovered(100)], events: [ring, clears] })).toBe(0);
    const behind = [recovered(100, 'shop-prod/catalog-api')];
    expect(count({ timeline: behind, events: [ring, clears] })).toBe(1);
  });

  test('is counted each time', () => {
    const faults = [{ from: at(0) }];

    expect(count({ timeline: [recovered(100), recovered(200)], faults })).toBe(2);
  });
});

test('failed requests are those of users since the fault', () => {
  const answers = [answer(-1, 500), answer(0, 500), answer(1, 200), answer(2, 'timeout')];

  expect(measure(aRecording({ answers })).failedSince).toBe(2);
});
