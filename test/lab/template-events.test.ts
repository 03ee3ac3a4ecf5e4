import { describe, expect, test } from 'vitest';
import { compilePattern } from './healer/event-pattern.ts';
import { isAllowed, type PolicyDocument } from './healer/policy-document.ts';

const EVENT = {
  source: 'aws.cloudwatch',
  resources: ['arn:alarm:one', 'arn:alarm:two'],
  detail: { state: { value: 'ALARM' }, count: 3 },
};

describe('a pattern', () => {
  test.for<readonly [object, boolean]>([
    [{}, true],
    [{ source: ['aws.cloudwatch'] }, true],
    [{ source: ['aws.ecs'] }, false],
    [{ source: ['aws.ecs', 'aws.cloudwatch'] }, true],
    [{ resources: ['arn:alarm:two'] }, true],
    [{ resources: ['arn:alarm:three'] }, false],
    [{ detail: { state: { value: ['ALARM', 'OK'] } } }, true],
    [{ detail: { state: { value: ['OK'] } } }, false],
    [{ detail: { count: [3] } }, true],
    [{ source: ['aws.cloudwatch'], detail: { count: [4] } }, false],
    [{ detail: { state: { colour: ['red'] } } }, false],
    [{ source: [{ prefix: 'aws.' }] }, true],
    [{ source: [{ prefix: 'gcp.' }] }, false],
    [{ source: [{ 'anything-but': ['aws.ecs'] }] }, true],
    [{ source: [{ 'anything-but': 'aws.cloudwatch' }] }, false],
    [{ colour: [{ exists: false }] }, true],
    [{ source: [{ exists: true }] }, true],
    [{ source: [{ exists: false }] }, false],
  ])('%j', ([pattern, matches]) => {
    expect(compilePattern(pattern)(EVENT)).toBe(matches);
  });

  test.for<readonly [string, unknown]>([
    ['pattern.source: got "aws.ecs", want an object of fields', { source: 'aws.ecs' }],
    ['pattern.source: got [], want one value or more', { source: [] }],
    ['pattern.source[0]: got {"wildcard":"a*"}', { source: [{ wildcard: 'a*' }] }],
    ['pattern.$or: got [], want a field', { $or: [] }],
  ])('%s', ([words, pattern]) => {
    expect(() => compilePattern(pattern)).toThrow(words);
  });
});

describe('a policy', () => {
  const QUEUE = 'arn:aws:sqs:eu-west-1:000000000000:inbox';
  const RULE = 'arn:aws:events:eu-west-1:123456789012:rule/alarms';
  const ask = {
    service: 'events.amazonaws.com',
    action: 'sqs:SendMessage',
    resource: QUEUE,
    context: { 'aws:SourceArn': RULE, 'aws:SecureTransport': 'true' },
  };
  type Statement = PolicyDocument['Statement'][number];
  const allow: Statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: QUEUE,
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:123456789012:rule/*' } },
  };
  const denyPlain: Statement = {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: QUEUE,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };

  test.for<readonly [string, readonly Statement[], boolean]>([
    ['allows what it names', [allow], true],
    ['allows nothing by itself', [], false],
    ['denies only where its condition holds', [allow, denyPlain], true],
    ['denies before it allows', [allow, { ...denyPlain, Condition: {} }], false],
    ['is about its action', [{ ...allow, Action: ['sqs:ReceiveMessage'] }], false],
    ['is about its resource', [{ ...allow, Resource: `${QUEUE}-dlq` }], false],
    ['is about its principal', [{ ...allow, Principal: { Service: 'sns.amazonaws.com' } }], false],
    [
      'is about its source',
      [{ ...allow, Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/b' } } }],
      false,
    ],
    [
      'holds no condition of which nothing is known',
      [{ ...allow, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
      false,
    ],
  ])('%s', ([, statements, allowed]) => {
    expect(isAllowed([{ Statement: statements }], ask)).toBe(allowed);
  });

  test('with an element or a condition that is not known is refused', () => {
    const not = { ...allow, NotAction: 'sqs:*' } as Statement;
    const odd = { ...allow, Condition: { NumericLessThan: { 'aws:SourceArn': 1 } } };

    expect(() => isAllowed([{ Statement: [not] }], ask)).toThrow('NotAction');
    expect(() => isAllowed([{ Statement: [odd] }], ask)).toThrow('NumericLessThan');
  });
});
