/** Wrong properties and values are found, each by its path, and what CloudFormation takes is not. */
import { describe, expect, test } from 'vitest';
import { oneMistake, SOUND, withProperties, withResource } from './sound-template.ts';
import { findMistakes } from './template.ts';

test('nothing is wrong in a sound template', () => {
  expect(findMistakes(SOUND)).toEqual([]);
});

describe('a property', () => {
  test('that is misspelt is named, with those that there are', () => {
    const { path, got, wanted } = oneMistake(withProperties('Inbox', { VisibilityTimeOut: 120 }));

    expect(path).toBe('Resources.Inbox.Properties.VisibilityTimeOut');
    expect(got).toBe('"VisibilityTimeOut"');
    expect(wanted).toMatch(/^one of .*\bVisibilityTimeout\b/);
  });

  test('that is misspelt deep inside is named by its path', () => {
    const ContainerDefinitions = [{ Name: 'app', Image: 'shop:1', Enviroment: [] }];

    expect(oneMistake(withProperties('Task', { ContainerDefinitions }))).toMatchObject({
      path: 'Resources.Task.Properties.ContainerDefinitions[0].Enviroment',
    });
  });

  test('that is required is missed', () => {
    expect(oneMistake(withProperties('Rights', { PolicyName: undefined }))).toEqual({
      path: 'Resources.Rights.Properties.PolicyName',
      got: 'nothing',
      wanted: 'a string',
    });
    expect(oneMistake(withResource('Rights', { Properties: { PolicyName: 'rights' } }))).toEqual({
      path: 'Resources.Rights.Properties.PolicyDocument',
      got: 'nothing',
      wanted: 'an object, or a string',
    });
  });

  test('that is required is missed when a function takes it out', () => {
    const PolicyName = { Ref: 'AWS::NoValue' };

    expect(oneMistake(withProperties('Rights', { PolicyName }))).toMatchObject({
      path: 'Resources.Rights.Properties.PolicyName',
      got: 'nothing',
    });
  });

  test('of a resource without any is missed too', () => {
    expect(findMistakes(withResource('Rights', { Properties: undefined }))).toHaveLength(2);
  });
});

describe('a value', () => {
  test.each([
    ['Inbox', 'VisibilityTimeout', 'two minutes', 'a whole number'],
    ['Inbox', 'VisibilityTimeout', 1.5, 'a whole number'],
    ['Inbox', 'VisibilityTimeout', true, 'a whole number'],
    ['Inbox', 'VisibilityTimeout', [120], 'a whole number'],
    ['Inbox', 'FifoQueue', 1, 'true or false'],
    ['Inbox', 'FifoQueue', 'yes', 'true or false'],
    ['Inbox', 'QueueName', { Name: 'inbox' }, 'a string'],
    ['Inbox', 'RedrivePolicy', 3, 'an object, or a string'],
    ['Logs', 'DataProtectionPolicy', 3, 'an object'],
    ['Logs', 'DataProtectionPolicy', [], 'an object'],
    ['Inbox', 'Tags', { environment: 'prod' }, 'a list'],
    ['Rights', 'PolicyDocument', 3, 'an object, or a string'],
    ['Task', 'ContainerDefinitions', 'app', 'a list'],
    ['Service', 'NetworkConfiguration', 3, 'an object (NetworkConfiguration)'],
    ['Service', 'LaunchType', 'FARGATES', 'one of EC2, FARGATE, EXTERNAL'],
  ])('of a wrong kind is found: %s.%s = %j', (id, name, value, wanted) => {
    expect(oneMistake(withProperties(id, { [name]: value }))).toEqual({
      path: `Resources.${id}.Properties.${name}`,
      got: JSON.stringify(value),
      wanted,
    });
  });

  test.each([
    ['Inbox', 'VisibilityTimeout', '120'],
    ['Inbox', 'FifoQueue', 'true'],
    ['Inbox', 'QueueName', 7],
    ['Inbox', 'QueueName', true],
    ['Logs', 'RetentionInDays', '30'],
    ['Rights', 'PolicyDocument', '{"Statement":[]}'],
  ])('that CloudFormation coerces is none: %s.%s = %j', (id, name, value) => {
    expect(findMistakes(withProperties(id, { [name]: value }))).toEqual([]);
  });

  test('of a tag has both its parts', () => {
    expect(oneMistake(withProperties('Inbox', { Tags: [{ Key: 'environment' }] }))).toEqual({
      path: 'Resources.Inbox.Properties.Tags[0].Value',
      got: 'nothing',
      wanted: 'a string',
    });
  });

  test('is never null, not even in free JSON', () => {
    expect(oneMistake(withProperties('Inbox', { RedrivePolicy: { max: null } }))).toMatchObject({
      path: 'Resources.Inbox.Properties.RedrivePolicy.max',
      got: 'null',
    });
  });
});
