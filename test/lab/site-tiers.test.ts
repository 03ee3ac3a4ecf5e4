import { describe, expect, it } from 'vitest';
import { BACKEND, BACKEND_ERROR_RATE_ALARM, BACKEND_LOG_GROUP, ERROR_RATE_ALARM } from './names.ts';
import { guardedServices } from './site/guarded-services.ts';
import { SampleSite } from './site/sample-site.ts';

describe('a site with a tier behind the guarded service', () => {
  it('sends every request through both, each with alarms and logs of its own', async () => {
    await using sample = await SampleSite.open({ tasks: 1, backend: { tasks: 2 } });
    const { site } = sample;
    const end = sample.keepAsking();

    for (const task of site.tasks(BACKEND)) {
      await site.makeIll(task, { kind: 'grey', errorShare: 1 });
    }
    const failed = await sample.ask();
    await sample.until(() =>
      expect(site.alarmsIn('ALARM')).toEqual([ERROR_RATE_ALARM, BACKEND_ERROR_RATE_ALARM]),
    );
    for (const task of site.tasks(BACKEND)) await site.clearFaults(task);
    end();

    expect([failed, await sample.ask(), await sample.ask('/checkout/7')]).toEqual([500, 200, 200]);
    expect(site.backend?.desiredCount).toBe(2);
    expect(site.healthyTasks(BACKEND)).toHaveLength(2);
    const backendLogs = [...site.logs.events(BACKEND_LOG_GROUP)].map(({ message }) => message);
    expect(backendLogs.some((line) => line.includes('pool exhausted'))).toBe(true);
    expect(sample.logLines().some(({ msg }) => msg === 'catalog answered 500')).toBe(true);
  });

  it('is configured as two guarded services, the first of which needs the second', async () => {
    await using sample = await SampleSite.open({ tasks: 1, backend: { tasks: 1 } });
    const { site, time } = sample;

    const [front, backend, ...others] = guardedServices(site, time, { budget: 1 });

    expect(front).toMatchObject({
      service: 'checkout-api',
      dependsOn: ['shop-prod/catalog-api'],
      policy: { budget: 1, settleSeconds: 4 },
    });
    expect(front?.alarms).toHaveLength(4);
    expect(backend).toMatchObject({
      service: 'catalog-api',
      logGroup: '/ecs/catalog-api',
      targetGroups: [site.backend?.targetGroup?.arn],
      policy: { budget: 1 },
    });
    expect(backend).not.toHaveProperty('dependsOn');
    expect(others).toEqual([]);
  });
});
