/** Functions of a query over the values of one row, those that the lab knows. */
import { toNumber, type Value } from './values.ts';

type Compute = (values: readonly Value[]) => Value;

export const FUNCTIONS: Readonly<Record<string, Compute>> = {
  abs: numeric(Math.abs),
  ceil: numeric(Math.ceil),
  floor: numeric(Math.floor),
  greatest: numeric(Math.max),
  least: numeric(Math.min),
  coalesce: (values) => values.find((value) => value !== undefined),
  ispresent: ([value]) => value !== undefined,
  isempty: ([value]) => value === undefined || value === '',
  strlen: ([value]) => (value === undefined ? undefined : String(value).length),
  tolower: ([value]) => (value === undefined ? undefined : String(value).toLowerCase()),
  toupper: ([value]) => (value === undefined ? undefined : String(value).toUpperCase()),
};

/** Null as soon as one value is no number. */
function numeric(compute: (...numbers: number[]) => number): Compute {
  return (values) => {
    const numbers = values.map(toNumber);
    return numbers.every((number) => number !== undefined)
      ? toNumber(compute(...numbers))
      : undefined;
  };
}
