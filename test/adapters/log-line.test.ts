import { describe, expect, test } from 'vitest';
import {
  durationOf,
  isErrorLevel,
  levelOf,
  messageOf,
  parseLine,
  sayLevel,
  statusOf,
  taskOf,
  traceIdOf,
} from '../../functions/adapters/aws/log-line.ts';
import { filterPattern } from '../../functions/adapters/aws/log-query.ts';
import { DEFAULT_LOG_FIELDS as FIELDS } from '../../functions/core/guarded-service.ts';
import { aService } from '../core/builders.ts';
import { parseFilterPattern } from '../lab/logs/filter-pattern.ts';
import { SAMPLES } from './log-samples.ts';

describe('a line of', () => {
  test.each(SAMPLES)('%s says all without configuration', (_name, text, ...said) => {
    const line = parseLine(text) ?? {};
    const level = levelOf(line, FIELDS) ?? '';

    const [status, took, traceId, word, message] = said;
    expect(statusOf(line, FIELDS)).toBe(status);
    expect(durationOf(line, FIELDS)).toBe(took);
    expect(traceIdOf(line, FIELDS)).toBe(traceId);
    expect(sayLevel(level)).toBe(word);
    expect(isErrorLevel(level)).toBe(true);
    expect(messageOf(line, FIELDS)).toBe(message);
  });
});

describe('a bad line', () => {
  test.each([
    undefined,
    '',
    'started on port 8080',
    '{"status":500',
    '[{"status":500}]',
    'null',
    '"{}"',
    '{]',
  ])('is no line: %s', (text) => {
    expect(parseLine(text)).toBeUndefined();
  });

  test.each([
    [{ status: 'ok', statusCode: 502 }, 502],
    [{ status: null, res: { statusCode: '404' } }, 404],
    [{ status: 1200 }, undefined],
    [{ status: 42 }, undefined],
    [{ status: {} }, undefined],
    [{ res: null }, undefined],
    [{ res: 'statusCode' }, undefined],
    [{ __proto__: { status: 500 } }, undefined],
  ])('takes the first field that holds a status: %j', (line, status) => {
    expect(statusOf(line, FIELDS)).toBe(status);
  });

  test.each([
    [{ durationMs: '0.5s' }, 500],
    [{ durationMs: '12 ms' }, 12],
    [{ durationMs: '500µs' }, 0.5],
    [{ durationMs: '12' }, 12],
    [{ durationMs: 'soon', responseTime: 3 }, 3],
    [{ durationMs: -1 }, undefined],
    [{ durationMs: '1m2s' }, undefined],
    [{ durationMs: null }, undefined],
  ])('takes the first field that holds a duration: %j', (line, took) => {
    expect(durationOf(line, FIELDS)).toBe(took);
  });

  test.each([
    [{ msg: { text: 'x' } }, '{"text":"x"}'],
    [{ msg: null }, ''],
    [{}, ''],
    [{ err: { message: 'boom' } }, 'boom'],
    [{ msg: 'boom again', err: { message: 'boom' } }, 'boom again'],
    [{ msg: 'x', err: null, error: { code: 5 } }, 'x'],
  ])('says what it can: %j', (line, message) => {
    expect(messageOf(line, FIELDS)).toBe(message);
  });

  test('comes from no task when its stream has no name', () => {
    expect([undefined, '', 'app/app/', 'app/app/0f3c'].map(taskOf)).toEqual([
      undefined,
      undefined,
      undefined,
      '0f3c',
    ]);
  });
});

test.each([
  ['error', true],
  ['ERROR', true],
  ['Critical', true],
  ['emerg', true],
  ['alert', true],
  ['50', true],
  ['60', true],
  ['40', false],
  ['warn', false],
  ['errorless', false],
  ['info', false],
  ['', false],
])('level %s is an error: %s', (level, is) => {
  expect(isErrorLevel(level)).toBe(is);
});

describe('the filter pattern', () => {
  test('finds a status by any of the names', () => {
    const matches = parseFilterPattern(filterPattern(aService(), 'status'));

    const found = [{ status: 200 }, { res: { statusCode: 500 } }, { status: 'ok' }, { level: 30 }];
    expect(found.map((line) => matches(JSON.stringify(line)))).toEqual([true, true, false, false]);
  });

  test('finds a level in words and in numbers', () => {
    const matches = parseFilterPattern(filterPattern(aService(), 'level'));

    const found = [{ level: 'info' }, { severity: 'ERROR' }, { level: 30 }, { status: 200 }];
    expect(found.map((line) => matches(JSON.stringify(line)))).toEqual([true, true, true, false]);
  });

  const named = (status: readonly string[]) => {
    const service = aService();
    return filterPattern({ ...service, logFields: { ...service.logFields, status } }, 'status');
  };

  test('is none when a name cannot be written in one', () => {
    expect(named(['status', '@status'])).toBe('');
  });

  test('names the field whose names are too many for CloudWatch', () => {
    const names = Array.from({ length: 60 }, (_, n) => `status${n}`);

    expect(() => named(names)).toThrow(/^service shop-prod\/checkout-api: logFields\.status makes/);
  });
});
