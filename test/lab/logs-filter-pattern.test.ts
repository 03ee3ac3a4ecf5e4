import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from './logs/filter-pattern.ts';

describe('filter patterns', () => {
  const error =
    '{"level":"ERROR","status":503,"route":"/pay/7","ok":false,"none":null,' +
    '"a":{"b":[{"c":1},{"c":"x y"}]}}';

  it.each([
    ['', 'anything', true],
    ['ERROR', 'UNKNOWN_ERRORS 1', true],
    ['ERROR', 'error', false],
    ['ERROR timeout', 'timeout after ERROR', true],
    ['ERROR timeout', 'ERROR', false],
    ['?ERROR ?WARN', 'WARN', true],
    ['?ERROR ?WARN', 'INFO', false],
    ['"connection reset"', 'a connection reset by peer', true],
    ['"connection reset"', 'connection was reset', false],
    ['"say \\"hi\\""', 'they say "hi"', true],
    ['ERROR -healthz', 'ERROR in /healthz', false],
    ['ERROR -healthz', 'ERROR in /pay', true],
    ['?"a b" ?c', 'xa bx', true],
  ])('%s on text %s: %s', (pattern, message, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected);
  });

  it.each([
    ['{ $.level = "ERROR" }', true],
    ['{ $.level = ERROR }', true],
    ['{ $.level != "ERROR" }', false],
    ['{ $.level = "ERR*" }', true],
    ['{ $.level = *ROR }', true],
    ['{ $.level = "E.ROR" }', false],
    ['{ $.route = /pay/* }', true],
    ['{ $.status = 503 }', true],
    ['{ $.status != 503 }', false],
    ['{ $.status >= 500 && $.status < 504 }', true],
    ['{ $.status > 503 }', false],
    ['{ $.status <= 5.03e2 }', true],
    ['{ $.missing > 0 }', false],
    ['{ $.missing != 1 }', false],
    ['{ $.missing != "x" }', false],
    ['{ $.ok IS FALSE }', true],
    ['{ $.ok IS TRUE }', false],
    ['{ $.none IS NULL }', true],
    ['{ $.missing IS NULL }', false],
    ['{ $.missing NOT EXISTS }', true],
    ['{ $.none NOT EXISTS }', false],
    ['{ $.a.b[0].c = 1 }', true],
    ['{ $.a.b[1].c = "x y" }', true],
    ['{ $.a.b[2].c NOT EXISTS }', true],
    ['{ $.status = 1 || $.status = 503 && $.ok IS FALSE }', true],
    ['{ ($.status = 503 || $.status = 1) && $.ok IS TRUE }', false],
    ['{($.level="ERROR")&&($.status=503)}', true],
    ['{ $.constructor NOT EXISTS }', true],
  ])('%s: %s', (pattern, expected) => {
    expect(parseFilterPattern(pattern)(error)).toBe(expected);
  });

  it('matches no JSON condition on what is not a JSON object', () => {
    const matches = parseFilterPattern('{ $.a NOT EXISTS }');
    expect(['text', '{broken', '[]', ' {}'].map(matches)).toEqual([false, false, false, true]);
  });

  it.each([
    '%regex%',
    '[ip, user, status = 4*]',
    '"unclosed',
    'a.b',
    '?ERROR WARN',
    '{ }',
    '{ $.a }',
    '{ $.a = }',
    '{ $.a = "x"',
    '{ $.a = 1 } tail',
    '{ $.a = %x% }',
    '{ $.a > "x" }',
    '{ $.a IS 1 }',
    '{ level = "ERROR" }',
    '{ $.a = 1 & $.b = 2 }',
    '{ ($.a = 1 }',
    '{ $.a.* = 1 }',
  ])('refuses %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(/^filterPattern: got .+, want /);
  });
});
