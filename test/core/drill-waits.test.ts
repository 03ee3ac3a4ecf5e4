import type { Step } from '../../functions/core/drill/definition.ts';
import { aDrill, plus, RUNG, UNREAD } from './drill-builders.ts';
import { at, LOUD, OK, RINGING, steps, whileIt } from './drill-table.ts';

const WAIT: Step = { do: 'wait', name: 'wait', seconds: 30 };

const MINUTE: Step = { do: 'wait-for-minute', name: 'minute' };

const HELD: Step = { do: 'wait-for-incident', name: 'held', is: 'holding', seconds: 300 };

const CALLED: Step = { ...HELD, name: 'called', is: 'escalated' };

const ALL_OK: Step = { do: 'wait-for-alarms', name: 'all OK', are: 'OK', seconds: 60 };

const ONE_RINGS: Step = { ...ALL_OK, name: 'one rings', are: 'ALARM' };

steps('to wait', [
  { when: 'not long enough', state: at(WAIT), sight: { at: plus(29) }, follows: 'method 0' },
  { when: 'long enough', state: at(WAIT), sight: { at: plus(30) }, follows: 'method 1, fault-on' },
  // It began 41.516 s past the minute.
  {
    when: 'the minute is not over',
    state: at(MINUTE),
    sight: { at: plus(18.483) },
    follows: 'method 0',
  },
  {
    when: 'the minute is over',
    state: at(MINUTE),
    sight: { at: plus(18.484) },
    follows: 'method 1, fault-on',
  },
  {
    when: 'no alarm is OK yet',
    state: at(ALL_OK),
    sight: { alarms: [OK, LOUD] },
    follows: 'method 0',
  },
  {
    when: 'all are OK',
    state: at(ALL_OK),
    sight: { alarms: [OK, OK] },
    follows: 'method 1, fault-on',
  },
  {
    when: 'they cannot be read',
    state: at(ALL_OK),
    sight: { alarms: UNREAD },
    follows: 'method 0',
  },
  {
    when: 'not in time',
    state: at(ALL_OK),
    sight: { alarms: [OK, LOUD], at: plus(60) },
    follows: 'rolling-back, aborted step-failed: all OK: not within 60 s',
  },
  {
    when: 'a moment before that',
    state: at(ALL_OK),
    sight: { alarms: [LOUD], at: plus(59) },
    follows: 'method 0',
  },
  {
    when: 'one rings',
    state: at(ONE_RINGS),
    sight: { alarms: [OK, LOUD] },
    follows: 'method 1, fault-on',
  },
  { when: 'none rings', state: at(ONE_RINGS), sight: { alarms: [OK] }, follows: 'method 0' },
  { when: 'no incident', state: at(HELD), follows: 'method 0' },
  {
    when: 'an older incident',
    state: at(HELD),
    sight: { lock: whileIt('holding', plus(-5)) },
    follows: 'method 0',
  },
  { when: 'it holds', state: at(HELD), sight: { lock: whileIt() }, follows: 'method 1, fault-on' },
  {
    when: 'it held, and is over',
    state: at(HELD),
    sight: { lock: whileIt('recovered') },
    follows: 'method 1, fault-on',
  },
  {
    when: 'it holds, and nobody was called',
    state: at(CALLED),
    sight: { lock: whileIt() },
    follows: 'method 0',
  },
  {
    when: 'it is over, and nobody was called',
    state: at(CALLED),
    sight: { lock: whileIt('recovered') },
    follows: 'method 0',
  },
  {
    when: 'a person was called',
    state: at(CALLED),
    sight: { lock: whileIt('escalated') },
    follows: 'method 1, fault-on',
  },
  {
    when: 'no incident in time',
    state: at(HELD),
    sight: { at: plus(300) },
    follows: 'rolling-back, aborted step-failed: held: not within 300 s',
  },
  {
    when: 'nobody heard the alarm',
    state: at(HELD, { alarm: RINGING }),
    follows: 'method 0, ring ALARM',
  },
  {
    when: 'nobody heard it three times',
    state: at(HELD, { alarm: { ...RINGING, rings: 3 } }),
    follows: 'method 0',
  },
  {
    when: 'it still rings',
    state: at(HELD, { alarm: RINGING }),
    sight: { alarms: [OK, RUNG] },
    follows: 'method 0',
  },
  {
    when: 'it cannot be read any more',
    state: at(HELD, { alarm: RINGING }),
    sight: { alarms: UNREAD },
    follows: 'method 0',
  },
  {
    when: 'it was heard',
    state: at(CALLED, { alarm: RINGING }),
    sight: { lock: whileIt() },
    follows: 'method 0',
  },
]);

steps('a method', [
  {
    when: 'a step is for the lab',
    state: at({ do: 'scale', name: 'scale', desired: 9 }),
    follows: 'rolling-back, aborted lab-only: scale is for the lab',
  },
  { when: 'all is done', state: aDrill({ phase: 'method', step: 3 }), follows: 'following' },
]);
