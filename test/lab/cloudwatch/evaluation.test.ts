import type { StateValue } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { childrenOf, holds, parseCompositeRule } from './composite-rule.ts';
import { type AlarmRule, evaluateAlarm } from './evaluation.ts';
import { evaluateExpression, parseExpression, type Series } from './metric-math.ts';
import { statisticOf } from './metric-store.ts';

function rule(overrides: Partial<AlarmRule> = {}): AlarmRule {
  return {
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'missing',
    ...overrides,
  };
}

/** Reads CloudWatch's own notation, oldest first: `0` is fine, `X` breaches, `-` is missing. */
function range(notation: string): Series {
  const values: Readonly<Record<string, number>> = { '0': 0, X: 1 };
  return notation.split(' ').map((mark) => values[mark]);
}

describe('alarm evaluation', () => {
  const retain = 'retain';
  // The two tables of "Configuring how CloudWatch alarms treat missing data".
  it.each([
    { m: 3, points: '0 - X - X', states: ['OK', 'OK', 'OK', 'OK'] },
    { m: 3, points: '0 - - - -', states: ['OK', 'OK', 'OK', 'OK'] },
    { m: 3, points: '- - - - -', states: ['INSUFFICIENT_DATA', retain, 'ALARM', 'OK'] },
    { m: 3, points: '0 X X - X', states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
    { m: 3, points: '- - X - -', states: ['ALARM', retain, 'ALARM', 'OK'] },
    { m: 3, points: '- - - - X', states: [retain, retain, 'ALARM', 'OK'] },
    { m: 2, points: '0 - X - X', states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
    { m: 2, points: '0 0 X 0 X', states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
    { m: 2, points: '0 - X - -', states: ['OK', 'OK', 'ALARM', 'OK'] },
    { m: 2, points: '- - - - 0', states: ['OK', 'OK', 'ALARM', 'OK'] },
    { m: 2, points: '- - - X -', states: ['ALARM', retain, 'ALARM', 'OK'] },
    { m: 2, points: 'X X 0 0 X', states: ['OK', 'OK', 'OK', 'OK'] },
  ])('$m of 3 over $points', ({ m, points, states }) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    for (const current of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] satisfies StateValue[]) {
      const got = treatments.map((treatMissingData) => {
        const alarmRule = rule({ datapointsToAlarm: m, treatMissingData });
        return evaluateAlarm(range(points), alarmRule, current).state;
      });

      expect(got).toEqual(states.map((state) => (state === retain ? current : state)));
    }
  });

  it.each([
    ['GreaterThanThreshold', 'OK'],
    ['GreaterThanOrEqualToThreshold', 'ALARM'],
    ['LessThanThreshold', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM'],
  ] as const)('compares a point on the threshold: %s gives %s', (comparison, state) => {
    const alarmRule = rule({ comparison, evaluationPeriods: 1, datapointsToAlarm: 1 });

    expect(evaluateAlarm([undefined, undefined, 1], alarmRule, 'OK').state).toBe(state);
  });
});

describe('metric math', () => {
  const series: Readonly<Record<string, Series>> = {
    err: [undefined, 5, 30],
    req: [100, 100, 20],
    none: [undefined, undefined, undefined],
  };
  const evaluate = (text: string): Series =>
    evaluateExpression(parseExpression(text), (id) => series[id] ?? [], 3);

  it.each([
    ['IF(req>=50, 100*FILL(err,0)/req, 0)', [0, 5, 0]],
    ['err+req', [undefined, 105, 50]],
    ['FILL(none, 0) + 2 * 3 - 1', [5, 5, 5]],
    ['(1 + 2) * -req / 10', [-30, -30, -6]],
    ['req / (req - 100)', [undefined, undefined, -0.25]],
    ['IF(err > 10, 1, 0)', [undefined, 0, 1]],
    ['req == 100', [1, 1, 0]],
    ['req != 100', [0, 0, 1]],
    ['7', [7, 7, 7]],
  ])('evaluates %s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  it.each(['RATE(req)', 'IF(req>1, 2)', 'req +', 'req req', '(req', 'req % 2', 'FILL'])(
    'fails on %s',
    (text) => {
      expect(() => parseExpression(text)).toThrow();
    },
  );

  it.each([
    ['Sum', 10],
    ['Average', 2.5],
    ['Minimum', 1],
    ['Maximum', 4],
    ['SampleCount', 4],
    ['p50', 2.5],
    ['p100', 4],
  ])('computes %s', (stat, expected) => {
    expect(statisticOf([4, 1, 3, 2], stat)).toBe(expected);
  });
});

describe('composite rules', () => {
  const states: Readonly<Record<string, StateValue>> = { a: 'ALARM', b: 'OK' };
  const evaluate = (text: string): boolean =>
    holds(parseCompositeRule(text), (name) => states[name] ?? 'INSUFFICIENT_DATA');

  it.each([
    ['ALARM(a)', true],
    ['ALARM("a") AND OK(b)', true],
    ['ALARM(a) AND NOT OK(b)', false],
    ['ALARM(b) OR (INSUFFICIENT_DATA(c) AND TRUE)', true],
    ['FALSE OR NOT (ALARM(a) OR OK(b))', false],
  ])('evaluates %s', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it('names its children', () => {
    expect(childrenOf(parseCompositeRule('ALARM(a) OR NOT OK("b c")'))).toEqual(['a', 'b c']);
  });

  it.each(['ALARM(a', 'ALARM a', 'ALARM(a) XOR OK(b)', ''])('fails on "%s"', (text) => {
    expect(() => parseCompositeRule(text)).toThrow();
  });
});
