/**
 * The control plane through the gateway, asked by the SDK's own clients: every answer fits its
 * shape.
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  GetTaskProtectionCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Alarms } from '../cloudwatch/alarms.ts';
import { makeCloudWatchApi } from '../cloudwatch/api.ts';
import { makeElbApi } from '../elb/api.ts';
import { clientConfig } from '../gateway/client-config.ts';
import { type Gateway, startGateway } from '../gateway/gateway.ts';
import { makeEcsApi } from './api.ts';
import { CLUSTER, Scene } from './scene.ts';

const REGION = 'eu-west-1';

describe('over the wire', () => {
  const open = new AsyncDisposableStack();
  let scene: Scene;
  let gateway: Gateway;
  let ecs: ECSClient;
  let elb: ElasticLoadBalancingV2Client;
  let cloudwatch: CloudWatchClient;

  beforeAll(async () => {
    scene = open.use(await Scene.open({ timeFactor: 60, desiredCount: 1 }));
    const { time, metrics, events } = scene;
    const alarms = open.adopt(new Alarms({ time, metrics, events }), (a) => a.close());
    gateway = open.adopt(
      await startGateway({
        events,
        region: REGION,
        accountId: '123456789012',
        services: [
          makeEcsApi(scene.plane),
          makeElbApi([scene.loadBalancer]),
          makeCloudWatchApi(alarms),
        ],
      }),
      (opened) => opened.close(),
    );
    const config = { ...clientConfig(gateway.url, REGION, 'LABTEST'), maxAttempts: 1 };
    ecs = open.adopt(new ECSClient(config), (client) => client.destroy());
    elb = open.adopt(new ElasticLoadBalancingV2Client(config), (client) => client.destroy());
    cloudwatch = open.adopt(new CloudWatchClient(config), (client) => client.destroy());
    await vi.waitFor(() => expect(scene.healthyTasks()).toHaveLength(1), { timeout: 15_000 });
  });
  afterAll(() => open.disposeAsync());

  it('ECS: lists, describes, updates and stops', async () => {
    const cluster = CLUSTER;
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
    const services = await ecs.send(
      new DescribeServicesCommand({ cluster, services: serviceArns }),
    );
    const tasks = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    const definition = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: services.services?.[0]?.taskDefinition }),
    );
    await ecs.send(new GetTaskProtectionCommand({ cluster, tasks: taskArns }));
    await ecs.send(new UpdateServiceCommand({ cluster, service: 'checkout', desiredCount: 1 }));
    const stopped = await ecs.send(new StopTaskCommand({ cluster, task: taskArns[0] }));

    expect(tasks.tasks?.[0]?.startedAt).toBeInstanceOf(Date);
    expect(definition.taskDefinition?.containerDefinitions?.[0]?.logConfiguration).toMatchObject({
      logDriver: 'awslogs',
      options: { 'awslogs-group': '/ecs/checkout', 'awslogs-stream-prefix': 'app' },
    });
    expect(stopped.task?.stoppedReason).toBe('Task stopped by user');
    await expect(
      ecs.send(new StopTaskCommand({ cluster, task: 'deadbeef' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(ecs.send(new ListTasksCommand({}))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
  });

  it('ELB: describes balancers, groups and target health', async () => {
    const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}));
    const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({}));
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
    const health = await elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn, Include: ['AnomalyDetection'] }),
    );

    expect(LoadBalancers?.[0]?.LoadBalancerArn).toBe(scene.loadBalancer.arn);
    expect(health.TargetHealthDescriptions?.[0]?.AnomalyDetection?.Result).toBe('normal');
    await expect(
      elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: `${TargetGroupArn}x` })),
    ).rejects.toMatchObject({ name: 'TargetGroupNotFoundException' });
  });

  it('CloudWatch: puts, sets and describes alarms, and reads metrics', async () => {
    const metric = {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HealthyHostCount',
      Dimensions: [
        { Name: 'LoadBalancer', Value: scene.loadBalancer.dimension },
        { Name: 'TargetGroup', Value: scene.targetGroup.dimension },
      ],
    };
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'hosts',
        ...metric,
        Statistic: 'Minimum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
      }),
    );
    const rule = { AlarmName: 'heal', AlarmRule: 'ALARM(hosts)' };
    await cloudwatch.send(new PutCompositeAlarmCommand(rule));
    const forced = { AlarmName: 'hosts', StateValue: 'ALARM', StateReason: 'drill' } as const;
    await cloudwatch.send(new SetAlarmStateCommand(forced));
    const AlarmTypes = ['MetricAlarm' as const, 'CompositeAlarm' as const];
    const described = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes }));
    const readHosts = async (): Promise<readonly number[] | undefined> => {
      const data = await cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(Date.now() - 10_000),
          EndTime: new Date(),
          MetricDataQueries: [
            { Id: 'm', MetricStat: { Metric: metric, Stat: 'Maximum', Period: 60 } },
          ],
        }),
      );
      return data.MetricDataResults?.[0]?.Values;
    };

    expect(described.MetricAlarms?.[0]).toMatchObject({ AlarmName: 'hosts', StateValue: 'ALARM' });
    expect(described.MetricAlarms?.[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date);
    expect(described.CompositeAlarms?.[0]).toMatchObject({ StateValue: 'ALARM' });
    await expect.poll(readHosts, { timeout: 15_000 }).toContain(1);
    await expect(
      cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: 'bad',
          EvaluationPeriods: 1,
          ComparisonOperator: 'LessThanThreshold',
        }),
      ),
    ).rejects.toThrow('MetricName and Namespace are required');
  });
});
