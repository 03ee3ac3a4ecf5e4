/** What `stats` computes over the rows of one group. */
import { statisticOf } from '../../cloudwatch/metric-store.ts';
import { compare, toNumber, type Value } from './values.ts';

/** `values` are those of one expression, one for each row; nulls among them. */
type Aggregate = (values: readonly Value[], percent: number) => Value;

export const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: (values) => present(values).length,
  count_distinct: (values) => new Set(present(values)).size,
  sum: statistic('Sum'),
  avg: statistic('Average'),
  min: (values) => present(values).toSorted(byValue)[0],
  max: (values) => present(values).toSorted(byValue).at(-1),
  pct: (values, percent) => statistic(`p${percent}`)(values, percent),
};

/** Nothing where there is no number. */
function statistic(name: string): Aggregate {
  return (values) => {
    const numbers = values.map(toNumber).filter((number) => number !== undefined);
    return numbers.length === 0 ? undefined : statisticOf(numbers, name);
  };
}

function present(values: readonly Value[]): readonly Value[] {
  return values.filter((value) => value !== undefined);
}

function byValue(a: Value, b: Value): number {
  return compare(a, b) ?? 0;
}
