/** The resources of the construct, as they stand in its template. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRemediateEnvironment } from '../../functions/core/environment.ts';
import { readNotifyEnvironment } from '../../functions/core/environment-notify.ts';
import { bundle } from '../../infra/bundle.ts';
import { handlerCode } from '../../infra/healing/functions.ts';
import { aHealedSite, aService, aSite } from './a-healed-app.ts';

/** Of a healer with all defaults and one service. */
let template: Template;

beforeAll(async () => {
  await bundle();
  template = aHealedSite().template;
});

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function statementsOf(from: Template, start: string): readonly Statement[] {
  const policies = Object.entries(from.findResources('AWS::IAM::Policy'));
  return policies
    .filter(([id]) => id.startsWith(start))
    .flatMap(([, policy]) => policy['Properties'].PolicyDocument.Statement as Statement[]);
}

function variablesOf(from: Template, start: string): Record<string, string> {
  const found = Object.entries(from.findResources('AWS::Lambda::Function'));
  const variables = found.find(([id]) => id.startsWith(start))?.[1]['Properties'].Environment
    .Variables as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'known-later',
    ]),
  );
}

describe('the table', () => {
  test('keeps its logical id: another one would replace it', () => {
    expect(Object.keys(template.findResources('AWS::DynamoDB::Table'))).toEqual([
      'HealingTable05D33FA2',
    ]);
  });

  test('has the keys that the store writes, expiry, recovery and encryption, and stays', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        SSESpecification: { SSEEnabled: true },
        TableName: Match.absent(),
      },
    });
  });

  test('goes with the app where that is wanted', () => {
    const made = aHealedSite({ removalPolicy: RemovalPolicy.DESTROY });

    made.template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });
});

describe('the functions', () => {
  test('run on the newest Node, traced, logged by a group of their own, with dead letters', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: Match.anyValue() },
      DeadLetterConfig: Match.anyValue(),
      ReservedConcurrentExecutions: Match.absent(),
      FunctionName: Match.absent(),
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  test('get an environment that a cold start can read', () => {
    const budgetWindow = Duration.minutes(30);
    const made = aHealedSite({ accountLimits: { budget: 2, budgetWindow } });
    const remediate = readRemediateEnvironment(variablesOf(made.template, 'HealingRemediate'));
    const notify = readNotifyEnvironment(variablesOf(made.template, 'HealingNotify'));

    expect(remediate.accountLimits).toMatchObject({ budget: 2, budgetWindow: 1_800_000 });
    expect(remediate.servicesPath).toMatch(/^\/Shop-Healing-/);
    expect(notify).toEqual({
      chat: { kind: 'webhook', url: { in: 'secret', name: 'shop/slack-webhook' } },
      canRespond: false,
      tableName: 'known-later',
      servicesPath: remediate.servicesPath,
      environment: 'Shop',
      deadLettersUrl: 'known-later',
    });
  });

  test('fail with what to do when they were not built', () => {
    expect(() => handlerCode('remediate', '/nowhere')).toThrow('npm run bundle');
  });
});

describe('the permissions', () => {
  test('of remediate stop tasks of the guarded cluster, and no others', () => {
    const stop = statementsOf(template, 'HealingRemediate').filter(({ Action }) =>
      [Action].flat().includes('ecs:StopTask'),
    );

    expect(stop).toHaveLength(1);
    expect(JSON.stringify(stop[0]?.Resource)).toMatch(/":task\/",\{"Ref":"Cluster\w+"\},"\/\*"/);
    expect(stop[0]?.Condition).toEqual({
      ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': ['ClusterEB0386A7', 'Arn'] } },
    });
  });

  test('without a resource are the reads that AWS gives none for', () => {
    const wide = statementsOf(template, 'HealingRemediate').filter(
      ({ Resource }) => Resource === '*',
    );

    expect(wide.flatMap(({ Action }) => Action).sort()).toEqual([
      'cloudwatch:DescribeAlarms',
      'ecs:ListTasks',
      'elasticloadbalancing:DescribeTargetHealth',
      'logs:GetQueryResults',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('of notify read the webhook and the week, and write its log', () => {
    const actions = statementsOf(template, 'HealingNotify').flatMap(({ Action }) => Action);

    expect(actions.sort()).toEqual([
      'dynamodb:Query',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'sqs:SendMessage',
      'ssm:GetParametersByPath',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('that are granted ring guarded alarms, ask for a pause, and read incidents', () => {
    const site = aSite();
    site.healing.guard(aService(site).service);
    const grantee = (id: string): Role =>
      new Role(site.stack, id, { assumedBy: new AccountPrincipal('123456789012') });
    site.healing.grantDrill(grantee('Drill'));
    site.healing.grantPause(grantee('Pause'));
    site.healing.grantReadIncidents(grantee('Reader'));
    const made = Template.fromStack(site.stack);

    const actions = (start: string): readonly string[] =>
      statementsOf(made, start).flatMap(({ Action }) => Action);
    expect(actions('Drill')).toEqual(
      expect.arrayContaining(['cloudwatch:SetAlarmState', 'lambda:InvokeFunction']),
    );
    // Who may write the lock could forge a claim.
    expect(actions('Pause')).toEqual(['lambda:InvokeFunction']);
    expect(actions('Reader')).not.toContain('dynamodb:UpdateItem');
  });
});

describe('the alarms on the healer itself', () => {
  test('tell what cannot be read, understood and told, what was given up, and what fails', () => {
    expect(aSite().healing.ownAlarms.map(({ node }) => node.id)).toEqual([
      'NoAccess',
      'NotUnderstood',
      'NotTold',
      'NoAnswer',
      'Blind',
      'HalfBlind',
      'ToldLate',
      'InboxDeadLettersNotEmpty',
      'RuleDeadLettersNotEmpty',
      'InvocationDeadLettersNotEmpty',
      'AnnouncementDeadLettersNotEmpty',
      'RemediateErrors',
      'RemediateThrottles',
      'NotifyErrors',
      'NotifyThrottles',
    ]);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: {
              Namespace: 'EcsSelfHealing',
              MetricName: 'Failures',
              Dimensions: [
                { Name: 'code', Value: 'dependency.refused' },
                { Name: 'service', Value: 'remediate' },
              ],
            },
          }),
        }),
      ]),
    });
  });
});
