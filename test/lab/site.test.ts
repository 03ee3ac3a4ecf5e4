import type { GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { DescribeTargetHealthCommandOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { makeCloudWatchApi } from './cloudwatch/api.ts';
import { makeElbApi } from './elb/api.ts';
import {
  ERROR_RATE_ALARM,
  HEALTHY_HOSTS_ALARM,
  LOG_GROUP,
  SLOW_ALARM,
  UNHEALTHY_ALARM,
} from './names.ts';
import { SampleSite } from './site/sample-site.ts';

const CALL = { caller: 'test', at: 0, requestId: 'r' };
const HOST_ALARMS = [UNHEALTHY_ALARM, HEALTHY_HOSTS_ALARM];

describe('a site', () => {
  it('begins with every alarm OK, as if its tasks had been up for long', async () => {
    await using sample = await SampleSite.open({ tasks: 2 });
    const { site } = sample;

    await sample.until(() => expect(site.alarmsIn('OK')).toHaveLength(4));

    expect(site.alarmsIn('OK')).toEqual([
      ERROR_RATE_ALARM,
      UNHEALTHY_ALARM,
      SLOW_ALARM,
      HEALTHY_HOSTS_ALARM,
    ]);
    expect(sample.alarmed()).not.toContain(HEALTHY_HOSTS_ALARM);
    expect(site.backend).toBeUndefined();
  });

  it('is slow while its tasks are, scales out for it, and is mended', async () => {
    // With a greater factor the load balancer would give up before the answer.
    await using sample = await SampleSite.open({ tasks: 2, scalesTo: 3 }, 30);
    const { site } = sample;
    const end = sample.keepAsking(100);

    const ill = site.tasks();
    for (const task of ill) await site.makeIll(task, { kind: 'latency', ms: 1_200 });
    await sample.until(() => expect(site.alarmsIn('ALARM')).toEqual([SLOW_ALARM]));
    await sample.until(() => expect(site.healthyTasks()).toHaveLength(3));
    for (const task of ill) await site.clearFaults(task);
    await sample.until(() => expect(site.alarmsIn('ALARM')).toEqual([]));
    end();

    expect(site.service.desiredCount).toBe(3);
    const third = site.tasks().find((task) => !ill.includes(task));
    expect(sample.serviceEvents()).toContain(`has started 1 tasks: (task ${third?.id}).`);
  }, 40_000);

  it('gives a fault to so many of the next tasks, and no more', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });
    const { site } = sample;
    const [before] = site.tasks();

    site.faultNewTasks({ kind: 'grey', errorShare: 1 }, 1);
    site.scale(3);
    await sample.until(() => expect(site.isUp()).toBe(true));

    expect(site.tasks()[0]).toBe(before);
    const statuses = await Promise.all(site.tasks().map((task) => sample.askTask(task)));
    expect(statuses).toEqual([200, 500, 200]);
  });

  it('kills a task that leaks, and says why; one that is mended in time lives on', async () => {
    await using sample = await SampleSite.open({ tasks: 2 });
    const { site } = sample;
    const [leaking, mended] = [sample.task(0), sample.task(1)];

    await site.makeIll(mended, { kind: 'leak', seconds: 120 });
    await site.makeIll(leaking, { kind: 'leak', seconds: 40 });
    await site.clearFaults(mended);
    await sample.until(() => expect(leaking.lastStatus).toBe('STOPPED'));

    expect(sample.endOf(leaking)).toEqual({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
    const grown = sample.logLines(leaking).filter(({ msg }) => msg === 'memory use grows');
    expect(grown.length).toBeGreaterThan(5);
    expect(grown[0]).toMatchObject({ level: 'warn', usedMb: expect.any(Number) });
    await sample.until(() => expect(site.isUp()).toBe(true));
    expect(site.tasks()).toContain(mended);
  });

  it('leaves a hung task alone where its scheduler replaces none', async () => {
    await using sample = await SampleSite.open({ tasks: 3, replacesUnhealthy: false });
    const { site } = sample;
    const before = site.tasks();

    await site.makeIll(sample.task(1), { kind: 'hang', seconds: 400 });
    await sample.until(() => expect(site.alarmsIn('ALARM')).toEqual(HOST_ALARMS));
    expect(sample.targets()).toEqual(['healthy', 'healthy', 'unhealthy Target.Timeout']);
    await sample.until(() => expect(site.alarmsIn('OK')).toHaveLength(4));

    expect(site.tasks()).toEqual(before);
    expect(sample.targets()).toEqual(['healthy', 'healthy', 'healthy']);
  });
});

describe('what AWS tells of a site', () => {
  it('names the target that fails far more often than its peers, where asked to', async () => {
    await using sample = await SampleSite.open({ tasks: 3 });
    const { site } = sample;
    const end = sample.keepAsking(10);
    const ill = sample.task(1);
    const { operations } = makeElbApi(site.loadBalancers);
    const anomalies = async (Include?: string[]): Promise<object> => {
      const input = { TargetGroupArn: site.service.targetGroup?.arn, Include };
      const answer = await operations['DescribeTargetHealth']?.(input, CALL);
      const { TargetHealthDescriptions: targets = [] } =
        answer as DescribeTargetHealthCommandOutput;
      return Object.fromEntries(
        targets.map(({ Target, AnomalyDetection }) => [Target?.Id, AnomalyDetection]),
      );
    };
    const normal = { Result: 'normal', MitigationInEffect: 'no' };
    const [first, , third] = site.tasks().map(({ address = '' }) => address);

    const before = await anomalies(['AnomalyDetection']);
    await site.makeIll(ill, { kind: 'grey', errorShare: 0.8 });
    await sample.until(async () =>
      expect(await anomalies(['All'])).toEqual({
        [first ?? '']: normal,
        [ill.address ?? '']: { Result: 'anomalous', MitigationInEffect: 'no' },
        [third ?? '']: normal,
      }),
    );
    const unasked = await anomalies();
    site.dependency.set('down');
    await sample.until(async () => expect(await anomalies(['All'])).toEqual(before));
    end();

    expect(Object.values(before)).toEqual([normal, normal, normal]);
    expect(Object.values(unasked)).toEqual([undefined, undefined, undefined]);
  });

  it('counts what its log group receives', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });
    const { alarms, logs } = sample.site;
    const of = (MetricName: string) => ({
      Id: MetricName.toLowerCase(),
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Logs',
          MetricName,
          Dimensions: [{ Name: 'LogGroupName', Value: LOG_GROUP }],
        },
        Period: 3_600,
        Stat: 'Sum',
      },
    });
    await sample.until(() => expect(sample.said()).toContain('ready'));

    const answer = await makeCloudWatchApi(alarms).operations['GetMetricData']?.(
      {
        StartTime: new Date(Date.now() - 60_000),
        EndTime: new Date(),
        MetricDataQueries: [of('IncomingBytes'), of('IncomingLogEvents')],
      },
      CALL,
    );

    const { MetricDataResults: results = [] } = answer as GetMetricDataCommandOutput;
    const sums = results.map(({ Values = [] }) => Values.reduce((sum, value) => sum + value, 0));
    expect(sums[0]).toBe(logs.group(LOG_GROUP)?.bytes);
    expect(sums[1]).toBeGreaterThan(1);
  });
});

