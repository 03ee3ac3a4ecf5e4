/** What `guard` warns of in the alarms that are brought along. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { aService, aSite, blueGreen, type Site, warningsOf } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
});

function anAlarmOf(site: Site, id: string, metric: Metric): Alarm {
  return new Alarm(site.stack, id, { metric, threshold: 1, evaluationPeriods: 2 });
}

function slow(site: Site, id: string, dimensionsMap: Record<string, string>): Alarm {
  const namespace = 'AWS/ApplicationELB';
  const metricName = 'TargetResponseTime';
  const period = Duration.minutes(1);
  return anAlarmOf(site, id, new Metric({ namespace, metricName, period, dimensionsMap }));
}

function ofGroup(site: Site, id: string, group: ApplicationTargetGroup): Alarm {
  const TargetGroup = group.targetGroupFullName;
  return slow(site, id, { TargetGroup, LoadBalancer: site.balancer.loadBalancerFullName });
}

/** A service that is deployed to two target groups in turn. */
function aPair(site: Site) {
  const { service, targetGroup: blue } = blueGreen(site);
  const green = aService(site, 'Green').targetGroup;
  return { service, blue, green, targetGroups: [blue, green] };
}

describe('an alarm', () => {
  test('of one of two target groups leaves the other without', () => {
    const site = aSite();
    const { service, blue, targetGroups } = aPair(site);
    site.healing.guard(service, { targetGroups, alarms: [ofGroup(site, 'SlowBlue', blue)] });

    expect(warningsOf(site)).toMatch(/SlowBlue looks at TargetResponseTime of another.*Green/);
  });

  test('of each of two target groups leaves none without', () => {
    const site = aSite();
    const { service, blue, green, targetGroups } = aPair(site);
    const alarms = [ofGroup(site, 'SlowBlue', blue), ofGroup(site, 'SlowGreen', green)];
    site.healing.guard(service, { targetGroups, alarms });

    expect(warningsOf(site)).not.toContain('half-alarm');
  });

  test('of one of two imported target groups leaves the other without', () => {
    const site = aSite();
    const blue = 'targetgroup/blue/0123456789abcdef';
    const green = 'targetgroup/green/fedcba9876543210';
    const targetGroups = [blue, green].map((name) =>
      ApplicationTargetGroup.fromTargetGroupAttributes(site.stack, name.replaceAll('/', '-'), {
        targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${name}`,
      }),
    );
    const names = { clusterName: 'billing', serviceName: 'invoices' };
    const service = GuardedService.fromAttributes(site.stack, 'Invoices', names);
    const alarms = [slow(site, 'SlowGreen', { TargetGroup: green })];
    site.healing.guard(service, { targetGroups, alarms });

    expect(warningsOf(site)).toMatch(/SlowGreen looks at .* another target group than .*blue/);
  });

  test('of the whole load balancer rings for others too', () => {
    const site = aSite();
    const LoadBalancer = site.balancer.loadBalancerFullName;
    const alarms = [slow(site, 'Everybody', { LoadBalancer })];
    site.healing.guard(aService(site).service, { alarms });

    expect(warningsOf(site)).toContain('Everybody looks at TargetResponseTime of the whole load');
  });

  test('of the average of all tasks hides the one', () => {
    const site = aSite();
    const { service } = aService(site);
    const period = Duration.minutes(1);
    const alarms = [anAlarmOf(site, 'Cpu', service.metricCpuUtilization({ period }))];
    site.healing.guard(service, { alarms });

    expect(warningsOf(site)).toContain('Cpu looks at the average CPUUtilization of all tasks');
  });

  test('of the target group, made here or brought along, is what is wanted', () => {
    const site = aSite();
    const { service, targetGroup } = aService(site);
    const alarms = [ofGroup(site, 'Slow', targetGroup)];
    site.healing.guard(service, { alarms, alarmOptions: { latency: Duration.seconds(1) } });

    expect(warningsOf(site)).not.toMatch(/ecs-self-healing:(half|coarse)/);
  });
});
