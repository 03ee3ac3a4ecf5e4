/** Holds the measured values against the limits of the definition. */
import { MEASURES, type MeasureName, type Tolerance } from './tolerance.ts';

/** What could not be measured is absent: it did not happen, or there was nobody to do it. */
export type Measures = { readonly [M in MeasureName]?: number | string | undefined };

export interface Row {
  readonly measure: MeasureName;
  readonly name: string;
  readonly meaning: string;
  readonly unit: string;
  /** Absent when it could not be measured: with a limit on it, that is a failure. */
  readonly value?: number | string;
  readonly limit?: Tolerance;
  /** Absent without a limit, and where nobody can tell. */
  readonly holds?: boolean;
  /** Why nobody can tell where the drill ran: neither kept nor broken. */
  readonly unmeasured?: string;
}

/**
 * One row per measure that has a value or a limit, in the order of the catalogue.
 *
 * @param blind - why a measure cannot be taken where the drill ran.
 */
export function judge(
  measures: Measures,
  tolerances: readonly Tolerance[],
  blind: Readonly<Partial<Record<MeasureName, string>>> = {},
): readonly Row[] {
  const names = Object.keys(MEASURES) as MeasureName[];
  return names.flatMap((measure): readonly Row[] => {
    const [name, unit, meaning] = MEASURES[measure];
    const value = measures[measure];
    const limit = tolerances.find((tolerance) => tolerance.measure === measure);
    const unmeasured = blind[measure];
    if (value === undefined && limit === undefined) return [];
    const told = { measure, name, meaning, unit, ...(value === undefined ? {} : { value }) };
    if (limit === undefined) return [told];
    if (value === undefined && unmeasured !== undefined) return [{ ...told, limit, unmeasured }];
    return [{ ...told, limit, holds: value !== undefined && holds(value, limit) }];
  });
}

function holds(value: number | string, { at, value: limit }: Tolerance): boolean {
  if (typeof value === 'number' && typeof limit === 'number') {
    if (at === 'most') return value <= limit;
    if (at === 'least') return value >= limit;
  }
  return typeof limit === 'string' ? limit.split('|').includes(String(value)) : value === limit;
}
