/** What an app may choose about the healer itself. */
import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AttributeType,
  type ITable,
  type ITableV2,
  Table,
  type TableProps,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type ISecurityGroup, type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, ManagedPolicy, PermissionsBoundary, Role } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { Slack } from '../../infra/slack.ts';
import { aHealedSite, aService, aSite, everything } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

/** A healer beside the site's own, whose props may name what is in the stack. */
function withSecond(props: (stack: Stack) => Partial<SelfHealingProps>): {
  readonly stack: Stack;
  readonly healing: SelfHealing;
  readonly template: () => Template;
} {
  const site = aSite();
  const { stack } = site;
  const slack = Slack.webhook(Secret.fromSecretNameV2(stack, 'SecondHook', 'shop/second'));
  const healing = new SelfHealing(stack, 'Second', { slack, ...props(stack) });
  site.healing.guard(aService(site, 'One').service);
  healing.guard(aService(site, 'Two').service);
  return { stack, healing, template: () => Template.fromStack(stack) };
}

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function statementsOf(template: Template, start: string): readonly Statement[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(start))
    .flatMap(([, policy]) => policy['Properties'].PolicyDocument.Statement as Statement[]);
}

describe('the alarm on missing drills', () => {
  test('rings when no hour of the given time had a drill that passed', () => {
    aHealedSite({ drillWithin: Duration.days(7) }).template.hasResourceProperties(
      'AWS::CloudWatch::Alarm',
      {
        Namespace: 'EcsSelfHealing',
        MetricName: 'DrillsPassed',
        Dimensions: [{ Name: 'service', Value: 'drill' }],
        Statistic: 'Sum',
        Period: 3_600,
        EvaluationPeriods: 168,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
        DatapointsToAlarm: Match.absent(),
      },
    );
  });

  test('is not there unless it is wanted', () => {
    const ids = aSite().healing.ownAlarms.map(({ node }) => node.id);

    expect(ids).not.toContain('NoDrillPassed');
  });

  test.each([
    [Duration.days(8), '8 days'],
    [Duration.minutes(90), '1 hour 30 minutes'],
    [Duration.minutes(0), '0 minutes'],
  ])('is refused for %s: CloudWatch looks back seven days', (drillWithin, got) => {
    expect(() => aSite({ drillWithin })).toThrow(
      `drillWithin: got ${got}, wanted whole hours from 1 hour to 7 days: CloudWatch looks back`,
    );
  });

  test('is silenced by whoever may drill: the healer cannot know', () => {
    const site = aSite();
    site.healing.guard(aService(site).service);
    const assumedBy = new AccountPrincipal('123456789012');
    site.healing.grantDrill(new Role(site.stack, 'Drill', { assumedBy }));

    expect(statementsOf(Template.fromStack(site.stack), 'Drill')).toContainEqual({
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringEquals: { 'cloudwatch:namespace': 'EcsSelfHealing' } },
    });
  });
});

describe('the memory', () => {
  test('is that of both functions', () => {
    aHealedSite({ memorySize: 1_024 }).template.allResourcesProperties('AWS::Lambda::Function', {
      MemorySize: 1_024,
    });
  });

  test.each([128, 10_241])('is refused when it is %i', (memorySize) => {
    expect(() => aSite({ memorySize })).toThrow(
      `memorySize: got ${memorySize}, wanted 256 to 10240 MB`,
    );
  });
});

test('a permissions boundary reaches both roles', () => {
  const site = aSite();
  site.healing.guard(aService(site).service);
  const boundary = ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess');
  PermissionsBoundary.of(site.healing).apply(boundary);

  const bounded = { PermissionsBoundary: Match.anyValue() };
  Template.fromStack(site.stack).resourcePropertiesCountIs('AWS::IAM::Role', bounded, 2);
});

