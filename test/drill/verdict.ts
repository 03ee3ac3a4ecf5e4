/** Holds the measured values against the limits of the definition. */
import type { Measures } from './measure.ts';
import { MEASURES, type MeasureName, type Tolerance } from './tolerance.ts';

export interface Row {
  readonly measure: MeasureName;
  readonly name: string;
  readonly meaning: string;
  readonly unit: string;
  /** Absent when it could not be measured: with a limit on it, that is a failure. */
  readonly value?: number | string;
  readonly limit?: Tolerance;
  /** Absent without a limit. */
  readonly holds?: boolean;
}

/** One row per measure that has a value or a limit, in the order of the catalogue. */
export function judge(measures: Measures, tolerances: readonly Tolerance[]): readonly Row[] {
  const names = Object.keys(MEASURES) as MeasureName[];
  return names.flatMap((measure): readonly Row[] => {
    const [name, unit, meaning] = MEASURES[measure];
    const value = measures[measure];
    const limit = tolerances.find((tolerance) => tolerance.measure === measure);
    if (value === undefined && limit === undefined) return [];
    return [
      {
        measure,
        name,
        meaning,
        unit,
        ...(value === undefined ? {} : { value }),
        ...(limit === undefined
          ? {}
          : { limit, holds: value !== undefined && holds(value, limit) }),
      },
    ];
  });
}

function holds(value: number | string, { at, value: limit }: Tolerance): boolean {
  if (typeof value === 'number' && typeof limit === 'number') {
    if (at === 'most') return value <= limit;
    if (at === 'least') return value >= limit;
  }
  return typeof limit === 'string' ? limit.split('|').includes(String(value)) : value === limit;
}
