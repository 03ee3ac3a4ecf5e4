/** Tables of drills: the state that one is in, what is seen, and the one line that follows. */
import { describe, expect, test } from 'vitest';
import { advanceDrill, type DrillChange } from '../../functions/core/drill/advance.ts';
import type { Definition, Step } from '../../functions/core/drill/definition.ts';
import { advanceMethod } from '../../functions/core/drill/method.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import type { DrillMark, LockState } from '../../functions/core/lock.ts';
import { aLock, anAlarm, anIncident, NOW } from './builders.ts';
import { aDrill, aSight, DRILL_ID, FAULT, plus, SETTING, spellDrill } from './drill-builders.ts';

export type Sight = Parameters<typeof aSight>[0];

interface Row {
  readonly when: string;
  readonly state: DrillState;
  readonly sight?: Sight;
  readonly follows: string;
}

type Advance = (state: DrillState, sight: ReturnType<typeof aSight>) => DrillChange;

function tableOf(advance: Advance) {
  return (name: string, rows: readonly Row[]): void => {
    describe(name, () => {
      test.each(rows)('$when: $follows', ({ state, sight, follows: wanted }) => {
        expect(spellDrill(advance(state, aSight(sight)))).toBe(wanted);
      });
    });
  };
}

/** Of a whole drill. */
export const follows = tableOf((state, sight) => advanceDrill(state, sight, SETTING));

/** Of the steps of its method. */
export const steps = tableOf(advanceMethod);

/** At the first step of a method, which was begun at once. */
export function at(step: Step, state: Partial<DrillState> = {}): DrillState {
  return aDrill({ phase: 'method', ...state }, { method: [step, FAULT] });
}

export const OK = anAlarm({ state: 'OK', reason: 'evaluated' });
export const LOUD = anAlarm({ reason: 'Threshold Crossed' });
export const RINGING = { arn: OK.arn, name: OK.name, rungAt: plus(0), rings: 1 };

/** A lock whose incident is in that state. */
export function whileIt(
  state: 'holding' | 'recovered' | 'escalated' = 'holding',
  openedAt = plus(5),
): LockState {
  return aLock({ incident: anIncident({ state, openedAt }) });
}

/** Of the drill that the tables are about, for an hour. */
export const MARK: DrillMark = { id: DRILL_ID, by: 'ana', since: NOW, until: plus(3_600) };

export const FAULTY: Partial<Definition> = { level: 'fault', method: [FAULT] };

/** A lock with the mark, and an incident that began while the drill was on. */
export function open(overrides: Parameters<typeof anIncident>[0] = {}): LockState {
  return aLock({ drill: MARK, incident: anIncident({ openedAt: plus(5), ...overrides }) });
}