describe('a network', () => {
  test('takes both functions, whose roles may join it and have no managed policy', () => {
    const second = withSecond((stack) => {
      const vpc = new Vpc(stack, 'Own') as IVpc;
      const own = new SecurityGroup(stack, 'Door', { vpc }) as ISecurityGroup;
      return { vpc, vpcSubnets: { subnets: vpc.privateSubnets }, securityGroups: [own] };
    });
    const template = second.template();

    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      {
        VpcConfig: {
          SubnetIds: [{ Ref: Match.anyValue() }, { Ref: Match.anyValue() }],
          SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Door'), 'GroupId'] }],
        },
      },
      2,
    );
    for (const start of ['SecondRemediate', 'SecondNotify']) {
      const join = statementsOf(template, start).find(({ Sid }) => Sid === 'JoinNetwork');
      expect(join?.Action).toContain('ec2:CreateNetworkInterface');
    }
    const managed = { ManagedPolicyArns: Match.anyValue() };
    template.resourcePropertiesCountIs('AWS::IAM::Role', managed, 0);
  });

  test('is none by default, nor any right to join one', () => {
    const { template } = aHealedSite();

    template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('ec2:');
  });

  test('is wanted with subnets and security groups', () => {
    expect(() => aSite({ vpcSubnets: { subnetGroupName: 'own' } })).toThrow(
      'vpcSubnets: got some without vpc, wanted vpc too',
    );
    expect(() => aSite({ securityGroups: [] })).toThrow('securityGroups: got some without vpc');
  });
});

const SHAPE: TableProps = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  timeToLiveAttribute: 'expiresAt',
};

describe('a table that is there already', () => {
  test('is used, and none is made', () => {
    const second = withSecond((stack) => ({ table: new Table(stack, 'Own', SHAPE) as ITable }));
    const template = second.template();

    template.resourceCountIs('AWS::DynamoDB::Table', 2);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TABLE_NAME: { Ref: Match.stringLikeRegexp('^Own') } } },
    });
    const keep = statementsOf(template, 'SecondRemediate').filter(
      ({ Sid }) => Sid === 'KeepLocksAndIncidents',
    );
    expect(keep).toMatchObject([
      { Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Own/), 'Arn'] } },
    ]);
  });

  test('may be imported, or of the second version', () => {
    const { sortKey, partitionKey, timeToLiveAttribute } = SHAPE as Required<TableProps>;
    const props = { sortKey, partitionKey, timeToLiveAttribute };

    expect(() =>
      withSecond((stack) => ({ table: Table.fromTableName(stack, 'Old', 'healers') })),
    ).not.toThrow();
    expect(() =>
      withSecond((stack) => ({ table: new TableV2(stack, 'New', props) as ITableV2 })),
    ).not.toThrow();
  });

  test.each([
    ['no expiry', { timeToLiveAttribute: 'ttl' }, 'pk (S), sk (S), expiry by ttl'],
    [
      'a number as key',
      { sortKey: { name: 'sk', type: AttributeType.NUMBER } },
      'pk (S), sk (N), expiry by expiresAt',
    ],
  ])('is refused with %s', (_name, difference, got) => {
    expect(() =>
      withSecond((stack) => ({
        table: new Table(stack, 'Own', { ...SHAPE, ...difference }) as ITable,
      })),
    ).toThrow(`table Shop/Own: got keys and expiry ${got}, wanted pk (S), sk (S), expiry by exp`);
  });
});

describe('a key of the app', () => {
  test('lets CloudWatch and EventBridge publish', () => {
    const second = withSecond((stack) => ({ encryptionKey: new Key(stack, 'Own') as IKey }));

    const keys = second.template().findResources('AWS::KMS::Key');
    const own = Object.entries(keys).find(([id]) => id.startsWith('Own'))?.[1];
    expect(own?.['Properties'].KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({
        Sid: 'LetAlarmsPublish',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
      }),
    );
  });

  test('is granted with the table for who reads, and once for each function', () => {
    const second = withSecond((stack) => ({
      ...everything(stack),
      encryptionKey: new Key(stack, 'Own') as IKey,
    }));
    const assumedBy = new AccountPrincipal('123456789012');
    second.healing.grantReadIncidents(new Role(second.stack, 'Reader', { assumedBy }));
    const template = second.template();

    const ofReader = statementsOf(template, 'Reader').flatMap(({ Action }) => Action);
    expect(ofReader.filter((action) => action.startsWith('kms:'))).toEqual([
      'kms:Decrypt',
      'kms:DescribeKey',
    ]);
    for (const name of ['Remediate', 'Notify', 'Respond', 'Drill']) {
      const sids = statementsOf(template, `Second${name}Role`).map(({ Sid }) => Sid);
      expect(sids.filter((sid) => sid === 'UseTableKey')).toHaveLength(1);
    }
  });
});
