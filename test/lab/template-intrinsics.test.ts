import { describe, expect, test } from 'vitest';
import { Resolver } from './template/intrinsics.ts';

const NAMES: Readonly<Record<string, string>> = {
  'Inbox.Ref': 'http://queue/inbox',
  'Inbox.Arn': 'arn:aws:sqs:eu-west-1:000000000000:inbox',
};
const resolver = new Resolver((id, attribute) => NAMES[`${id}.${attribute}`], {
  'AWS::Region': 'eu-west-1',
});

const ARN = NAMES['Inbox.Arn'];

describe('a value', () => {
  test.for<readonly [unknown, unknown]>([
    ['plain', 'plain'],
    [{ Ref: 'Inbox' }, 'http://queue/inbox'],
    [{ Ref: 'AWS::Region' }, 'eu-west-1'],
    [{ 'Fn::GetAtt': ['Inbox', 'Arn'] }, ARN],
    [{ 'Fn::GetAtt': 'Inbox.Arn' }, ARN],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 'b']] }, 'a-eu-west-1-b'],
    [{ 'Fn::Split': [':', { 'Fn::GetAtt': ['Inbox', 'Arn'] }] }, ARN?.split(':')],
    [{ 'Fn::Select': [2, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Inbox', 'Arn'] }] }] }, 'sqs'],
    [{ 'Fn::Sub': `\${Inbox.Arn} in \${AWS::Region}, \${!kept}` }, `${ARN} in eu-west-1, \${kept}`],
    [
      { 'Fn::Sub': [`\${own}/\${Inbox}`, { own: { Ref: 'AWS::Region' } }] },
      `eu-west-1/http://queue/inbox`,
    ],
    [{ kept: [1, { Ref: 'AWS::NoValue' }], left: { Ref: 'AWS::NoValue' } }, { kept: [1] }],
  ])('%j', ([value, wanted]) => {
    expect(resolver.resolve(value, 'Here.Property')).toEqual(wanted);
  });
});

describe('is refused, naming where it stands', () => {
  test.for<readonly [string, unknown]>([
    ['"Outbox.Ref"', { Ref: 'Outbox' }],
    ['"Inbox.Colour"', { 'Fn::GetAtt': ['Inbox', 'Colour'] }],
    ['"Inbox.Colour"', { 'Fn::Sub': `\${Inbox.Colour}` }],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'other-stack' }],
    ['Fn::If', { 'Fn::If': ['cheap', 'a', 'b'] }],
    ['two arguments', { 'Fn::Join': ['a'] }],
    ['an index within the list', { 'Fn::Select': [3, ['a']] }],
    ['and alone', { Ref: 'Inbox', more: 1 }],
  ])('%s', ([words, value]) => {
    const resolve = () => resolver.resolve({ Variables: value }, 'Remediate');

    expect(resolve).toThrow(/^Remediate\.Variables: /);
    expect(resolve).toThrow(words);
  });
});
