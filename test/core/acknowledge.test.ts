import { describe, expect, test } from 'vitest';
import { acknowledge } from '../../functions/core/acknowledge.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { later, minutes } from '../../functions/core/time.ts';
import { aLock, anAlarm, anIncident, aService, NOW } from './builders.ts';
import { changeOf } from './steps.ts';

const INCIDENT = anIncident({
  state: 'escalated',
  escalated: { reason: 'storm', at: NOW },
  seq: 4,
});

function take(lock: LockState, by: string, incidentId = INCIDENT.id) {
  const delivery = { kind: 'acknowledge', serviceId: lock.serviceId, incidentId, by } as const;
  return acknowledge({ service: aService(), lock, delivery, now: NOW });
}

const lockOf = (incident: Incident): LockState => aLock({ version: 7, incident });

/** The lock after the people have taken it, one after the other. */
function takenBy(...people: readonly string[]): LockState {
  return people.reduce((lock, by) => take(lock, by).change?.next ?? lock, lockOf(INCIDENT));
}

describe('an acknowledgement', () => {
  test('is written with who and when, told, and named by later entries', () => {
    const { outcome, change } = take(lockOf(INCIDENT), 'ana (U01)');

    expect(outcome).toBe('acknowledged');
    expect(change?.entry).toMatchObject({
      id: `${INCIDENT.id}#5`,
      kind: 'acknowledged',
      announce: true,
      reason: 'storm',
      detail: 'ana (U01) has it',
      acknowledgedBy: 'ana (U01)',
      environment: 'prod',
    });
    expect(change?.next).toMatchObject({
      version: 8,
      incident: { acknowledged: { by: 'ana (U01)', at: NOW }, seq: 5 },
      outbox: [change?.entry],
    });
    const [later] = changeOf({
      lock: takenBy('ana (U01)'),
      scene: { service: { desired: 0 } },
    }).entries;
    expect(later?.acknowledgedBy).toBe('ana (U01)');
  });

  test('changes nothing else: not the state, not the next look, not a claim', () => {
    const lock = lockOf(INCIDENT);
    const { acknowledged, seq, told, ...rest } = takenBy('ana').incident ?? INCIDENT;

    expect([acknowledged?.by, seq, told]).toEqual(['ana', 5, true]);
    expect(rest).toEqual(
      (({ seq: _seq, told: _told, ...before }: Incident) => before)(lock.incident ?? INCIDENT),
    );
  });

  test.each(['open', 'acting', 'verifying', 'holding', 'escalated'] as const)(
    'may come while the incident is %s',
    (state) => {
      expect(take(lockOf({ ...INCIDENT, state }), 'ana').outcome).toBe('acknowledged');
    },
  );

  test('by the same person again is no news', () => {
    const again = take(takenBy('ana'), 'ana');

    expect(again).toEqual({
      outcome: 'unchanged',
      detail: 'ana has it since 2026-11-20T10:03:41.516Z',
    });
  });

  test('by another person hands it over, and an old message does not hand it back', () => {
    const lock = takenBy('ana', 'ben');

    expect(lock.incident?.acknowledged).toMatchObject({ by: 'ben', before: ['ana'] });
    expect(lock.outbox.at(-1)?.detail).toBe('ben has it, instead of ana');
    expect(take(lock, 'ana')).toMatchObject({ outcome: 'unchanged' });
  });

  test('remembers ten people', () => {
    const people = Array.from({ length: 14 }, (_, n) => `person ${n}`);

    expect(takenBy(...people).incident?.acknowledged?.before).toHaveLength(10);
  });

  test.each([
    ['that is over', lockOf({ ...INCIDENT, state: 'recovered' }), `${INCIDENT.id} is over already`],
    ['that was never there', aLock(), `${INCIDENT.id} is not open`],
    ['while another is open', lockOf({ ...INCIDENT, id: 'inc-2' }), 'inc-2 is open now'],
  ])('of an incident %s writes nothing', (_what, lock, detail) => {
    const { outcome, change, ...rest } = take(lock, 'ana');

    expect(outcome).toBe('not-open');
    expect(rest.detail).toContain(detail);
    expect(change).toBeUndefined();
  });

  test('is over with the episode: a re-opened incident is nobody’s', () => {
    const over = { ...takenBy('ana').incident, state: 'recovered', recoveredAt: NOW } as Incident;

    const at = later(NOW, minutes(5));
    const { next } = changeOf({
      lock: lockOf(over),
      at,
      scene: { alarms: [anAlarm()], service: { desired: 0 } },
    });

    expect(next.incident).toMatchObject({ id: INCIDENT.id, reopened: 1 });
    expect(next.incident).not.toHaveProperty('acknowledged');
  });
});
