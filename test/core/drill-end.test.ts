/** How a drill ends: it is judged, its marks go away, and people are told. */
import { describe, expect, test } from 'vitest';
import { advanceDrill } from '../../functions/core/drill/advance.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import { aLock, NOW } from './builders.ts';
import { aDrill, aPatient, aSight, plus, SETTING, STOP, TOLD } from './drill-builders.ts';
import { follows, open } from './drill-table.ts';

const ending = (state: Partial<DrillState> = {}, definition: Partial<Definition> = {}) =>
  aDrill({ phase: 'ending', ...TOLD, verdict: 'pass', ...state }, definition);

follows('a drill that ends', [
  {
    when: 'its marks are there',
    state: ending(),
    follows: 'ending, unmark shop-prod/checkout-api, unmark *, tell end',
  },
  {
    when: 'its marks are gone, and it is told',
    state: ending({ told: { start: true, end: true } }),
    sight: { lock: aLock(), shared: aLock() },
    follows: 'ended',
  },
  {
    when: 'only people wait',
    state: ending(),
    sight: { lock: aLock(), shared: aLock() },
    follows: 'ending, tell end',
  },
  {
    when: 'its incident is open',
    state: ending(),
    sight: { lock: open() },
    follows: 'ending, unmark *, tell end',
  },
  {
    when: 'its incident is open, and it was ended early',
    state: ending({ abort: { ...STOP, code: 'stopped', detail: 'by ben' } }),
    sight: { lock: open() },
    follows: 'ending, aborted stopped: by ben, unmark shop-prod/checkout-api, unmark *, tell end',
  },
  {
    when: 'a person was refused',
    state: ending({ told: { start: false, end: false } }),
    follows: 'ending, unmark shop-prod/checkout-api, unmark *',
  },
  {
    when: 'the calendar was refused',
    state: ending({ told: { start: false, end: false }, scheduled: true }),
    follows: 'ending, unmark shop-prod/checkout-api, unmark *, tell end',
  },
  {
    when: 'it had its turn, and was not told',
    state: ending({ told: { start: false, end: false }, startedAt: plus(1) }),
    follows: 'ending, unmark shop-prod/checkout-api, unmark *, tell end',
  },
  {
    when: 'a task is still ill',
    state: ending({ target: aPatient() }),
    follows: 'ending, fault-off, unmark shop-prod/checkout-api, unmark *, tell end',
  },
  {
    when: 'it is told nobody for long',
    state: ending(),
    sight: { at: plus(3_599) },
    follows: 'ending, unmark shop-prod/checkout-api, unmark *, tell end',
  },
  {
    when: 'it is told nobody for too long',
    state: ending(),
    sight: { at: plus(3_600) },
    follows: 'ended',
  },
  { when: 'it is over', state: { ...ending(), phase: 'ended' }, follows: 'ended' },
]);

describe('a drill that was not judged yet', () => {
  test('is, once', () => {
    const { verdict: _none, ...state } = ending({ abort: { code: 'x', detail: 'y', at: NOW } });

    expect(advanceDrill(state, aSight(), SETTING).next.verdict).toBe('aborted');
    expect(advanceDrill(ending(), aSight(), SETTING).next.verdict).toBe('pass');
  });
});
