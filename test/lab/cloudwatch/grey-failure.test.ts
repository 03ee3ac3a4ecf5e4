import { describe, expect, it, vi } from 'vitest';
import { Scene } from '../ecs/scene.ts';
import { Alarms } from './alarms.ts';
import { makeCloudWatchApi } from './api.ts';

const CALL = { caller: 'test', at: 0, requestId: 'r' };

describe('a grey failure', () => {
  it('raises the 5xx alarm while all targets stay healthy, and clears', async () => {
    await using scene = await Scene.open({ timeFactor: 60 });
    const changes: string[] = [];
    const alarms = new Alarms({
      time: scene.time,
      metrics: scene.metrics,
      events: scene.events,
      onStateChange: ({ detail }) => changes.push(detail.state.value),
    });
    const dimensions = [
      { Name: 'LoadBalancer', Value: scene.loadBalancer.dimension },
      { Name: 'TargetGroup', Value: scene.targetGroup.dimension },
    ];
    const count = (Id: string, MetricName: string): object => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: dimensions },
        Stat: 'Sum',
        Period: 60,
      },
    });
    await vi.waitFor(() => expect(scene.healthyTasks()).toHaveLength(4), 15_000);
    const traffic = setInterval(() => void fetch(`${scene.loadBalancer.url}/work`), 20);
    const [ill] = scene.healthyTasks();
    if (ill === undefined) throw new Error('no task');
    await makeCloudWatchApi(alarms).operations['PutMetricAlarm']?.(
      {
        AlarmName: '5xx-rate',
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        Metrics: [
          { Id: 'rate', Expression: 'IF(req>=10, 100*FILL(err,0)/req, 0)' },
          count('err', 'HTTPCode_Target_5XX_Count'),
          count('req', 'RequestCount'),
        ],
      },
      CALL,
    );
    await vi.waitFor(() => expect(changes).toEqual(['OK']), { timeout: 5000 });

    await scene.setFault(ill, { kind: 'grey', errorShare: 1 });
    await vi.waitFor(() => expect(changes.at(-1)).toBe('ALARM'), { timeout: 8000 });
    const healthyMeanwhile = scene.healthyTasks().length;
    await scene.setFault(ill);
    await vi.waitFor(() => expect(changes.at(-1)).toBe('OK'), { timeout: 8000 });

    clearInterval(traffic);
    alarms.close();
    expect(healthyMeanwhile).toBe(4);
    expect(changes).toEqual(['OK', 'ALARM', 'OK']);
    const errors = scene.logLines.filter(({ line }) => line.includes('"level":"error"'));
    expect(new Set(errors.map(({ taskArn }) => taskArn))).toEqual(new Set([ill.arn]));
    expect(JSON.parse(errors[0]?.line ?? '{}')).toMatchObject({
      status: 500,
      path: '/work',
      msg: expect.stringContaining('pool exhausted'),
      err: { type: 'PoolExhaustedError' },
    });
  }, 40_000);
});
