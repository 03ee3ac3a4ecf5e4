/** What a drill sees, and what it keeps of its course. */
import { describe, expect, test } from 'vitest';
import { advanceDrill } from '../../functions/core/drill/advance.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import { unreadable, wellTasks } from '../../functions/core/drill/sight.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import { aLock, anIncident, aTask, NOW, taskId } from './builders.ts';
import { aDrill, aSight, DRILL_ID, plus, SETTING, TOLD, UNREAD } from './drill-builders.ts';
import { open, type Sight } from './drill-table.ts';

const running = (state: Partial<DrillState> = {}, definition: Partial<Definition> = {}) =>
  aDrill({ phase: 'following', ...TOLD, faultAt: plus(10), ...state }, definition);

describe('what a drill keeps of its course', () => {
  const runOf = (state: DrillState, sight?: Sight) =>
    advanceDrill(state, aSight(sight), SETTING).next.run;
  const limits = (until: Definition['until']) => ({ until, timeLimit: 100 });

  test('is how its waiting ended', () => {
    const base = { type: 'probe', start: plus(0) };

    expect(runOf(running({}, limits('recovered')), { at: plus(110) })).toEqual([
      {
        ...base,
        name: 'incident is recovered',
        status: 'failed',
        end: plus(110),
        exception: 'not within 100 s',
      },
    ]);
    expect(
      runOf(running({}, limits('escalated')), { at: plus(50), lock: open({ state: 'escalated' }) }),
    ).toEqual([{ ...base, name: 'incident is escalated', status: 'succeeded', end: plus(50) }]);
    expect(runOf(running({}, limits('quiet')), { at: plus(110) })).toEqual([
      { ...base, name: 'incident is quiet', status: 'succeeded', end: plus(110) },
    ]);
    expect(runOf(running({}, limits('quiet')), { at: plus(50), lock: open() })[0]).toMatchObject({
      status: 'failed',
      exception: 'an incident was opened: inc-20261120-100241-0001',
    });
    const { faultAt: _none, ...unhurt } = running({ phaseSince: plus(50) }, limits('recovered'));
    expect(runOf(unhurt, { at: plus(149) })).toEqual([]);
    expect(runOf(unhurt, { at: plus(150) })).toHaveLength(1);
  });

  test('is a sample of each look, with its incident', () => {
    const { next } = advanceDrill(running(), aSight({ lock: open() }), SETTING);
    const held = open({ hold: { reason: 'starting', since: NOW } });
    const again = advanceDrill(next, aSight({ lock: held, at: plus(9) }), SETTING).next;

    expect(next.samples).toEqual([{ at: NOW, healthy: 4, desired: 4, incident: 'holding' }]);
    expect(again.samples.map(({ incident }) => incident)).toEqual([
      'holding',
      'holding (starting)',
    ]);
    expect(again.incidents).toEqual([anIncident().id]);
    const over = open({ state: 'recovered', hold: { reason: 'starting', since: NOW } });
    expect(advanceDrill(running(), aSight({ lock: over }), SETTING).next.samples[0]?.incident).toBe(
      'recovered',
    );
    const calm = advanceDrill(running(), aSight(), SETTING).next;
    expect(calm).toMatchObject({ samples: [{ incident: 'none' }], incidents: [] });
  });

  test('has no sample of what could not be counted, nor more than 400', () => {
    const samples = Array.from({ length: 399 }, () => ({
      at: NOW,
      healthy: 4,
      desired: 4,
      incident: 'none',
    }));
    const step = (state: DrillState, sight?: Sight) =>
      advanceDrill(state, aSight(sight), SETTING).next;
    const full = step(running({ samples }));

    expect(full.samples).toHaveLength(400);
    expect(step(full).samples).toHaveLength(400);
    expect(step(running(), { tasks: UNREAD }).samples).toEqual([]);
    expect(step(running(), { fleet: UNREAD }).samples).toEqual([]);
    expect(step(running(), { targets: UNREAD }).samples).toEqual([]);
    expect(step(running(), { targets: { kind: 'absent' } }).samples).toHaveLength(1);
    expect(step(aDrill()).samples).toEqual([]);
  });

  test('is since when it cannot see', () => {
    const blind = advanceDrill(running(), aSight({ at: plus(7), alarms: UNREAD }), SETTING).next;
    const still = advanceDrill(blind, aSight({ at: plus(9), watched: UNREAD }), SETTING).next;

    expect([blind.blindSince, still.blindSince]).toEqual([plus(7), plus(7)]);
    expect(advanceDrill(still, aSight(), SETTING).next).not.toHaveProperty('blindSince');
    expect(advanceDrill(aDrill(), aSight({ alarms: UNREAD }), SETTING).next).not.toHaveProperty(
      'blindSince',
    );
  });

  test('is the mark of its turn, for both', () => {
    const { next, effects } = advanceDrill(
      aDrill(),
      aSight({ lock: aLock(), at: plus(50) }),
      SETTING,
    );

    expect(next).toMatchObject({ startedAt: plus(50), endsBy: plus(50 + 2_160) });
    expect(effects).toEqual(
      ['*', 'shop-prod/checkout-api'].map((scope) => ({
        kind: 'mark',
        scope,
        mark: { id: DRILL_ID, by: 'ana', since: plus(50), until: plus(50 + 2_160 + 300) },
      })),
    );
  });
});

describe('what a drill sees', () => {
  test('is every source that it cannot read', () => {
    expect(unreadable(aSight())).toBeUndefined();
    expect(unreadable(aSight({ watched: UNREAD, targets: UNREAD }))).toBe(
      'watched: dependency.unavailable: Rate exceeded; targets: dependency.unavailable: Rate exceeded',
    );
  });

  test('is the tasks that are well, the oldest first', () => {
    const tasks = [3, 1, 2, 4].map((n) => aTask(n, n === 4 ? { startedAt: plus(-9_000) } : {}));
    const { startedAt: _never, ...pending } = aTask(5, { lastStatus: 'PENDING' });

    expect(
      wellTasks(aSight({ scene: { tasks: [...tasks, pending] } }))?.map(({ id }) => id),
    ).toEqual([4, 1, 2, 3].map(taskId));
    expect(wellTasks(aSight({ targets: UNREAD }))).toBeUndefined();
  });
});