describe('what lies between the load balancer and the tasks', () => {
  it('can be blocked: everything times out, and the tasks go on', async () => {
    await using sample = await SampleSite.open({ tasks: 2, replacesUnhealthy: false });
    const { site } = sample;

    site.setNetwork('blocked');
    const refused = await sample.ask();
    await sample.until(() =>
      expect(sample.targets()).toEqual(['unhealthy Target.Timeout', 'unhealthy Target.Timeout']),
    );
    await sample.until(() => {
      const last = sample.logLines(sample.task()).at(-1);
      expect(last).toMatchObject({ msg: 'serving', requests: 0 });
    });
    site.setNetwork('open');
    await sample.until(() => expect(site.isUp()).toBe(true));

    expect([refused, await sample.ask()]).toEqual([504, 200]);
  });

  it('can lose its targets: it answers 503 itself, and new tasks stay out', async () => {
    await using sample = await SampleSite.open({ tasks: 2 });
    const { site } = sample;

    site.setTargets('detached');
    const refused = await sample.ask();
    site.scale(3);
    await sample.until(() => expect(site.tasks()[2]?.lastStatus).toBe('RUNNING'));
    await sample.until(() => expect(sample.targets()).toEqual([]));
    await sample.until(() => expect(site.alarmsIn('ALARM')).toEqual([HEALTHY_HOSTS_ALARM]));
    site.setTargets('attached');
    await sample.until(() => expect(site.isUp()).toBe(true));

    expect([refused, await sample.ask()]).toEqual([503, 200]);
    expect(site.tasks()).toHaveLength(3);
    expect(site.service.tasks).toHaveLength(3);
  });

  it('can ask for a wrong path: tasks go round for ever, though they serve', async () => {
    await using sample = await SampleSite.open({ tasks: 1, graceSeconds: 1 });
    const { site } = sample;
    const first = sample.task();

    site.setHealthPath('/healthz');
    await sample.until(() => expect(site.service.tasks.length).toBeGreaterThan(3));
    const served = await sample.ask();

    expect(served).toBe(200);
    expect(first.stoppedReason).toMatch(/^Task failed ELB health checks in \(target-group /);
    expect(sample.serviceEvents()).toContainEqual(
      expect.stringContaining('due to (reason Health checks failed with these codes: [404]).'),
    );
  });

  it('is followed by a dependency that can be down or slow', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });
    const { dependency } = sample.site;

    dependency.set('down');
    const down = await sample.ask();
    dependency.set('slow', 300);
    const startedMs = performance.now();
    const slow = await sample.ask();
    const tookMs = performance.now() - startedMs;
    dependency.set('up');

    expect([down, slow, await sample.ask()]).toEqual([500, 200, 200]);
    expect(tookMs).toBeGreaterThan(290);
  });
});
