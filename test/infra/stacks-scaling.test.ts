import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { aTemplate, idOf, propertiesOf } from './stacks-template.ts';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';

const context = { desiredCount: 4, maxCount: 20, cpuPercent: 50, requestsPerMinute: 600 };

describe.each(['code-deploy', 'rolling', 'blue-green'])('autoscaling under %s', (deployment) => {
  const template = aTemplate({ ...context, deployment });

  test('keeps to its bounds', () => {
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 4 });
    template.hasResourceProperties(TARGET, { MinCapacity: 4, MaxCapacity: 20 });
    template.resourceCountIs(POLICY, 2);
  });

  test('follows CPU', () => {
    template.hasResourceProperties(POLICY, {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    });
  });

  test('rests at 0, where nothing wakes it up', () => {
    const resting = aTemplate({ deployment, desiredCount: 0 });

    resting.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 0 });
    resting.resourceCountIs(TARGET, 0);
    resting.resourceCountIs(POLICY, 0);
  });
});

describe('autoscaling by requests', () => {
  test('counts those of the one target group', () => {
    const template = aTemplate({ ...context, deployment: 'rolling' });

    template.hasResourceProperties(POLICY, {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 600,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' },
      },
    });
  });

  test.each(['code-deploy', 'blue-green'])('counts those of both groups (%s)', (deployment) => {
    const template = aTemplate({ ...context, deployment });
    const [, policy] = Object.values(propertiesOf(template, POLICY));

    expect(policy).toMatchObject({
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 600 },
    });
    for (const color of ['Blue', 'Green']) {
      const type = 'AWS::ElasticLoadBalancingV2::TargetGroup';
      const group = idOf(template, type, `checkoutTargetGroups${color}`);
      expect(JSON.stringify(policy)).toContain(group);
    }
    template.hasResourceProperties(POLICY, {
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Metrics: Match.arrayWith([
            Match.objectLike({
              Expression:
                'SUM([FILL(requests0, 0), FILL(requests1, 0)]) / ' +
                'SUM([FILL(healthy0, 0), FILL(healthy1, 0)])',
              ReturnData: true,
            }),
          ]),
        },
      },
    });
  });

  test('leaves the load balancer out of the deployment alarms at rest', () => {
    const resting = aTemplate({ desiredCount: 0 });
    const Name = { Ref: idOf(resting, 'AWS::CloudWatch::Alarm', 'checkoutErrors') };

    resting.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AlarmConfiguration: { Alarms: [{ Name }] },
    });
  });
});
