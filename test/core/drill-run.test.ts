import type { Definition } from '../../functions/core/drill/definition.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import { aLock, anAlarm, aTarget } from './builders.ts';
import { aDrill, aSight, plus, STOP, TOLD, UNREAD } from './drill-builders.ts';
import { FAULTY, follows, MARK, open } from './drill-table.ts';

const others = (at: number) => ({
  ...aSight().account,
  opened: [
    { serviceId: 'shop-prod/stock', at: plus(at) },
    { serviceId: 'shop-prod/cards', at: plus(at + 1) },
  ],
});

const pauseOf = (by: string) => ({ by, why: 'busy', until: plus(3_600) });

const running = (state: Partial<DrillState> = {}, definition: Partial<Definition> = {}) =>
  aDrill({ phase: 'following', ...TOLD, faultAt: plus(10), ...state }, definition);

follows('a drill that is on', [
  { when: 'all is well', state: running(), follows: 'following' },
  {
    when: 'a person ends it',
    state: running({ stop: STOP }),
    follows: 'rolling-back, aborted stopped: by ben: a customer calls',
  },
  {
    when: 'its time is nearly over',
    state: running({ endsBy: plus(60) }),
    sight: { at: plus(59) },
    follows: 'following',
  },
  {
    when: 'its time is over',
    state: running({ endsBy: plus(60) }),
    sight: { at: plus(60) },
    follows: 'rolling-back, aborted time-limit: not over by 2026-11-20T10:04:41.516Z',
  },
  {
    when: 'a mark is gone',
    state: running(),
    sight: { lock: aLock() },
    follows: 'rolling-back, aborted mark-lost: its mark is gone',
  },
  {
    when: 'the mark of all is gone',
    state: running(),
    sight: { shared: aLock() },
    follows: 'rolling-back, aborted mark-lost: its mark is gone',
  },
  {
    when: 'a watched alarm rings',
    state: running(),
    sight: { watched: [anAlarm({ name: 'a', state: 'OK' }), anAlarm({ name: 'b' })] },
    follows: 'rolling-back, aborted stop-condition: alarm b is in ALARM',
  },
  {
    when: 'healing is paused',
    state: running(),
    sight: { lock: aLock({ drill: MARK, pause: pauseOf('dan') }) },
    follows: 'rolling-back, aborted paused: by dan: busy',
  },
  {
    when: 'all healing is paused',
    state: running(),
    sight: { account: { ...others(0), opened: [], pause: pauseOf('eve') } },
    follows: 'rolling-back, aborted paused: by eve: busy',
  },
  {
    when: 'others fall ill',
    state: running({}, FAULTY),
    sight: { account: others(0) },
    follows: 'rolling-back, aborted others-ill: incident of shop-prod/stock, shop-prod/cards',
  },
  {
    when: 'others were ill before',
    state: running({}, FAULTY),
    sight: { account: others(-60) },
    follows: 'following',
  },
  {
    when: 'others fall ill, and no task is touched',
    state: running(),
    sight: { account: others(0) },
    follows: 'following',
  },
  {
    when: 'too few are healthy',
    state: running(),
    sight: { scene: { targets: [aTarget(1), aTarget(2)] } },
    follows: 'rolling-back, aborted too-few-healthy: 2 healthy tasks, wanted 3 or more',
  },
  { when: 'it cannot see', state: running(), sight: { fleet: UNREAD }, follows: 'following' },
  {
    when: 'it could not see for a while',
    state: running({ blindSince: plus(0) }),
    sight: { fleet: UNREAD, at: plus(59) },
    follows: 'following',
  },
  {
    when: 'it could not see for a minute',
    state: running({ blindSince: plus(0) }),
    sight: { tasks: UNREAD, targets: UNREAD, at: plus(60) },
    follows:
      'rolling-back, aborted unreadable: tasks: dependency.unavailable: Rate exceeded; targets: ' +
      'dependency.unavailable: Rate exceeded',
  },
  {
    when: 'it can see again',
    state: running({ blindSince: plus(0) }),
    sight: { at: plus(60) },
    follows: 'following',
  },
  {
    when: 'its incident is over',
    state: running(),
    sight: { lock: open({ state: 'recovered' }) },
    follows: 'rolling-back',
  },
  { when: 'its incident is open', state: running(), sight: { lock: open() }, follows: 'following' },
  {
    when: 'an older one is over',
    state: running(),
    sight: { lock: open({ state: 'recovered', openedAt: plus(-5) }) },
    follows: 'following',
  },
  {
    when: 'it is nearly late',
    state: running({}, { timeLimit: 100 }),
    sight: { at: plus(109) },
    follows: 'following',
  },
  {
    when: 'it is late',
    state: running({}, { timeLimit: 100 }),
    sight: { at: plus(110) },
    follows: 'rolling-back',
  },
  {
    when: 'it must stay quiet, and does',
    state: running({}, { until: 'quiet', timeLimit: 100 }),
    sight: { at: plus(109) },
    follows: 'following',
  },
  {
    when: 'it stayed quiet',
    state: running({}, { until: 'quiet', timeLimit: 100 }),
    sight: { at: plus(110) },
    follows: 'rolling-back',
  },
  {
    when: 'it did not stay quiet',
    state: running({}, { until: 'quiet' }),
    sight: { lock: open() },
    follows: 'rolling-back',
  },
  {
    when: 'it is at its method',
    state: aDrill({ ...TOLD, phase: 'method' }),
    follows: 'method 0, ring ALARM',
  },
]);
