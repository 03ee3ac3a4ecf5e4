import { describe, expect, test } from 'vitest';
import type { Change } from '../../functions/core/change.ts';
import { durationMillis, earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  anIncident,
  aService,
  aTarget,
  aTask,
  NOW,
  type Scene,
} from './builders.ts';
import { answerOf, changeOf, stepOf } from './steps.ts';
import {
  healed,
  plus,
  QUIET,
  recovered,
  STORM,
  spellEntries,
  spellEntry,
  stopped,
} from './timeline.ts';

describe('an incident that is healed', () => {
  test('is opened and claimed in one change, and neither is told', () => {
    const { claimed } = stopped();

    expect(spellEntries(claimed)).toEqual(['opened', 'claimed']);
    expect(claimed.next.incident).toMatchObject({ state: 'acting', openedAt: NOW, told: false });
    expect(claimed.next.intent).toMatchObject({ claimedAt: NOW, victim: { taskId: aTask(2).id } });
  });

  test('tells the stop, with its victim and the numbers next to their limits', () => {
    const { done } = stopped();

    expect(spellEntries(done)).toEqual(['stopped told']);
    expect(done.entries[0]).toMatchObject({
      victim: { taskArn: aTask(2).arn, lastErrors: ['500 pool exhausted'] },
      stopped: 1,
      facts: {
        desired: 4,
        running: 4,
        healthy: 4,
        floor: 3,
        requests: 400,
        errors: 83,
        stopsUsed: 1,
        stopsAllowed: 3,
        alarms: [{ name: 'checkout-api-5xx-rate', state: 'ALARM' }],
      },
    });
  });

  test('is verified quietly, and told when it is proven', () => {
    const [, , well, proven] = recovered();

    expect(well?.entries.map(spellEntry)).toEqual(['held settling']);
    expect(well?.next.incident).toMatchObject({ state: 'verifying' });
    expect(proven?.entries.map(spellEntry)).toEqual(['recovered told']);
    expect(proven?.next.incident).toMatchObject({ state: 'recovered', recoveredAt: plus(120) });
  });

  test('measures each part of its time', () => {
    const [claimed, done, , proven] = recovered();

    expect(claimed?.entries.at(-1)?.ledger).toEqual({});
    expect(done?.entries[0]?.ledger).toEqual({ act: seconds(62) });
    expect(proven?.entries[0]?.ledger).toEqual({
      act: seconds(62),
      replace: seconds(58),
      recover: minutes(3),
    });
  });

  test('numbers its entries without a gap, each with an id of its own', () => {
    const entries = recovered().flatMap((change) => change.entries);

    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(entries.map(({ id }) => id)).toEqual(
      entries.map(({ incidentId, seq }) => `${incidentId}#${seq}`),
    );
    const [id, ...others] = new Set(entries.map(({ incidentId }) => incidentId));
    expect(id).toMatch(/^inc-20261120-100341-[0-9a-z]{6}$/);
    expect(others).toEqual([]);
  });

  test('puts every entry into the outbox until somebody takes it out', () => {
    const changes = recovered();

    expect(changes.at(-1)?.next.outbox).toEqual(changes.flatMap((change) => change.entries));
  });
});

describe('the next look', () => {
  test('is planned with the claim, and kept when the stop is accepted', () => {
    const { claimed, done } = stopped();

    expect(claimed).toMatchObject({ recheckAt: plus(30), next: { incident: { token: 1 } } });
    expect(done.recheckAt).toBeUndefined();
    expect(done.next.incident).toMatchObject({ token: 1, nextCheckAt: plus(30) });
  });

  test('gets a new token each time, so that an older one is superseded', () => {
    const tokens = recovered().map(({ next }) => next.incident?.token);

    expect(tokens).toEqual([1, 1, 2, 2]);
  });

  test('is not planned when the incident is over', () => {
    expect(recovered().at(-1)?.recheckAt).toBeUndefined();
  });

  test('is planned anew by a pass that completes the claim of another', () => {
    const { claimed } = stopped();
    const step = stepOf({ lock: claimed.next, at: plus(95) });

    const done = answerOf(step, claimed.next, plus(96), 'accepted');

    expect(step.decision.verdict).toMatchObject({ kind: 'act', completing: true });
    expect(done).toMatchObject({ recheckAt: plus(126), next: { incident: { token: 2 } } });
  });

  test('comes as soon as the reason may have gone', () => {
    const lock = aLock({
      incident: anIncident(),
      cooldownUntil: plus(10),
      stops: [{ incidentId: 'i', taskArn: 'arn:gone', at: earlier(NOW, minutes(4)) }],
    });

    expect(changeOf({ lock }).recheckAt).toBe(plus(10));
  });

  test('is four times as far once a person knows why, or waits in vain for it, or asked for quiet', () => {
    const paused = aLock({
      pause: { by: 'ana', why: 'load test', until: later(NOW, minutes(60)) },
    });

    const called = changeOf({ lock: aLock(), scene: STORM });
    const later180 = changeOf({ lock: called.next, scene: STORM, at: plus(180) });

    expect(called.recheckAt).toBe(plus(30));
    expect(later180.recheckAt).toBe(plus(300));
    expect(changeOf({ lock: paused }).recheckAt).toBe(plus(120));
  });
});

