/** EventBridge's patterns, as rules and event source mappings use them. */

export type Pattern = (event: unknown) => boolean;

/**
 * Compiles a pattern: exact values, `prefix`, `anything-but` and `exists`, at any depth.
 *
 * @throws Error naming the field for anything else, so that no rule is taken for a wider one.
 */
export function compilePattern(pattern: unknown, path = 'pattern'): Pattern {
  if (!isObject(pattern)) throw wrong(path, pattern, 'an object of fields');
  const fields = Object.entries(pattern).map(([key, wanted]) => {
    const at = `${path}.${key}`;
    // EventBridge has `$or` and its like; none of them is a field.
    if (key.startsWith('$')) throw wrong(at, wanted, 'a field');
    const matches = Array.isArray(wanted) ? compileLeaf(wanted, at) : compilePattern(wanted, at);
    return { key, matches };
  });
  return (event) =>
    fields.every(({ key, matches }) => matches(isObject(event) ? event[key] : undefined));
}

function compileLeaf(wanted: readonly unknown[], path: string): Pattern {
  if (wanted.length === 0) throw wrong(path, wanted, 'one value or more');
  const matchers = wanted.map((value, index) => compileValue(value, `${path}[${index}]`));
  return (value) => matchers.some((matches) => matches(value));
}

function compileValue(wanted: unknown, path: string): Pattern {
  if (!isObject(wanted)) {
    if (Array.isArray(wanted)) throw wrong(path, wanted, 'a value');
    return oneOf((value) => value === wanted);
  }
  const [[operator, operand] = [], ...others] = Object.entries(wanted);
  if (others.length > 0) throw wrong(path, wanted, 'one operator');
  if (operator === 'prefix' && typeof operand === 'string') {
    return oneOf((value) => typeof value === 'string' && value.startsWith(operand));
  }
  if (operator === 'exists' && typeof operand === 'boolean') {
    return (value) => (value !== undefined) === operand;
  }
  if (operator === 'anything-but') {
    const refused = Array.isArray(operand) ? operand : [operand];
    if (refused.some(isObject)) throw wrong(path, wanted, 'plain values in anything-but');
    return oneOf((value) => value !== undefined && !refused.includes(value));
  }
  throw wrong(path, wanted, 'a value, prefix, anything-but or exists');
}

/** Of a list in the event, one that matches is enough. */
function oneOf(matches: (value: unknown) => boolean): Pattern {
  return (value) => (Array.isArray(value) ? value.some(matches) : matches(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, got: unknown, want: string): Error {
  return new Error(`${path}: got ${JSON.stringify(got)}, want ${want}`);
}
