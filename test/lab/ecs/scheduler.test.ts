import { describe, expect, it, vi } from 'vitest';
import { Scene } from './scene.ts';
import {
  call,
  describeService,
  firstOf,
  PATIENT,
  untilHealthy,
  untilStopped,
} from './scene-steps.ts';
import { addTaskSet, removeTaskSet } from './task-sets.ts';

describe('what ECS does by itself', () => {
  it('starts a replacement before it stops a hung task, which meets SIGKILL', async () => {
    await using scene = await Scene.open({ timeFactor: 60, desiredCount: 2 });
    await untilHealthy(scene, 2);
    const hung = firstOf(scene.healthyTasks());

    await scene.setFault(hung, { kind: 'hang', durationMs: 60_000 });
    await untilStopped(hung);

    const replacement = scene.service.tasks.find(({ replaces }) => replaces === hung.id);
    expect(replacement?.startedAt?.getTime()).toBeLessThan(hung.stoppingAt?.getTime() ?? 0);
    expect(hung).toMatchObject({
      exitCode: 137,
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${scene.targetGroup.arn})`,
    });
    expect(scene.service.tasks).toHaveLength(3);
    const group = `(target-group ${scene.targetGroup.arn})`;
    expect(scene.messages()).toEqual(
      expect.arrayContaining([
        `(service checkout) (task ${hung.id}) (port 8080) is unhealthy in ${group} ` +
          'due to (reason Request timed out).',
        `(service checkout) has started 1 tasks: (task ${replacement?.id}). ` +
          'Amazon ECS replaced 1 tasks due to an unhealthy status.',
        `(service checkout) has stopped 1 running tasks: (task ${hung.id}).`,
        '(service checkout) has begun draining connections on 1 tasks.',
      ]),
    );
  });

  it('replaces a task whose process ends, and rolls out without a failed request', async () => {
    await using scene = await Scene.open({ timeFactor: 60, desiredCount: 2 });
    await untilHealthy(scene, 2);
    const crashed = firstOf(scene.healthyTasks());

    await scene.setFault(crashed, { kind: 'exit', code: 42 });
    await untilStopped(crashed);
    await untilHealthy(scene, 2);
    await vi.waitFor(() => expect(scene.service.steadySinceMs).toBeDefined(), PATIENT);
    const failed: number[] = [];
    const request = async (): Promise<void> => {
      const { status } = await fetch(`${scene.loadBalancer.url}/work`);
      if (status !== 200) failed.push(status);
    };
    const traffic = setInterval(() => void request(), 25);
    const next = scene.plane.registerTaskDefinition({
      family: 'checkout',
      env: { CATALOG_URL: scene.catalogUrl },
    });
    await call(scene, 'UpdateService', { service: 'checkout', taskDefinition: next });
    const during = await describeService(scene);
    await vi.waitFor(async () => {
      const { deployments = [] } = await describeService(scene);
      expect(deployments.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED']);
    }, PATIENT);
    clearInterval(traffic);

    expect(crashed).toMatchObject({ exitCode: 42, stopCode: 'EssentialContainerExited' });
    expect(during.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: next },
      { status: 'ACTIVE', rolloutState: 'COMPLETED' },
    ]);
    expect(scene.healthyTasks().map(({ deployment }) => deployment.taskDefinition.arn)).toEqual([
      next,
      next,
    ]);
    const primary = scene.service.deployments[0]?.id;
    expect(scene.messages()).toContain(
      `(service checkout) (deployment ${primary}) deployment completed.`,
    );
    const scaledIn = scene.service.tasks.filter(
      ({ stoppedReason }) =>
        stoppedReason === `Scaling activity initiated by (deployment ${primary})`,
    );
    expect(scaledIn).toHaveLength(2);
    expect(failed).toEqual([]);
  });

  it('slows down, says why, and recovers when tasks cannot start', async () => {
    await using scene = await Scene.open({
      timeFactor: 240,
      desiredCount: 1,
      taskDefinition: {
        family: 'checkout',
        env: {},
        startFailure: { stoppedReason: 'CannotPullContainerError: manifest unknown' },
      },
    });

    await vi.waitFor(() => {
      const text = 'is unable to consistently start tasks successfully.';
      expect(scene.messages()).toContain(`(service checkout) ${text}`);
    }, PATIENT);
    const working = scene.plane.registerTaskDefinition({
      family: 'checkout',
      env: { CATALOG_URL: scene.catalogUrl },
    });
    await call(scene, 'UpdateService', { service: 'checkout', taskDefinition: working });
    await untilHealthy(scene, 1);

    const [first] = scene.service.tasks;
    expect(first).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(first?.startedAt).toBeUndefined();
    expect(scene.messages()).toContain(
      '(service checkout) was unable to place a task. ' +
        'Reason: CannotPullContainerError: manifest unknown',
    );
  });

  it('fails a rollout whose tasks cannot start and returns to the revision before', async () => {
    await using scene = await Scene.open({
      timeFactor: 240,
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await vi.waitFor(() => expect(scene.service.steadySinceMs).toBeDefined(), PATIENT);
    const [good] = scene.service.deployments;
    const broken = scene.plane.registerTaskDefinition({
      family: 'checkout',
      env: {},
      startFailure: { stoppedReason: 'CannotPullContainerError: manifest unknown' },
    });

    await call(scene, 'UpdateService', { service: 'checkout', taskDefinition: broken });
    const failed = scene.service.deployments[0]?.id;
    await vi.waitFor(() => {
      const text = `(deployment ${good?.id}) deployment completed.`;
      const said = scene.messages().filter((message) => message.endsWith(text));
      expect(said).toHaveLength(2);
    }, PATIENT);

    expect(scene.service.deployments).toEqual([good]);
    expect(scene.messages()).toEqual(
      expect.arrayContaining([
        `(service checkout) (deployment ${failed}) deployment failed: tasks failed to start.`,
        `(service checkout) rolling back to deployment ${good?.id}.`,
      ]),
    );
    expect(scene.healthyTasks()).toHaveLength(1);
  });

  it('shows task sets for CODE_DEPLOY and refuses a forced deployment', async () => {
    await using scene = await Scene.open({
      timeFactor: 240,
      desiredCount: 0,
      controller: 'CODE_DEPLOY',
    });
    const definition = scene.plane.findTaskDefinition('checkout');
    if (definition === undefined) throw new Error('no task definition');

    const service = await describeService(scene);
    const added = addTaskSet(scene.service, definition, undefined);
    const during = await describeService(scene);
    removeTaskSet(scene.service, added);

    expect(service).toMatchObject({
      deployments: [],
      deploymentController: { type: 'CODE_DEPLOY' },
      taskSets: [{ status: 'PRIMARY', startedBy: 'CODE_DEPLOY' }],
    });
    expect(during.taskSets?.map(({ status }) => status)).toEqual(['ACTIVE', 'PRIMARY']);
    await expect(
      call(scene, 'UpdateService', { service: 'checkout', forceNewDeployment: true }),
    ).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message:
        'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. ' +
        'Use AWS CodeDeploy to trigger a new deployment.',
    });
  });
});
