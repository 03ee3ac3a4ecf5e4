import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientConfig } from './gateway/client-config.ts';
import { type Lab, startLab } from './lab.ts';
import { BACKEND, CLUSTER, REGION, SERVICE } from './names.ts';

const PATIENT = { timeout: 15_000, interval: 20 };

describe('the lab over the wire', () => {
  let lab: Lab;
  let ecs: ECSClient;
  let elb: ElasticLoadBalancingV2Client;

  beforeEach(async () => {
    lab = await startLab({
      timeFactor: 60,
      tasks: 1,
      site: {
        tasks: 3,
        controller: 'CODE_DEPLOY',
        maximumPercent: 150,
        minimumHealthyPercent: 50,
        graceSeconds: 120,
        backend: { tasks: 1 },
      },
    });
    ecs = new ECSClient(clientConfig(lab.gateway.url, REGION, 'LABTEST'));
    elb = new ElasticLoadBalancingV2Client(clientConfig(lab.gateway.url, REGION, 'LABTEST'));
    await vi.waitFor(() => expect(lab.site.isUp()).toBe(true), PATIENT);
  });

  afterEach(async () => {
    ecs.destroy();
    elb.destroy();
    await lab.close();
  });

  it('shows both tiers as they were asked for', async () => {
    const describe = new DescribeServicesCommand({
      cluster: CLUSTER,
      services: [SERVICE, BACKEND],
    });
    const { services: [front, backend] = [] } = await ecs.send(describe);
    const { TargetHealthDescriptions: targets } = await elb.send(
      new DescribeTargetHealthCommand({
        TargetGroupArn: backend?.loadBalancers?.[0]?.targetGroupArn,
        Include: ['AnomalyDetection'],
      }),
    );

    expect(front).toMatchObject({
      desiredCount: 1,
      deploymentController: { type: 'CODE_DEPLOY' },
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      healthCheckGracePeriodSeconds: 2,
      deployments: [],
    });
    expect(backend).toMatchObject({ desiredCount: 1, deployments: [{ status: 'PRIMARY' }] });
    expect(targets).toMatchObject([
      { TargetHealth: { State: 'healthy' }, AnomalyDetection: { Result: 'normal' } },
    ]);
  });

  it('lists a task that was killed for its memory, and says why it ended', async () => {
    const [task] = lab.site.tasks();
    if (task === undefined) throw new Error('no task');

    await lab.site.makeIll(task, { kind: 'leak', seconds: 20 });
    await vi.waitFor(() => expect(task.lastStatus).toBe('STOPPED'), PATIENT);
    const wanted = { cluster: CLUSTER, serviceName: SERVICE, desiredStatus: 'STOPPED' as const };
    const { taskArns: tasks } = await ecs.send(new ListTasksCommand(wanted));
    const described = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks }));

    expect(tasks).toEqual([task.arn]);
    expect(described.tasks).toMatchObject([
      {
        lastStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        stoppedAt: expect.any(Date),
        containers: [
          {
            exitCode: 137,
            reason: 'OutOfMemoryError: Container killed due to memory usage',
          },
        ],
      },
    ]);
  });
});
