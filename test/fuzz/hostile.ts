/** Values that programs do not expect, and secrets that must not come out again. */
import type { Random } from '../bench/world/random.ts';

/** Built from pieces, so that no scanner takes this file for a leak. */
export const CANARY = ['AKIA', 'FUZZCANARY234567'].join('');

/** Names that every object of the language has, or that change it. */
export const PROTO_KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'];

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ufeff',
  '\ud800',
  '\udfff\ud800',
  '\u202egnp.exe',
  '\u2028',
  '😀'.repeat(40),
  '<!channel>',
  '<https://evil.example|click>',
  '*_~`',
  '../../etc/passwd',
  '%00%ff%fe',
  '{"kind":"manual"}',
  'NaN',
  'Infinity',
  '1e999',
  '-1',
  '0x10',
  'true',
  'null',
  'undefined',
  '[object Object]',
  'P9999999D',
  'PT0M',
  '2026-02-30T10:00:00Z',
  '2026-11-20T24:00:00Z',
  '2026-11-20T10:00:00+99:99',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-19T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'arn:aws:cloudwatch:eu-west-1:999999999999:alarm:checkout-api-5xx-rate',
  'arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-api-5xx-rate',
  'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:',
  'shop-prod/checkout-api',
  'shop-prod/checkout-api\n',
  '*',
  '*/*',
  CANARY,
  `password=${CANARY}`,
  ...PROTO_KEYS,
];

const NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  1e21,
  -1e21,
  1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 2,
  Number.MIN_SAFE_INTEGER,
  8.64e15,
  8.64e15 + 1,
  -8.64e15 - 1,
  2 ** 31,
  2 ** 32,
  253_402_300_799,
];

const CONTAINERS: readonly (() => unknown)[] = [
  () => ({}),
  () => [],
  () => [null],
  () => [[[[[[]]]]]],
  () => ({ length: -1 }),
  () => ({ toJSON: 1, toString: null, valueOf: 'x' }),
  () => withProto({ polluted: true }),
  () => ({ constructor: { prototype: { polluted: true } } }),
  () => Object.fromEntries(PROTO_KEYS.slice(1).map((key) => [key, 'x'])),
];

/** An own field of this name, as `JSON.parse` makes one. */
function withProto(value: object): object {
  return JSON.parse(`{"__proto__":${JSON.stringify(value)}}`) as object;
}

/** Long ones are rare, for they are slow and all alike. */
export function hostileText(random: Random): string {
  if (random.next() < 0.002) return random.pick(TEXTS).padEnd(100_000, 'x');
  if (random.next() < 0.02) return random.pick(TEXTS).padEnd(random.integer(70, 400), 'a/b ');
  return random.pick(TEXTS);
}

export function hostileValue(random: Random): unknown {
  const kind = random.next();
  if (kind < 0.45) return hostileText(random);
  if (kind < 0.7) return random.pick(NUMBERS);
  if (kind < 0.85) return random.pick(CONTAINERS)();
  if (kind < 0.852) return Array.from({ length: 100_000 }, () => 0);
  return random.pick([null, true, false]);
}

/** Tokens that no value of the language writes as JSON. */
export const RAW_TOKENS = [
  '1e999',
  '-1e999',
  '-0',
  '1e-400',
  '123456789012345678901234567890',
  '"\\ud800"',
  '"\\u0000"',
  '\ufeff',
  'NaN',
  '01',
  ',',
  '}',
  '"',
  '\\',
];
