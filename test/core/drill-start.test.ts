/** How a drill begins: its turn, its marks, and who is told before anything happens. */
import { describe, expect, test } from 'vitest';
import { marked, unmarked } from '../../functions/core/drill/effect.ts';
import type { DrillMark } from '../../functions/core/lock.ts';
import { aLock, anAlarm, NOW } from './builders.ts';
import { aDrill, aSight, DRILL_ID, FAULT, plus, STOP, TOLD } from './drill-builders.ts';
import { FAULTY, follows, MARK } from './drill-table.ts';

const OTHER: DrillMark = { ...MARK, id: 'other', by: 'cat' };

const others = (at: number) => ({
  ...aSight().account,
  opened: [
    { serviceId: 'shop-prod/stock', at: plus(at) },
    { serviceId: 'shop-prod/cards', at: plus(at + 1) },
  ],
});

follows('a drill that starts', [
  { when: 'its marks are in place', state: aDrill(), follows: 'starting, tell start' },
  { when: 'that is told', state: aDrill(TOLD), follows: 'method 0' },
  {
    when: 'it has no marks',
    state: aDrill(),
    sight: { lock: aLock(), shared: aLock() },
    follows: 'starting, mark *, mark shop-prod/checkout-api',
  },
  {
    when: 'one mark is missing',
    state: aDrill(),
    sight: { lock: aLock() },
    follows: 'starting, mark *, mark shop-prod/checkout-api',
  },
  {
    when: 'the other mark is missing',
    state: aDrill(),
    sight: { shared: aLock() },
    follows: 'starting, mark *, mark shop-prod/checkout-api',
  },
  {
    when: 'nobody could be told for two minutes',
    state: aDrill(),
    sight: { at: plus(120) },
    follows: 'starting, tell start',
  },
  {
    when: 'nobody can be told',
    state: aDrill(),
    sight: { at: plus(121) },
    follows: 'ending, aborted not-told: nobody could be told that it begins',
  },
  {
    when: 'a person ends it',
    state: aDrill({ stop: STOP }),
    follows: 'ending, aborted stopped: by ben: a customer calls',
  },
  {
    when: 'an alarm rings',
    state: aDrill(),
    sight: { alarms: [anAlarm()] },
    follows: 'ending, aborted not-steady: alarm-not-ok: got checkout-api-5xx-rate ALARM, wanted OK',
  },
  {
    when: 'it is for the lab, and another drill is on',
    state: aDrill(
      {},
      { method: [{ do: 'scale', name: 'scale', desired: 9 }, ...aDrill().definition.method] },
    ),
    sight: { shared: aLock({ drill: OTHER }) },
    follows:
      'ending, aborted lab-only: got scale, wanted ecs:UpdateService by hand; ' +
      'another-drill: got other by cat until 2026-11-20T11:03:41.516Z, wanted no other drill of ' +
      'this account',
  },
  {
    when: 'another is on',
    state: aDrill(),
    sight: { shared: aLock({ drill: OTHER }) },
    follows:
      'ending, aborted another-drill: got other by cat until ' +
      '2026-11-20T11:03:41.516Z, wanted no other drill of this account',
  },
  {
    when: 'another is on, and it was asked for by the calendar',
    state: aDrill({ scheduled: true }),
    sight: { shared: aLock({ drill: OTHER }), alarms: [anAlarm()] },
    follows: 'starting, unmark shop-prod/checkout-api',
  },
  {
    when: 'the calendar waited six hours',
    state: aDrill({ scheduled: true }),
    sight: {
      lock: aLock(),
      shared: aLock({ drill: { ...OTHER, until: plus(99_999) } }),
      at: plus(21_600),
    },
    follows:
      'ending, aborted another-drill: got other by cat until ' +
      '2026-11-21T13:50:20.516Z, wanted no other drill of this account',
  },
  {
    when: 'the calendar asked, and an alarm rings',
    state: aDrill({ scheduled: true }),
    sight: { alarms: [anAlarm()] },
    follows: 'ending, aborted not-steady: alarm-not-ok: got checkout-api-5xx-rate ALARM, wanted OK',
  },
  {
    when: 'the calendar asked, and others are ill',
    state: aDrill({ scheduled: true }, FAULTY),
    sight: { account: others(-60) },
    follows: 'starting, unmark shop-prod/checkout-api, unmark *',
  },
  {
    when: 'the calendar asked for too much while others are ill',
    state: aDrill({ scheduled: true }, { ...FAULTY, method: [FAULT, FAULT] }),
    sight: { account: others(-60) },
    follows:
      'ending, aborted not-steady: too-wide: got 2 faults, wanted one fault of one task; ' +
      'others-ill: got incidents of shop-prod/stock, shop-prod/cards, wanted none in 10 minutes',
  },
]);

describe('a mark', () => {
  test('is set where no other drill is on', () => {
    expect(marked(aLock({ version: 3 }), MARK, NOW)).toEqual(aLock({ version: 4, drill: MARK }));
    expect(marked(aLock({ drill: MARK }), { ...MARK, by: 'cat' }, NOW)?.drill?.by).toBe('cat');
    expect(marked(aLock({ drill: OTHER }), MARK, NOW)).toBeUndefined();
    expect(marked(aLock({ drill: { ...OTHER, until: NOW } }), MARK, NOW)?.drill).toEqual(MARK);
  });

  test('is taken away by its own drill', () => {
    expect(unmarked(aLock({ version: 3, drill: MARK }), DRILL_ID)).toEqual(aLock({ version: 4 }));
    expect(unmarked(aLock({ drill: OTHER }), DRILL_ID)).toBeUndefined();
    expect(unmarked(aLock(), DRILL_ID)).toBeUndefined();
  });
});
