import { describe, expect, it } from 'vitest';
import { aDefinition } from './a-definition.ts';
import { runOther, runOurs } from './healing.ts';
import { stopAll } from './strategies/stop-all.ts';
import { Random } from './world/random.ts';
import { isHealthy } from './world/task.ts';
import { World } from './world/world.ts';

function aWorld(settings: ConstructorParameters<typeof World>[0] = {}) {
  const world = new World(settings, '1');
  return { world, site: world.site('checkout-api'), service: world.site('checkout-api').service };
}

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('nothing there');
  return item;
};

describe('the scheduler of the virtual world', () => {
  it('starts a replacement after a stop, and is whole again within two minutes', async () => {
    const { world, service } = aWorld();
    await world.run(60);
    const victim = first(service.tasks);
    world.stopTask(service, victim.arn, 'a test');
    await world.run(5);
    const during = service.tasks.filter(isHealthy).length;
    await world.run(115);

    expect(during).toBe(3);
    expect(service.tasks.filter(isHealthy)).toHaveLength(4);
    expect(victim).toMatchObject({ status: 'STOPPED', stopCode: 'UserInitiated' });
  });

  it('replaces an unhealthy task, and stops it only when its replacement serves', async () => {
    const { world, service } = aWorld();
    await world.run(60);
    const hung = first(service.tasks);
    service.life.fall(hung, { kind: 'hang', seconds: 3_600 }, 'task');
    await world.run(65);
    const before = { tasks: service.live().length, hung: hung.desired };
    await world.run(120);

    expect(before).toEqual({ tasks: 5, hung: 'RUNNING' });
    expect(hung.stoppedReason).toContain('Task failed ELB health checks in');
    expect(service.live()).toHaveLength(4);
  });

  it('leaves an unhealthy task alone when it is told to', async () => {
    const { world, service } = aWorld({ replacesUnhealthy: false });
    await world.run(60);
    service.life.fall(first(service.tasks), { kind: 'hang', seconds: 3_600 }, 'task');
    await world.run(600);

    expect(service.tasks).toHaveLength(4);
  });

  it('tries to start a task that cannot start ever more rarely, and says why', async () => {
    const { world, service } = aWorld({ minimumHealthyPercent: 50, maximumPercent: 100 });
    await world.run(60);
    world.deploy({ startFailure: 'image-missing' });
    await world.run(900);
    const failed = service.tasks.filter(({ stopCode }) => stopCode === 'TaskFailedToStart');

    expect(failed.length).toBeGreaterThan(4);
    expect(failed.length).toBeLessThan(20);
    expect(first(failed).stoppedReason).toContain('CannotPullContainerError');
    expect(service.events.map(({ message }) => message).join()).toContain('unable to consistently');
    expect(service.tasks.filter(isHealthy)).toHaveLength(2);
  });

  it('replaces every task of a deployment without losing capacity', async () => {
    const { world, service } = aWorld({ maximumPercent: 125 });
    await world.run(60);
    world.deploy({});
    let least = 4;
    for (let n = 0; n < 60; n += 1) {
      await world.run(10);
      least = Math.min(least, service.tasks.filter(isHealthy).length);
    }

    expect(least).toBe(4);
    expect(service.deployments).toHaveLength(1);
    expect(new Set(service.live().map(({ revision }) => revision.name))).toEqual(
      new Set(['checkout-api:43']),
    );
  });

  it('rolls a blue/green deployment back when an alarm rings', async () => {
    const { world, service } = aWorld({ controller: 'CODE_DEPLOY' });
    await world.run(60);
    world.deploy({ fault: { kind: 'grey', errorShare: 0.9 } }, 10);
    await world.run(120);
    const during = service.deployments.length;
    await world.run(480);

    expect(during).toBe(2);
    expect(service.deployments.map(({ revision }) => revision.name)).toEqual(['checkout-api:42']);
  });

  it('refuses a forced deployment of a CODE_DEPLOY service', () => {
    const { world, service } = aWorld({ controller: 'CODE_DEPLOY' });

    expect(world.forceNewDeployment(service)).toContain('InvalidParameterException');
  });
});

describe('the load balancer and the alarms of the virtual world', () => {
  it('rings after the second bad minute, and is OK after the second good one', async () => {
    const { world, site } = aWorld();
    const [rate] = site.alarms.all;
    await world.run(120);
    const ill = first(site.service.tasks);
    site.service.life.fall(ill, { kind: 'grey', errorShare: 0.8 }, 'task');
    await world.run(75);
    const afterOne = rate?.state;
    await world.run(60);
    const afterTwo = rate?.state;
    delete ill.illness;
    await world.run(190);

    expect([afterOne, afterTwo, rate?.state]).toEqual(['OK', 'ALARM', 'OK']);
  });

  it('sends requests to every target when none is healthy', async () => {
    const { world, service, site } = aWorld({ replacesUnhealthy: false });
    await world.run(60);
    service.healthPath = '/healthz';
    await world.run(60);

    expect(service.tasks.filter(isHealthy)).toHaveLength(0);
    expect(site.metrics.seconds.every(({ failed }) => failed === 0)).toBe(true);
  });

  it('answers with errors by itself while nobody is registered', async () => {
    const { world, service, site } = aWorld();
    await world.run(60);
    service.setAttached(false);
    await world.run(10);

    expect(site.metrics.seconds.at(-1)).toMatchObject({ requests: 40, failed: 40 });
  });
});

describe('the chance of the virtual world', () => {
  it('gives the same run for the same seed, and another for another', async () => {
    const [one, again, other] = [
      await runOurs(aDefinition(), '1'),
      await runOurs(aDefinition(), '1'),
      await runOurs(aDefinition(), '2'),
    ];

    expect(again.score).toEqual(one.score);
    expect(again.healer.decided).toEqual(one.healer.decided);
    expect(other.healer.decided).not.toEqual(one.healer.decided);
  });

  it('brings the same fault at the same moment to every strategy', async () => {
    const ours = await runOurs(aDefinition(), '1');
    const all = await runOther(aDefinition(), '1', stopAll, ours.schedule);

    expect(all).toMatchObject({ right: 1, wrong: 3, breaches: 3, falseClaims: 1 });
    expect(all.failed).toBeGreaterThan(ours.score.failed);
  });

  it.each([
    [20, 0.3],
    [1_000, 0.02],
    [100_000, 0.5],
  ])('draws %i trials of %d with the right mean and spread', (count, probability) => {
    const random = new Random('draws');
    const draws = Array.from({ length: 4_000 }, () => random.binomial(count, probability));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const spread = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    const variance = count * probability * (1 - probability);

    expect(Math.abs(mean - count * probability)).toBeLessThan(Math.sqrt(variance) / 10);
    expect(spread / variance).toBeGreaterThan(0.9);
    expect(spread / variance).toBeLessThan(1.1);
  });
});
