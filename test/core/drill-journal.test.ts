/** A drill as the journal that reports are made from. */
import { describe, expect, test } from 'vitest';
import { journalOf } from '../../functions/core/drill/journal.ts';
import { anEntry, aTask, NOW } from './builders.ts';
import { aDrill, aPatient, plus, UNDER_WAY, UNDONE, WELL } from './drill-builders.ts';
import { ROWS } from './drill-rows.ts';

const STORY = [anEntry()];

describe('the journal of a drill', () => {
  const run = [WELL, { ...WELL, name: 'wait', type: 'probe', end: plus(120) } as const];

  test('has what was done, when, and what was seen', () => {
    const state = aDrill({
      ...UNDER_WAY,
      phase: 'ended',
      phaseSince: plus(400),
      run,
      rollbacks: [UNDONE],
      target: aPatient({ onAt: plus(10), offAt: plus(310) }),
      samples: [{ at: plus(5), healthy: 4, desired: 4, incident: 'none' }],
      verdict: 'pass',
      rows: ROWS,
    });
    const { experiment, rows, ...journal } = journalOf(state, STORY);

    expect(experiment).toBe(state.definition);
    expect(rows).toBe(ROWS);
    expect(journal).toEqual({
      schema: 'ecs-self-healing/journal/3',
      node: 'AWS Lambda',
      platform: 'AWS',
      healer: true,
      timeFactor: 1,
      status: 'completed',
      deviated: false,
      start: '2026-11-20T10:03:41.516Z',
      end: '2026-11-20T10:10:21.516Z',
      duration: 400,
      steady_states: {
        before: {
          type: 'probe',
          name: 'the service is steady',
          status: 'succeeded',
          start: '2026-11-20T10:03:41.516Z',
          end: '2026-11-20T10:03:41.516Z',
        },
      },
      run: [
        {
          type: 'action',
          name: 'ring the alarm by hand',
          status: 'succeeded',
          start: '2026-11-20T10:03:51.516Z',
          end: '2026-11-20T10:03:52.516Z',
        },
        {
          type: 'probe',
          name: 'wait',
          status: 'succeeded',
          start: '2026-11-20T10:03:51.516Z',
          end: '2026-11-20T10:05:41.516Z',
        },
      ],
      rollbacks: [
        {
          type: 'action',
          name: 'mend the task',
          status: 'succeeded',
          start: '2026-11-20T10:08:41.516Z',
          end: '2026-11-20T10:08:51.516Z',
        },
      ],
      requests: {
        perSecond: 0,
        sent: 0,
        failed: 0,
        byStatus: {},
        sinceFault: { sent: 0, failed: 0 },
        answers: [],
      },
      decisions: [],
      faultAt: '2026-11-20T10:03:51.516Z',
      illTasks: [aTask(2).arn],
      faults: [{ from: plus(10), to: plus(310) }],
      states: state.samples,
      timeline: STORY,
      messages: [],
      events: [],
      drill: {
        id: state.id,
        service: 'shop-prod/checkout-api',
        environment: 'staging',
        by: 'ana',
        verdict: 'pass',
        unmeasured: { calls: 'calls are not recorded' },
      },
    });
  });

  test('of one that is under way ends with what it did last', () => {
    const journal = journalOf(aDrill({ ...UNDER_WAY, phase: 'following', run }), []);

    expect(journal).toMatchObject({
      end: '2026-11-20T10:05:41.516Z',
      duration: 120,
      deviated: true,
    });
    expect(journal).toMatchObject({ illTasks: [], faults: [], rows: [] });
    const ill = journalOf(aDrill({ target: aPatient({ onAt: plus(10) }) }), []);
    expect(ill.faults).toEqual([{ from: plus(10) }]);
    expect(ill).not.toHaveProperty('faultAt');
    expect(journalOf(aDrill({ target: aPatient() }), [])).toMatchObject({
      illTasks: [],
      faults: [],
    });
  });

  test('says of a step that failed, and of a drill that never began, what it was', () => {
    const failed = [WELL, { ...WELL, status: 'failed', exception: 'no answer in time' } as const];
    const abort = { code: 'not-told', detail: 'nobody could be told', at: NOW };

    expect(journalOf(aDrill({ ...UNDER_WAY, run: failed }), [])).toMatchObject({
      status: 'failed',
      run: [{}, { exception: 'no answer in time' }],
    });
    expect(journalOf(aDrill({ abort }), [])).toMatchObject({
      status: 'aborted',
      steady_states: { before: { status: 'failed', exception: 'not-told: nobody could be told' } },
      drill: { abort: 'not-told: nobody could be told' },
    });
    expect(journalOf(aDrill(), []).steady_states.before.exception).toBe('not looked at yet');
  });
});
