import type {
  DescribeTasksCommandOutput,
  GetTaskProtectionCommandOutput,
  ListTasksCommandOutput,
  StopTaskCommandOutput,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Scene } from './ecs/scene.ts';
import {
  call,
  describeService,
  firstOf,
  PATIENT,
  untilHealthy,
  untilStopped,
} from './ecs/scene-steps.ts';

describe('a service of four tasks', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ timeFactor: 60 });
    await untilHealthy(scene, 4);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it('runs each task on its own address, in three zones, described as by ECS', async () => {
    const list = await call<ListTasksCommandOutput>(scene, 'ListTasks', {
      serviceName: 'checkout',
    });
    const input = { tasks: [...(list.taskArns ?? []), 'deadbeef'] };
    const { tasks = [], failures } = await call<DescribeTasksCommandOutput>(
      scene,
      'DescribeTasks',
      input,
    );

    const addresses = tasks.map(
      ({ containers }) => containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address,
    );
    expect(new Set(addresses).size).toBe(4);
    expect(new Set(tasks.map(({ availabilityZone }) => availabilityZone)).size).toBe(3);
    expect(tasks[0]).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      group: 'service:checkout',
      startedBy: scene.service.deployments[0]?.id,
      launchType: 'FARGATE',
      startedAt: expect.any(Date),
    });
    expect(tasks[0]?.taskArn).toMatch(/:task\/shop\/[0-9a-f]{32}$/);
    const details = tasks[0]?.attachments?.[0]?.details ?? [];
    expect(details).toContainEqual({ name: 'privateIPv4Address', value: addresses[0] });
    expect(failures).toEqual([
      { arn: 'arn:aws:ecs:eu-west-1:123456789012:task/shop/deadbeef', reason: 'MISSING' },
    ]);
  });

  it('serves through the load balancer and keeps a log stream per task', async () => {
    for (let request = 0; request < 4; request += 1) await fetch(`${scene.loadBalancer.url}/work`);

    await vi.waitFor(() => {
      const served = scene.logLines.filter(({ line }) => line.includes('"path":"/work"'));
      const streams = served.map(({ streamName }) => streamName).toSorted();
      expect(streams).toEqual(scene.service.tasks.map(({ id }) => `app/app/${id}`).toSorted());
    });
  });

  it('lists by filter and page', async () => {
    const list = (input: object): Promise<ListTasksCommandOutput> =>
      call(scene, 'ListTasks', input);

    const first = await list({ maxResults: 3 });
    const rest = await list({ maxResults: 3, nextToken: first.nextToken });
    const startedBy = scene.service.deployments[0]?.id;

    expect([first.taskArns?.length, rest.taskArns?.length, rest.nextToken]).toEqual([
      3,
      1,
      undefined,
    ]);
    expect((await list({ desiredStatus: 'PENDING' })).taskArns).toEqual([]);
    expect((await list({ desiredStatus: 'STOPPED' })).taskArns).toEqual([]);
    expect((await list({ startedBy })).taskArns).toHaveLength(4);
    expect((await list({ family: 'other' })).taskArns).toEqual([]);
    await expect(list({ cluster: 'other' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    });
    await expect(list({ serviceName: 'other' })).rejects.toMatchObject({
      code: 'ServiceNotFoundException',
    });
  });

  it('describes the service as ECS does, without controller or task sets', async () => {
    const service = await describeService(scene);
    const missing = await call(scene, 'DescribeServices', { services: ['other'] });

    expect(service).toMatchObject({ desiredCount: 4, runningCount: 4, pendingCount: 0 });
    expect(service).not.toHaveProperty('deploymentController');
    expect(service).not.toHaveProperty('taskSets');
    expect(service.loadBalancers).toEqual([
      { targetGroupArn: scene.targetGroup.arn, containerName: 'app', containerPort: 8080 },
    ]);
    expect(missing).toMatchObject({ services: [], failures: [{ reason: 'MISSING' }] });
  });

  it('remembers task protection', async () => {
    const tasks = [firstOf(scene.service.tasks).arn];
    const input = { tasks, protectionEnabled: true, expiresInMinutes: 60 };

    await call(scene, 'UpdateTaskProtection', input);
    const got = await call<GetTaskProtectionCommandOutput>(scene, 'GetTaskProtection', { tasks });
    await call(scene, 'UpdateTaskProtection', { tasks, protectionEnabled: false });
    const after = await call<GetTaskProtectionCommandOutput>(scene, 'GetTaskProtection', { tasks });

    expect(got.protectedTasks).toEqual([
      { taskArn: tasks[0], protectionEnabled: true, expirationDate: expect.any(Date) },
    ]);
    expect(after.protectedTasks).toEqual([{ taskArn: tasks[0], protectionEnabled: false }]);
  });

  it('StopTask: SIGTERM to that task alone, a replacement, healthy again', async () => {
    const before = scene.healthyTasks();
    const victim = firstOf(before);
    const reason = 'self-heal: pool exhausted';

    const answer = await call<StopTaskCommandOutput>(scene, 'StopTask', {
      task: victim.arn,
      reason,
    });
    await untilStopped(victim);
    await untilHealthy(scene, 4);

    expect(answer.task).toMatchObject({
      taskArn: victim.arn,
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: reason,
    });
    expect(victim.exitCode).toBe(0);
    expect(scene.statusesOf(victim)).toEqual([
      'PROVISIONING',
      'PENDING',
      'ACTIVATING',
      'RUNNING',
      'DEACTIVATING',
      'STOPPING',
      'DEPROVISIONING',
      'STOPPED',
    ]);
    const stopped = scene.service.tasks.filter(({ desiredStatus }) => desiredStatus === 'STOPPED');
    expect(stopped).toEqual([victim]);
    expect(scene.service.tasks).toHaveLength(5);
    expect(scene.service.desiredCount).toBe(4);
    const stoppedLines = scene.logLines.filter(({ line }) => line.includes('"SIGTERM"'));
    expect(stoppedLines.map(({ taskArn }) => taskArn)).toEqual([victim.arn]);
  });

  it('StopTask on a stopped task answers with it, on an unknown one fails', async () => {
    const victim = firstOf(scene.service.tasks);

    const again = await call<StopTaskCommandOutput>(scene, 'StopTask', { task: victim.id });

    expect(again.task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    expect(again.task?.containers?.[0]).toMatchObject({ exitCode: 0, lastStatus: 'STOPPED' });
    await expect(call(scene, 'StopTask', { task: 'deadbeef' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    });
  });

  it('tells a steady state once, after the last change', async () => {
    const steady = '(service checkout) has reached a steady state.';

    await expect.poll(() => scene.messages().at(-1), PATIENT).toBe(steady);

    const lastStart = scene.messages().findLastIndex((text) => text.includes('has started'));
    const since = scene.messages().slice(lastStart);
    expect(since.filter((text) => text === steady)).toHaveLength(1);
  });
});
