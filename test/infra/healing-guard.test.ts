/** What `guard` makes of a service. */
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, AlarmRule, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseGuardedServices } from '../../functions/core/guarded-service.ts';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { HealingMode } from '../../infra/healing-policy.ts';
import {
  aHealedSite,
  anAlarm,
  anUnattached,
  aService,
  aSite,
  blueGreen,
  type Site,
  warningsOf,
} from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012';

/** The text of a parameter once CloudFormation has filled it in. */
function fill(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return join
    .map((part) => (typeof part === 'string' ? part : standIn(JSON.stringify(part))))
    .join('');
}

function standIn(reference: string): string {
  const name = reference.replace(/\W+/g, '-');
  if (/Cluster.*Arn/.test(name)) return `${CLUSTER}:cluster/shop`;
  if (/Targets/.test(name) && !/Unhealthy/.test(name)) {
    return `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}`;
  }
  if (/Arn/.test(name)) return `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
  return name.replaceAll('-', '');
}

function entriesOf(site: Site): readonly unknown[] {
  const parameters = Template.fromStack(site.stack).findResources('AWS::SSM::Parameter');
  return Object.values(parameters).flatMap(
    ({ Properties }) => JSON.parse(fill(Properties.Value)) as unknown[],
  );
}

describe('the configuration of a guarded service', () => {
  test('is what a cold start can read', () => {
    const site = aSite();
    const behind = site.healing.guard(aService(site, 'Behind').service);
    site.healing.guard(aService(site).service, {
      environment: 'prod',
      dependsOn: [behind],
      logFields: { status: ['code'] },
      policy: { mode: HealingMode.OBSERVE, settle: Duration.minutes(3), slow: Duration.seconds(2) },
    });
    const text = JSON.stringify(entriesOf(site));
    const front = parseGuardedServices(
      JSON.parse(text.replaceAll('RefClusterEB0386A7', 'shop')),
    ).find(({ environment }) => environment === 'prod');

    expect(front?.policy).toMatchObject({ mode: 'observe', settle: 180_000, slowMs: 2_000 });
    expect(front?.alarmArns).toHaveLength(2);
    expect(front?.targetGroupArns).toHaveLength(1);
    expect(front?.logGroup).toMatch(/FrontLogs/);
    expect(front?.logFields.status).toEqual(['code']);
    expect(front?.downstream).toHaveLength(1);
  });

  test('takes the larger parameter only when it must', () => {
    const site = aSite();
    const alarms = Array.from({ length: 15 }, (_, index) => anAlarm(site.stack, `Alarm${index}`));
    site.healing.guard(aService(site, 'Small').service);
    site.healing.guard(aService(site, 'Large').service, {
      alarms,
      logFields: {
        message: Array.from({ length: 20 }, (_, index) => `a.long.field.name.${index}`),
      },
    });
    const template = Template.fromStack(site.stack);

    template.hasResourceProperties('AWS::SSM::Parameter', { Tier: 'Standard' });
    template.hasResourceProperties('AWS::SSM::Parameter', { Tier: 'Intelligent-Tiering' });
    // Fifteen alarms do not fit into the pattern of one rule.
    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      { Description: Match.stringLikeRegexp('guarded services') },
      3,
    );
  });

  test('waits as long for a start as the service says', () => {
    const site = aSite();
    const healthCheckGracePeriod = Duration.seconds(150);
    site.healing.guard(aService(site, 'Slow', { healthCheckGracePeriod }).service);

    expect(entriesOf(site)).toMatchObject([{ policy: { startGraceSeconds: 150 } }]);
    expect(warningsOf(site)).not.toContain('start-grace');
  });
});

describe('the alarms of a guarded service', () => {
  test('ring by the share of 5xx over both target groups of a blue/green service', () => {
    const site = aSite();
    const { service, targetGroup } = blueGreen(site);
    const green = new ApplicationTargetGroup(site.stack, 'GreenTargets', {
      port: 80,
      vpc: site.cluster.vpc,
    });
    const guard = site.healing.guard(service, { targetGroups: [targetGroup, green] });
    const template = Template.fromStack(site.stack);

    expect(guard.ownAlarms.map(({ node }) => node.id)).toEqual([
      'ErrorRate',
      'UnhealthyTargets1',
      'UnhealthyTargets2',
    ]);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: Match.stringLikeRegexp('requests0.*requests1.*errors1') }),
        Match.objectLike({ Id: 'errors1' }),
      ]),
    });
  });

  test('include the latency where a limit is given', () => {
    const site = aSite();
    const guard = site.healing.guard(aService(site).service, {
      alarmOptions: { latency: Duration.millis(800), minutes: 5 },
    });

    expect(guard.ownAlarms.map(({ node }) => node.id)).toContain('Latency1');
    Template.fromStack(site.stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'TargetResponseTime',
      Threshold: 0.8,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 4,
    });
  });

  test('include too few healthy targets where a number is given, of both groups together', () => {
    const site = aSite();
    const { service, targetGroup } = aService(site);
    const other = aService(site, 'Other').targetGroup;
    site.healing.guard(service, {
      targetGroups: [targetGroup, other],
      alarmOptions: { minHealthyTargets: 2 },
    });

    Template.fromStack(site.stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 2,
      TreatMissingData: 'breaching',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'FILL(healthy0, 0) + FILL(healthy1, 0)' }),
      ]),
    });
  });

  test.each([0, -1, 1.5])('refuse %d as the number of healthy targets', (minHealthyTargets) => {
    const site = aSite();

    expect(() =>
      site.healing.guard(aService(site).service, { alarmOptions: { minHealthyTargets } }),
    ).toThrow(`minHealthyTargets: got ${minHealthyTargets}, wanted a whole number from 1`);
  });

  test('may be brought along, imported and composite ones too', () => {
    const site = aSite();
    const alarms = [
      anAlarm(site.stack, 'Own'),
      Alarm.fromAlarmName(site.stack, 'Imported', 'shop-errors'),
      new CompositeAlarm(site.stack, 'Any', { alarmRule: AlarmRule.fromBoolean(true) }),
    ];
    const guard = site.healing.guard(anUnattached(site, 'Worker'), { alarms });

    expect(guard.ownAlarms).toEqual([]);
    expect(guard.alarms).toHaveLength(3);
  });

  test('reach the inbox as ALARM and as OK, with tries and dead letters', () => {
    const { template } = aHealedSite();

    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [Match.anyValue(), Match.anyValue()],
        detail: { state: { value: ['ALARM', 'OK'] } },
      },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': ['HealingInbox96D513E6', 'Arn'] },
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        }),
      ],
    });
  });
});

describe('an imported service', () => {
  test('is guarded by its names alone', () => {
    const site = aSite();
    const targetGroup = ApplicationTargetGroup.fromTargetGroupAttributes(site.stack, 'Group', {
      targetGroupArn:
        'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/invoices/0123456789abcdef',
      loadBalancerArns:
        'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/fedcba9876543210',
    });
    const service = GuardedService.fromAttributes(site.stack, 'Invoices', {
      clusterName: 'billing',
      serviceName: 'invoices',
      targetGroups: [targetGroup],
    });
    const guard = site.healing.guard(service);

    expect(guard.serviceId).toBe('billing/invoices');
    Template.fromStack(site.stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'UnHealthyHostCount',
      Statistic: 'Minimum',
      Dimensions: [
        { Name: 'LoadBalancer', Value: 'app/shop/fedcba9876543210' },
        { Name: 'TargetGroup', Value: 'targetgroup/invoices/0123456789abcdef' },
      ],
    });
  });

  test('fails when it is named by its ARN', () => {
    const site = aSite();
    const named = { clusterName: `${CLUSTER}:cluster/billing`, serviceName: 'invoices' };

    expect(() => GuardedService.fromAttributes(site.stack, 'A', named)).toThrow('billing');
  });
});
