/** Functions, references and resources that cannot be are found, each by its path. */
import { describe, expect, test } from 'vitest';
import { oneMistake, SOUND, variable, withProperties, withResource } from './sound-template.ts';
import { findMistakes } from './template.ts';

describe('a function', () => {
  test('stands for what it gives', () => {
    const list = { 'Fn::Split': [',', 'a,b'] };
    const text = { 'Fn::Join': ['', ['a', { Ref: 'AWS::Region' }]] };
    const network = (Subnets: unknown) => ({
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets } },
    });

    expect(findMistakes(withProperties('Service', network(list)))).toEqual([]);
    expect(oneMistake(withProperties('Service', network(text)))).toMatchObject({
      wanted: 'a list',
    });
    expect(findMistakes(withProperties('Inbox', { QueueName: text }))).toEqual([]);
    expect(oneMistake(withProperties('Inbox', { QueueName: list }))).toMatchObject({
      wanted: 'a string',
    });
    expect(oneMistake(withProperties('Logs', { DataProtectionPolicy: text }))).toMatchObject({
      wanted: 'an object',
    });
  });

  test('gives what its parameter or attribute is', () => {
    const ids = { Ref: 'Subnets' };
    const arn = { 'Fn::GetAtt': ['Letters', 'Arn'] };
    const blocks = { 'Fn::GetAtt': ['Network', 'CidrBlockAssociations'] };

    expect(oneMistake(withProperties('Inbox', { QueueName: ids })).got).toBe('{"Ref":"Subnets"}');
    expect(oneMistake(withProperties('Inbox', { Tags: arn })).wanted).toBe('a list');
    expect(oneMistake(withProperties('Inbox', { QueueName: blocks })).wanted).toBe('a string');
  });

  test('is looked through when it chooses between two values', () => {
    const chosen = { 'Fn::If': ['IsLarge', 600, 'long'] };

    expect(oneMistake(withProperties('Inbox', { VisibilityTimeout: chosen }))).toEqual({
      path: 'Resources.Inbox.Properties.VisibilityTimeout.Fn::If[2]',
      got: '"long"',
      wanted: 'a whole number',
    });
  });

  test.each([
    ['Fn::Jion', ['', []], /^one of .*Fn::Join/],
    ['Fn::Equals', ['a', 'b'], /^one of .*Fn::If/],
    ['Fn::Join', [['a']], /^a list of 2$/],
    ['Fn::Select', '0', /^a list of 2$/],
    ['Fn::If', ['IsHuge', 'a', 'b'], /^a name of Conditions$/],
    ['Fn::FindInMap', ['Sizes', 'a', 'b'], /^a name of Mappings$/],
  ])('that cannot be evaluated is found: %s of %j', (name, argument, wanted) => {
    const found = oneMistake(withProperties('Inbox', { QueueName: { [name]: argument } }));

    expect(found.path).toMatch(/^Resources\.Inbox\.Properties\.QueueName/);
    expect(found.wanted).toMatch(wanted);
  });

  test('has nothing beside it', () => {
    const RedrivePolicy = { 'Fn::Sub': 'a', maxReceiveCount: 3 };

    expect(oneMistake(withProperties('Inbox', { RedrivePolicy })).wanted).toBe('Fn::Sub alone');
  });
});

describe('a reference', () => {
  test.each([
    [{ Ref: 'Lettres' }, 'a resource or parameter'],
    [{ 'Fn::GetAtt': ['Lettres', 'Arn'] }, 'a resource'],
    [{ 'Fn::GetAtt': 'Lettres.Arn' }, 'a resource'],
    [{ 'Fn::Sub': variable('Lettres') }, 'a resource or parameter'],
    [{ 'Fn::Sub': [variable('a') + variable('Lettres.Arn'), { a: 1 }] }, 'a resource'],
  ])('to what is not there is found: %j', (QueueName, wanted) => {
    expect(oneMistake(withProperties('Inbox', { QueueName }))).toMatchObject({ wanted });
  });

  test('to an attribute that the type does not have is found', () => {
    const QueueName = { 'Fn::GetAtt': ['Letters', 'Name'] };

    expect(oneMistake(withProperties('Inbox', { QueueName }))).toEqual({
      path: 'Resources.Inbox.Properties.QueueName.Fn::GetAtt',
      got: '["Letters","Name"]',
      wanted: 'an attribute of AWS::SQS::Queue (Arn, QueueName, QueueUrl)',
    });
  });

  test('to any attribute of a custom resource is its own business', () => {
    const custom = { Type: 'Custom::Shop', Properties: { ServiceToken: 'a', Anything: [1] } };
    const template = withProperties('Inbox', { QueueName: { 'Fn::GetAtt': ['Shop', 'Name'] } });

    expect(
      findMistakes({ ...template, Resources: { ...template.Resources, Shop: custom } }),
    ).toEqual([]);
  });

  test('in a condition is to parameters only: there are no resources yet', () => {
    const Conditions = {
      ...SOUND.Conditions,
      IsOpen: { 'Fn::Equals': [{ Ref: 'Inbox' }, { Condition: 'IsHuge' }] },
    };

    expect(findMistakes({ ...SOUND, Conditions }).map(({ wanted }) => wanted)).toEqual([
      'a parameter',
      'a name of Conditions',
    ]);
  });

  test('of an output is followed', () => {
    const Outputs = { Url: { Value: { Ref: 'Lettres' } }, Name: { Description: 'empty' } };

    expect(findMistakes({ ...SOUND, Outputs }).map(({ path }) => path)).toEqual([
      'Outputs.Url.Value.Ref',
      'Outputs.Name.Value',
    ]);
  });
});

describe('a resource', () => {
  test.each([
    ['Type', 'AWS::SQS::Queues', 'a resource type that CloudFormation has'],
    ['DependsOn', 'Lettres', 'another resource'],
    ['DependsOn', ['Inbox'], 'another resource'],
    ['DependsOn', { Ref: 'Letters' }, 'another resource'],
    ['Condition', 'IsHuge', 'a name of Conditions'],
    ['DeletionPolicy', 'Keep', 'one of Delete, Retain, RetainExceptOnCreate, Snapshot'],
    ['UpdateReplacePolicy', 'Keep', 'one of Delete, Retain, Snapshot'],
  ])('is found with a wrong %s: %j', (name, value, wanted) => {
    expect(oneMistake(withResource('Inbox', { [name]: value }))).toMatchObject({
      path: `Resources.Inbox.${name}`,
      wanted,
    });
  });

  test('has no attributes of its own making', () => {
    expect(oneMistake(withResource('Inbox', { DeletePolicy: 'Retain' })).path).toBe(
      'Resources.Inbox.DeletePolicy',
    );
  });

  test('is told apart from a parameter, which has a type of its own', () => {
    const Parameters = { ...SOUND.Parameters, Size: { Type: 'Boolean', Defaults: 1 } };

    expect(findMistakes({ ...SOUND, Parameters })).toMatchObject([
      { path: 'Parameters.Size.Defaults' },
      { path: 'Parameters.Size.Type', got: '"Boolean"' },
    ]);
  });

  test('is in a section that there is', () => {
    expect(findMistakes({ ...SOUND, Resource: {} }).map(({ path }) => path)).toEqual(['Resource']);
    expect(findMistakes({ Resources: {} }).map(({ wanted }) => wanted)).toEqual([
      'one resource at least',
    ]);
  });
});