describe('an alarm after a recovery', () => {
  const last = recovered().at(-1)?.next ?? aLock();
  const ring = (wait: number): Scene => ({
    ...STORM,
    alarms: [anAlarm({ since: later(plus(120), seconds(wait - 10)) })],
  });
  const again = (wait: number): Change =>
    changeOf({ lock: last, at: later(plus(120), seconds(wait)), scene: ring(wait) });

  test('within the window re-opens the same incident, counts it, and goes on numbering', () => {
    const reopened = again(900);

    expect(spellEntries(reopened)).toEqual(['reopened', 'escalated storm told']);
    expect(reopened.next.incident).toMatchObject({
      id: last.incident?.id,
      reopened: 1,
      stopped: 1,
      seq: 7,
      token: 3,
      openedAt: later(plus(120), minutes(15)),
    });
    expect(reopened.entries[0]).toMatchObject({ reopened: 1, seq: 6 });
  });

  test('starts a new clock: the stop before is not in its ledger', () => {
    expect(again(60).entries.at(-1)?.ledger).toEqual({});
    expect(again(60).next.incident?.stableSince).toBeUndefined();
  });

  test('after the window is a new incident', () => {
    const opened = again(900.001);

    expect(spellEntries(opened)).toEqual(['opened', 'escalated storm told']);
    expect(opened.next.incident).toMatchObject({ reopened: 0, stopped: 0, seq: 2, token: 1 });
    expect(opened.next.incident?.id).not.toBe(last.incident?.id);
  });
});

describe('an incident', () => {
  test('counts from when the first of its alarms rang', () => {
    const alarms = [
      anAlarm({ since: earlier(NOW, minutes(1)) }),
      anAlarm({ arn: 'arn:second', since: earlier(NOW, minutes(7)) }),
      anAlarm({ arn: 'arn:fine', state: 'OK', since: earlier(NOW, minutes(60)) }),
    ];

    const { incident } = changeOf({ lock: aLock(), scene: { ...STORM, alarms } }).next;

    expect(incident).toMatchObject({
      alarmSince: earlier(NOW, minutes(7)),
      rang: [anAlarm().arn, 'arn:second'],
    });
  });

  test('remembers every alarm that rang during it', () => {
    const first = changeOf({ lock: aLock(), scene: STORM });
    const scene: Scene = { ...STORM, alarms: [anAlarm({ arn: 'arn:second' })] };

    const { incident } = changeOf({ lock: first.next, scene, at: plus(30) }).next;

    expect(incident?.rang).toEqual([anAlarm().arn, 'arn:second']);
  });

  test('is not opened by a delivery that finds nothing wrong', () => {
    const scene: Scene = { ...QUIET, alarms: [anAlarm({ state: 'OK' })] };
    const step = stepOf({ lock: aLock(), scene, delivery: anAlarmDelivery('OK') });

    expect(step.decision.verdict).toMatchObject({ kind: 'settled', outcome: 'nothing-to-do' });
    expect(() => changeOf({ lock: aLock(), scene })).toThrow('changes nothing');
  });

  test('forgets since when all was well as soon as something is not', () => {
    const { done } = stopped();
    const scene = healed(plus(40), plus(50));
    const well = changeOf({ lock: done.next, at: plus(60), scene });
    const ill = { ...scene, targets: [1, 3, 4].map((n) => aTarget(n)) };

    const relapse = changeOf({ lock: well.next, at: plus(90), scene: ill });
    const proven = changeOf({ lock: relapse.next, at: plus(120), scene });

    expect(well.next.incident?.stableSince).toBe(plus(60));
    expect(relapse.next.incident?.stableSince).toBeUndefined();
    expect(proven.next.incident).toMatchObject({ state: 'verifying', stableSince: plus(120) });
  });

  test('holds back nothing of its own clock: a stop at once took no time', () => {
    const service = aService();
    const scene: Scene = { alarms: [anAlarm({ since: NOW })] };
    const step = stepOf({ lock: aLock(), service, scene });
    const claimed = changeOf({ lock: aLock(), service, scene });

    const done = answerOf(step, claimed.next, NOW, 'accepted');

    expect(done.entries[0]?.ledger).toEqual({ act: durationMillis(0) });
  });
});
