/** Tables of drills: the state that one is in, what is seen, and the one line that follows. */
import { describe, expect, test } from 'vitest';
import { advanceDrill } from '../../functions/core/drill/advance.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import type { DrillMark, LockState } from '../../functions/core/lock.ts';
import { aLock, anIncident, NOW } from './builders.ts';
import { aSight, DRILL_ID, FAULT, plus, SETTING, spellDrill } from './drill-builders.ts';

export type Sight = Parameters<typeof aSight>[0];

interface Row {
  readonly when: string;
  readonly state: DrillState;
  readonly sight?: Sight;
  readonly follows: string;
}

export function follows(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows)('$when: $follows', ({ state, sight, follows: wanted }) => {
      expect(spellDrill(advanceDrill(state, aSight(sight), SETTING))).toBe(wanted);
    });
  });
}

/** Of the drill that the tables are about, for an hour. */
export const MARK: DrillMark = { id: DRILL_ID, by: 'ana', since: NOW, until: plus(3_600) };

export const FAULTY: Partial<Definition> = { level: 'fault', method: [FAULT] };

/** A lock with the mark, and an incident that began while the drill was on. */
export function open(overrides: Parameters<typeof anIncident>[0] = {}): LockState {
  return aLock({ drill: MARK, incident: anIncident({ openedAt: plus(5), ...overrides }) });
}
