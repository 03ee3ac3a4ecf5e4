import type { DescribeTargetHealthCommandOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { describeService } from './ecs/describe.ts';
import type { ServiceRecord } from './ecs/model.ts';
import { makeElbApi } from './elb/api.ts';
import { ERROR_RATE_ALARM } from './names.ts';
import { SampleSite } from './site/sample-site.ts';
import type { Site } from './site.ts';

const CALL = { caller: 'test', at: 0, requestId: 'r' };

/** Status, wanted tasks and target group of each task set, as DescribeServices shows them. */
function taskSets({ plane, service }: Site): readonly string[] {
  const { deployments, taskSets: sets = [] } = describeService(service, plane.place);
  expect(deployments).toEqual([]);
  return sets.map(({ status, computedDesiredCount, loadBalancers }) =>
    [status, computedDesiredCount, nameOf(loadBalancers?.[0]?.targetGroupArn)].join(' '),
  );
}

function nameOf(targetGroupArn = ''): string {
  return targetGroupArn.split('/')[1] ?? '';
}

function revisions({ tasks }: ServiceRecord): readonly number[] {
  const live = tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  return live.map(({ deployment }) => deployment.taskDefinition.revision);
}

describe('a blue/green deployment', () => {
  it('shifts the traffic to a second task set, and leaves that one', async () => {
    await using sample = await SampleSite.open({ tasks: 2, controller: 'CODE_DEPLOY' });
    const { site } = sample;
    const failed: number[] = [];
    const traffic = setInterval(() => {
      void sample.ask().then((status) => status === 200 || failed.push(status));
    }, 25);

    await site.deploy({}, 50);
    const begun = taskSets(site);
    await expect(site.deploy({})).rejects.toThrow('a deployment is under way');
    await sample.until(() => expect(site.healthyTasks()).toHaveLength(4));
    await sample.until(() => expect(taskSets(site)[0]).toBe('PRIMARY 2 checkout-api-tg-2'));
    const shifted = taskSets(site);
    await sample.until(() => expect(taskSets(site)).toHaveLength(1));
    clearInterval(traffic);

    expect(begun).toEqual(['ACTIVE 2 checkout-api-tg-2', 'PRIMARY 2 checkout-api-tg']);
    expect(shifted).toEqual(['PRIMARY 2 checkout-api-tg-2', 'ACTIVE 2 checkout-api-tg']);
    expect(taskSets(site)).toEqual(['PRIMARY 2 checkout-api-tg-2']);
    expect(revisions(site.service)).toEqual([2, 2]);
    expect(failed).toEqual([]);
    const [green] = site.service.deployments;
    const started = site.service.tasks.filter(({ deployment }) => deployment === green);
    expect(site.service.events.map(({ message }) => message)).toContain(
      `(service checkout-api, taskSet ${green?.id}) has started 2 tasks: ` +
        `${started.map(({ id }) => `(task ${id})`).join(' ')}.`,
    );
    const { loadBalancers } = describeService(site.service, site.plane.place);
    expect(nameOf(loadBalancers?.[0]?.targetGroupArn)).toBe('checkout-api-tg-2');
  });

  it('gives the traffic back when the error rate says so', async () => {
    await using sample = await SampleSite.open({ tasks: 2, controller: 'CODE_DEPLOY' });
    const { site } = sample;
    const end = sample.keepAsking();

    await site.deploy({ fault: { kind: 'grey', errorShare: 1 } }, 30);
    const during = taskSets(site);
    await sample.until(() => expect(site.alarmsIn('ALARM')).toEqual([ERROR_RATE_ALARM]));
    await sample.until(() => expect(taskSets(site)).toEqual(['PRIMARY 2 checkout-api-tg']));
    const after = await Promise.all([sample.ask(), sample.ask(), sample.ask()]);
    end();

    expect(during).toEqual(['ACTIVE 2 checkout-api-tg-2', 'PRIMARY 2 checkout-api-tg']);
    expect(after).toEqual([200, 200, 200]);
    expect(revisions(site.service)).toEqual([1, 1]);
  }, 40_000);

  it('has both target groups described', async () => {
    await using sample = await SampleSite.open({ tasks: 1, controller: 'CODE_DEPLOY' });
    const { site } = sample;
    const { operations } = makeElbApi(site.loadBalancers);

    const described = await operations['DescribeTargetGroups']?.({}, CALL);
    const healths = site.targetGroups().map(async ({ arn: TargetGroupArn }) => {
      const answer = await operations['DescribeTargetHealth']?.({ TargetGroupArn }, CALL);
      return (answer as DescribeTargetHealthCommandOutput).TargetHealthDescriptions?.length;
    });

    expect(described).toMatchObject({
      TargetGroups: [
        { TargetGroupName: 'checkout-api-tg', LoadBalancerArns: [site.loadBalancer.arn] },
        { TargetGroupName: 'checkout-api-tg-2', LoadBalancerArns: [site.loadBalancer.arn] },
      ],
    });
    expect(await Promise.all(healths)).toEqual([1, 0]);
  });
});
