/** What was measured of a drill: one row of each kind. */
import type { Row } from '../../functions/core/drill/verdict.ts';

export const ROWS: readonly Row[] = [
  {
    measure: 'recover',
    name: 'time to recover',
    meaning: 'x',
    unit: 'AWS seconds',
    value: 151.4,
    limit: { measure: 'recover', at: 'most', value: 300 },
    holds: true,
  },
  {
    measure: 'entries',
    name: 'timeline entries',
    meaning: 'x',
    unit: 'count',
    value: 1,
    limit: { measure: 'entries', at: 'least', value: 2 },
    holds: false,
  },
  {
    measure: 'state',
    name: 'incident ends',
    meaning: 'x',
    unit: 'text',
    limit: { measure: 'state', at: 'exactly', value: 'recovered' },
    holds: false,
  },
  { measure: 'stops', name: 'stops', meaning: 'x', unit: 'count', value: 1 },
  {
    measure: 'calls',
    name: 'calls',
    meaning: 'x',
    unit: 'count',
    limit: { measure: 'calls', at: 'most', value: 18 },
    unmeasured: 'calls are not recorded',
  },
];
