import { describe, expect, it } from 'vitest';
import type { Revision } from '../drill/definition.ts';
import type { TaskRecord } from './ecs/model.ts';
import { SampleSite } from './site/sample-site.ts';

const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout-api:2';
const EXITED = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
};

/** Releases a revision over one good task. @returns the first task of it that ended. */
async function firstEnded(sample: SampleSite, revision: Revision): Promise<TaskRecord> {
  const { site } = sample;
  await site.deploy(revision);
  const [, ...released] = site.service.tasks;
  await sample.until(() => {
    released.push(...site.service.tasks.slice(1 + released.length));
    expect(released.some(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true);
  });
  const [ended] = released.filter(({ lastStatus }) => lastStatus === 'STOPPED');
  if (ended === undefined) throw new Error('none ended');
  return ended;
}

describe('a release', () => {
  it('replaces every task when it is a good one, also after a bad one', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });
    const { site } = sample;

    await site.deploy({ fault: { kind: 'grey', errorShare: 1 } });
    await sample.until(() => expect(site.service.deployments).toHaveLength(1));
    const bad = await sample.ask();
    await site.deploy({});
    await sample.until(() => expect(site.service.deployments).toHaveLength(1));

    expect([bad, await sample.ask()]).toEqual([500, 200]);
    expect(site.service.deployments[0]?.taskDefinition.revision).toBe(3);
  });

  it('crashes at every start without a variable, and names it in its log', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });

    const ended = await firstEnded(sample, { without: ['CATALOG_URL'] });

    expect(sample.endOf(ended)).toMatchObject({ ...EXITED, exitCode: 78 });
    expect(ended.startedAt).toBeDefined();
    await sample.until(() =>
      expect(sample.said(ended)).toEqual([expect.stringContaining('CATALOG_URL: got nothing')]),
    );
    await sample.until(() => expect(sample.site.service.tasks.length).toBeGreaterThan(3));
    expect(sample.healthyFirst()).toBe(true);
  });

  it('crashes at every start with that fault', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });

    const ended = await firstEnded(sample, { fault: { kind: 'exit', code: 3 } });

    expect(sample.endOf(ended)).toMatchObject({ ...EXITED, exitCode: 3 });
  });

  it('leaks in every task with that fault', async () => {
    await using sample = await SampleSite.open({ tasks: 1 });

    const ended = await firstEnded(sample, { fault: { kind: 'leak', seconds: 30 } });

    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    expect(sample.endOf(ended)).toEqual({ ...EXITED, exitCode: 137, reason });
  });

  it.each<[string, Revision, string, string]>([
    ['on the wrong port', { port: 8000 }, 'listening on 0.0.0.0:8000', 'Health checks failed'],
    [
      'inside its container only',
      { host: '127.0.0.1' },
      'listening on 127.0.0.1:8080',
      'Health checks failed',
    ],
    [
      'but is not ready before its grace is over',
      { startupSeconds: 600 },
      'listening on 0.0.0.0:8080',
      'Health checks failed with these codes: [503]',
    ],
  ])('is killed again and again when it listens %s', async (_what, revision, said, reason) => {
    await using sample = await SampleSite.open({ tasks: 1, graceSeconds: 10 });

    const ended = await firstEnded(sample, revision);
    const servedOn = sample.healthyFirst();
    await sample.site.deploy({});
    await sample.until(() => expect(sample.site.service.deployments).toHaveLength(1));

    expect(servedOn).toBe(true);
    expect(sample.endOf(ended)).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(/^Task failed ELB health checks in \(target-group /),
    });
    expect(sample.said(ended)).toContain(said);
    const group = `(target-group ${sample.site.service.targetGroup?.arn})`;
    expect(sample.serviceEvents()).toContain(
      `(task ${ended.id}) (port 8080) is unhealthy in ${group} due to (reason ${reason}).`,
    );
  });

  it.each<[NonNullable<Revision['startFailure']>, string]>([
    [
      'image-missing',
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): ' +
        `failed to resolve ref ${IMAGE}: ${IMAGE}: not found`,
    ],
    ['image-rate-limit', 'toomanyrequests: You have reached your pull rate limit'],
    ['network', 'dial tcp 203.0.113.23:443: i/o timeout'],
    ['secret-forbidden', 'from secrets manager: AccessDeniedException: User: '],
  ])('never starts for %s, and the service says why', async (startFailure, text) => {
    await using sample = await SampleSite.open({ tasks: 1 }, 240);

    const ended = await firstEnded(sample, { startFailure });
    await sample.until(() =>
      expect(sample.serviceEvents()).toContain(
        'is unable to consistently start tasks successfully.',
      ),
    );

    const isPull = startFailure.startsWith('image');
    expect(ended.stoppedReason).toContain(text);
    expect(sample.endOf(ended)).toEqual({
      stopCode: 'TaskFailedToStart',
      stoppedReason: ended.stoppedReason,
      exitCode: undefined,
      reason: isPull ? ended.stoppedReason : undefined,
    });
    expect(sample.serviceEvents()).toContain(
      `was unable to place a task. Reason: ${ended.stoppedReason}`,
    );
    expect(sample.healthyFirst()).toBe(true);
  });
});
