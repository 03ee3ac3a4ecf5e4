/** Whether an EventBridge pattern lets an event through, as far as that can be told from what is known of the event. */

/** `unknown`: the pattern asks for a field, or in a way, that is not known here. */
export type Match = 'yes' | 'no' | 'unknown';

type Fields = Readonly<Record<string, unknown>>;

/** @param event - may lack fields: then nobody can tell what they would have been. */
export function matchPattern(pattern: unknown, event: unknown): Match {
  if (!isFields(pattern)) return 'unknown';
  return every(
    Object.entries(pattern).map(([key, wanted]) => {
      const value = isFields(event) ? event[key] : undefined;
      return Array.isArray(wanted) ? matchLeaf(wanted, value) : matchPattern(wanted, value);
    }),
  );
}

function matchLeaf(wanted: readonly unknown[], value: unknown): Match {
  if (value === undefined) return 'unknown';
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return some(wanted.flatMap((one) => values.map((each) => matchValue(one, each))));
}

function matchValue(wanted: unknown, value: unknown): Match {
  if (!isFields(wanted)) return wanted === value ? 'yes' : 'no';
  const [[operator, operand] = [], ...others] = Object.entries(wanted);
  const isText = typeof operand === 'string' && typeof value === 'string';
  if (others.length > 0 || !isText) return 'unknown';
  if (operator === 'prefix') return value.startsWith(operand) ? 'yes' : 'no';
  if (operator === 'suffix') return value.endsWith(operand) ? 'yes' : 'no';
  return 'unknown';
}

function every(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  return matches.includes('unknown') ? 'unknown' : 'yes';
}

function some(matches: readonly Match[]): Match {
  if (matches.includes('yes')) return 'yes';
  return matches.includes('unknown') ? 'unknown' : 'no';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
