/** A small template of which tests change one thing. */
import { expect } from 'vitest';
import type { Finding } from './findings.ts';
import type { Json, Template } from './intrinsics.ts';
import { findMistakes } from './template.ts';

/** As `Fn::Sub` has it. */
export const variable = (name: string): string => `\${${name}}`;

export const SOUND: Template = {
  Parameters: {
    Days: { Type: 'Number' },
    Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' },
  },
  Conditions: {
    IsLarge: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
    IsSmall: { 'Fn::Not': [{ Condition: 'IsLarge' }] },
  },
  Resources: {
    Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Letters: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain' },
    Inbox: {
      Type: 'AWS::SQS::Queue',
      DependsOn: ['Letters'],
      Condition: 'IsSmall',
      Properties: {
        VisibilityTimeout: 120,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] } },
        Tags: [{ Key: 'environment', Value: 'prod' }],
      },
    },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: { Ref: 'Days' } } },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: { ContainerDefinitions: [{ Name: 'app', Image: 'shop:1' }] },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        TaskDefinition: { Ref: 'Task' },
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: { Ref: 'Subnets' } } },
      },
    },
    Rights: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'rights', PolicyDocument: { Statement: [] } },
    },
  },
  Outputs: {
    Url: { Value: { 'Fn::Sub': ['Inbox.QueueName', 'AWS::Region', '!Url'].map(variable).join() } },
  },
};

/** The sound template with one resource changed; what is undefined is left out. */
export function withResource(id: string, change: Json): Template {
  const resource = { ...SOUND.Resources[id], ...change };
  const template = { ...SOUND, Resources: { ...SOUND.Resources, [id]: resource } };
  return JSON.parse(JSON.stringify(template)) as Template;
}

export function withProperties(id: string, change: Json): Template {
  const properties = SOUND.Resources[id]?.['Properties'];
  return withResource(id, { Properties: { ...(properties as Json), ...change } });
}

export function oneMistake(template: Template): Finding {
  const found = findMistakes(template);
  expect(found).toHaveLength(1);
  return found[0] as Finding;
}
