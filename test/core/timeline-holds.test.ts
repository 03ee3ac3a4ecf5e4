import { describe, expect, test } from 'vitest';
import type { LockState } from '../../functions/core/lock.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { aLock, anAlarm, anIncident, aTarget, aTask, NOW, type Scene } from './builders.ts';
import { answerOf, changeOf, stepOf } from './steps.ts';
import { DEPLOYING, healed, plus, QUIET, STORM, spellEntries, stopped } from './timeline.ts';

describe('a hold', () => {
  test('is told once, however often it is looked at', () => {
    const first = changeOf({ lock: aLock(), scene: DEPLOYING });
    const second = changeOf({ lock: first.next, scene: DEPLOYING, at: plus(30) });

    expect(spellEntries(first)).toEqual(['opened', 'held deployment-in-progress told']);
    expect(spellEntries(second)).toEqual([]);
    expect(second.next.incident?.hold).toEqual({ reason: 'deployment-in-progress', since: NOW });
  });

  test('of another reason is in the timeline, but is not told again', () => {
    const first = changeOf({ lock: aLock(), scene: DEPLOYING });
    const lock = { ...first.next, pause: { by: 'ana', why: '', until: plus(600) } };

    const second = changeOf({ lock, scene: DEPLOYING, at: plus(30) });

    expect(spellEntries(second)).toEqual(['held paused']);
    expect(second.next.incident?.hold).toEqual({ reason: 'paused', since: plus(30) });
  });

  test.each<[string, Scene, Partial<LockState>]>([
    ['no-suspect', QUIET, {}],
    ['starting', { tasks: [1, 2, 3, 4].map((n) => aTask(n, { startedAt: NOW })) }, {}],
    ['alarm-suppressed', { alarms: [anAlarm({ suppressed: true })] }, {}],
    [
      'alarm-cleared',
      healed(earlier(NOW, seconds(5)), earlier(NOW, seconds(5))),
      { incident: anIncident() },
    ],
    [
      'settling',
      {},
      { stops: [{ incidentId: 'i', taskArn: 'arn:gone', at: earlier(NOW, seconds(30)) }] },
    ],
  ])('of the quiet reason %s is in the timeline only', (reason, scene, lock) => {
    const change = changeOf({ lock: aLock(lock), scene });

    expect(spellEntries(change)).toContain(`held ${reason}`);
    expect(change.next.incident?.told).toBe(false);
  });

  test('while a claim is young is in the timeline only, and leaves the claim alone', () => {
    const { claimed } = stopped();

    const held = changeOf({ lock: claimed.next, at: plus(1) });

    expect(spellEntries(held)).toEqual(['held lock-held']);
    expect(held.next.intent).toEqual(claimed.next.intent);
  });

  test.each<[string, Scene, Partial<LockState>]>([
    ['paused', {}, { pause: { by: 'ana', why: '', until: plus(60) } }],
    ['scaled-to-zero', { tasks: [], targets: [], traffic: [] }, {}],
    ['replacing', { service: { running: 3 } }, {}],
    ['unreadable', { targets: [1, 2, 3].map((n) => aTarget(n)) }, {}],
    [
      'cooling-down',
      {},
      {
        cooldownUntil: plus(60),
        stops: [{ incidentId: 'i', taskArn: 'arn:gone', at: earlier(NOW, minutes(4)) }],
      },
    ],
  ])('of the reason %s is told', (reason, scene, lock) => {
    expect(spellEntries(changeOf({ lock: aLock(lock), scene }))).toEqual([
      'opened',
      `held ${reason} told`,
    ]);
  });

  test('that nobody heard of ends without a word', () => {
    const first = changeOf({ lock: aLock(), scene: QUIET });
    const scene: Scene = { ...QUIET, alarms: [anAlarm({ state: 'OK', since: plus(10) })] };
    const well = changeOf({ lock: first.next, scene, at: plus(30) });

    const over = changeOf({ lock: well.next, scene, at: plus(95) });

    expect(spellEntries(over)).toEqual(['recovered']);
    expect(over.next.incident).toMatchObject({ state: 'recovered', stopped: 0 });
  });
});

describe('what an incident has seen while it held', () => {
  const held = {
    stableSince: earlier(NOW, minutes(2)),
    waitingSince: earlier(NOW, minutes(2)),
    hold: { reason: 'alarm-cleared', since: earlier(NOW, minutes(2)) },
  } as const;

  test.each<[string, Scene | undefined, string]>([
    ['a claim', undefined, 'acting'],
    ['an escalation', STORM, 'escalated'],
  ])('is no proof any more after %s', (_name, scene, state) => {
    const lock = aLock({ incident: anIncident(held) });

    const { incident } = changeOf({ lock, ...(scene === undefined ? {} : { scene }) }).next;

    expect(incident?.state).toBe(state);
    expect(incident).not.toHaveProperty('stableSince');
    expect(incident).not.toHaveProperty('waitingSince');
    expect(incident).not.toHaveProperty('hold');
  });
});

describe('an escalation', () => {
  test('is told with its reason, and once', () => {
    const first = changeOf({ lock: aLock(), scene: STORM });
    const second = changeOf({ lock: first.next, scene: STORM, at: plus(30) });
    const third = changeOf({ lock: second.next, scene: STORM, at: plus(150) });

    expect(spellEntries(first)).toEqual(['opened', 'escalated storm told']);
    expect(first.next.incident).toMatchObject({
      state: 'escalated',
      escalated: { reason: 'storm', at: NOW },
    });
    expect(spellEntries(second)).toEqual(['held storm']);
    expect(spellEntries(third)).toEqual([]);
  });

  test('comes after a hold that lasted too long, though the hold was told', () => {
    const first = changeOf({ lock: aLock(), scene: DEPLOYING });

    const late = changeOf({ lock: first.next, scene: DEPLOYING, at: later(NOW, minutes(30)) });

    expect(spellEntries(late)).toEqual(['escalated deployment-in-progress told']);
  });

  test('is followed to its end, and that is told too', () => {
    const first = changeOf({ lock: aLock(), scene: STORM });
    const scene: Scene = { ...QUIET, alarms: [anAlarm({ state: 'OK', since: plus(10) })] };
    const well = changeOf({ lock: first.next, scene, at: plus(30) });

    const over = changeOf({ lock: well.next, scene, at: plus(95) });

    expect(well.next.incident).toMatchObject({ state: 'escalated' });
    expect(spellEntries(over)).toEqual(['recovered told']);
    expect(over.entries[0]).toMatchObject({ stopped: 0, ledger: { recover: seconds(155) } });
    expect(over.entries[0]?.ledger.act).toBeUndefined();
  });

  test('follows a refused stop, with the victim that was meant', () => {
    const step = stepOf({ lock: aLock() });
    const claimed = changeOf({ lock: aLock() });

    const refused = answerOf(step, claimed.next, plus(2), { refused: 'AccessDenied' });

    expect(spellEntries(refused)).toEqual(['stop-refused stop-refused told']);
    expect(refused.entries[0]).toMatchObject({
      detail: 'AccessDenied',
      stopped: 0,
      victim: { taskId: aTask(2).id },
      facts: { stopsUsed: 0 },
    });
    expect(refused.next.intent).toBeUndefined();
    expect(refused.next.incident).toMatchObject({ state: 'escalated' });
  });
});
