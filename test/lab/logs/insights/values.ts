/**
 * Values of a query: what is in no field, and what cannot be computed, is `undefined`, the query's
 * null.
 */
export type Value = string | number | boolean | undefined;

/** What a name means in one row. */
export type Row = (name: string) => Value;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Fields of a log line are text as well: what reads as a number is one. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return NUMBER.test(value) ? Number(value) : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

export function isTrue(value: Value): boolean {
  return value === true || value === 1;
}

/** How an answer writes it; nothing for null. */
export function written(value: Value): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value === undefined ? undefined : String(value);
}

export function compare(left: Value, right: Value): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a !== undefined && b !== undefined) return a - b;
  // A number is never more or less than a word.
  if (typeof left === 'number' || typeof right === 'number') return undefined;
  return String(left) < String(right) ? -1 : Number(left !== right);
}
