import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { aTemplate, idOf, propertiesOf } from './stacks-template.ts';

const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const ALARM = 'AWS::CloudWatch::Alarm';

const alarmsOf = (template: Template): readonly { Ref: string }[] =>
  ['checkoutErrors', 'PublicOwnErrors'].map((start) => ({ Ref: idOf(template, ALARM, start) }));

describe('by CodeDeploy', () => {
  const template = aTemplate();

  test('is how it is done by default', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentController: { Type: 'CODE_DEPLOY' },
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: Match.absent(),
        Alarms: Match.absent(),
      },
    });
  });

  test('names the family only, since CloudFormation cannot change the revision', () => {
    const [definition = {}] = Object.values(propertiesOf(template, 'AWS::ECS::TaskDefinition'));

    template.hasResourceProperties('AWS::ECS::Service', { TaskDefinition: definition['Family'] });
  });

  test('shifts 10 % a minute, and back when an alarm rings', () => {
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 1);
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
      DeploymentStyle: {
        DeploymentType: 'BLUE_GREEN',
        DeploymentOption: 'WITH_TRAFFIC_CONTROL',
      },
      AlarmConfiguration: {
        Enabled: true,
        Alarms: alarmsOf(template).map((Name) => ({ Name })),
      },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      BlueGreenDeploymentConfiguration: {
        TerminateBlueInstancesOnDeploymentSuccess: { TerminationWaitTimeInMinutes: 5 },
      },
    });
  });

  test('swaps the two target groups behind the listener', () => {
    const [blue, green] = ['Blue', 'Green'].map((color) =>
      idOf(template, GROUP, `checkoutTargetGroups${color}`),
    );
    const listener = idOf(template, 'AWS::ElasticLoadBalancingV2::Listener', 'Public');

    template.resourceCountIs(GROUP, 2);
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      LoadBalancerInfo: {
        TargetGroupPairInfoList: [
          {
            ProdTrafficRoute: { ListenerArns: [{ Ref: listener }] },
            TargetGroups: [
              { Name: { 'Fn::GetAtt': [blue, 'TargetGroupName'] } },
              { Name: { 'Fn::GetAtt': [green, 'TargetGroupName'] } },
            ],
          },
        ],
      },
    });
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [{ TargetGroupArn: { Ref: blue }, ContainerPort: 8080 }],
    });
    template.hasResourceProperties(RULE, {
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: blue } }],
    });
  });

  test('judges errors over both target groups', () => {
    const { Metrics } = propertiesOf(template, ALARM)[idOf(template, ALARM, 'checkoutErr')] ?? {};
    const text = JSON.stringify(Metrics);

    expect(text).toContain(idOf(template, GROUP, 'checkoutTargetGroupsBlue'));
    expect(text).toContain(idOf(template, GROUP, 'checkoutTargetGroupsGreen'));
    template.hasResourceProperties(ALARM, {
      Metrics: Match.arrayWith([
        Match.objectLike({
          Expression:
            'IF(SUM([FILL(requests0, 0), FILL(requests1, 0)]) >= 20, 100 * ' +
            'SUM([FILL(errors0, 0), FILL(errors1, 0)]) / ' +
            'SUM([FILL(requests0, 0), FILL(requests1, 0)]), 0)',
        }),
      ]),
      Threshold: 5,
      EvaluationPeriods: 2,
      TreatMissingData: 'notBreaching',
    });
  });

  test('waits with the service until the listener sends to it', () => {
    const rule = idOf(template, RULE, 'Publiccheckout');

    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([rule]) });
  });
});

describe('by rolling update', () => {
  const template = aTemplate({ deployment: 'rolling' });

  test('rolls back by circuit breaker and by alarm', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: { AlarmNames: alarmsOf(template), Enable: true, Rollback: true },
      },
    });
    // Without one the controller is ECS's own.
    template.hasResourceProperties('AWS::ECS::Service', { DeploymentController: Match.absent() });
  });

  test('needs one target group, and no CodeDeploy', () => {
    template.resourceCountIs(GROUP, 1);
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    template.resourceCountIs('AWS::CodeDeploy::Application', 0);
  });
});

describe('by blue/green of ECS itself', () => {
  const template = aTemplate({ deployment: 'blue-green' });
  const [blue, green] = ['Blue', 'Green'].map((color) => ({
    Ref: idOf(template, GROUP, `checkoutTargetGroups${color}`),
  }));
  const rule = idOf(template, RULE, 'Publiccheckout');

  test('keeps both revisions for a while, and goes back by circuit breaker and by alarm', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: {
        Strategy: 'BLUE_GREEN',
        BakeTimeInMinutes: 5,
        Alarms: { AlarmNames: alarmsOf(template), Enable: true, Rollback: true },
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
  });

  test('may change the one rule that has both target groups', () => {
    template.resourceCountIs(GROUP, 2);
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [
        {
          TargetGroupArn: blue,
          AdvancedConfiguration: {
            AlternateTargetGroupArn: green,
            ProductionListenerRule: { Ref: rule },
            RoleArn: Match.anyValue(),
          },
        },
      ],
    });
    template.hasResourceProperties(RULE, {
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: blue, Weight: 100 },
              { TargetGroupArn: green, Weight: 0 },
            ],
          },
        },
      ],
    });
  });
});
