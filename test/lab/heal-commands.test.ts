/** The commands before the whole healer: bundled functions, rules, queues and a service in a lab. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { run } from '../cli/heal-run.ts';
import { type Lab, startLab } from './lab.ts';
import { REGION, SERVICE, SERVICE_ID, SERVICES_PATH, TABLE } from './names.ts';

const UP = { timeout: 50_000, interval: 250 };
let lab: Lab;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'LABTEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'lab');
  lab = await startLab({ timeFactor: 15, healer: { bundles: await bundle() } });
  // Every task healthy, and every alarm OK: a drill may begin.
  await vi.waitFor(async () => {
    const { code } = await heal('drill', 'plan', SERVICE, '--allow-production');
    expect(code).toBe(0);
  }, UP);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await lab.close();
});

/** With what `npm run lab` prints. */
function heal(...args: readonly string[]) {
  const { environment } = lab.healer?.deployment.functions[0] ?? {};
  vi.stubEnv('AWS_ENDPOINT_URL', lab.gateway.url);
  vi.stubEnv('AWS_REGION', REGION);
  vi.stubEnv('TABLE_NAME', TABLE);
  vi.stubEnv('GUARDED_SERVICES_PATH', SERVICES_PATH);
  vi.stubEnv('INBOX_URL', environment?.['INBOX_URL']);
  for (const name of ['remediate', 'notify', 'drill']) {
    vi.stubEnv(`${name.toUpperCase()}_FUNCTION`, name);
  }
  return run([...args, '--json'], { isLive: true });
}

describe('a healer that was just deployed', { timeout: 90_000 }, () => {
  test('is well in every respect', async () => {
    const { code, facts } = await heal('doctor', '--try');

    expect(facts.filter(({ finding }) => finding !== 'well')).toEqual([]);
    expect(code).toBe(0);
    expect(facts.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('ALARM and OK of 4 alarms get there'),
        expect.stringContaining(
          'drill is active on nodejs24.x, as deployed, and its queue feeds it',
        ),
      ]),
    );
  });

  test('passes a drill of its wiring, without a stop', async () => {
    const { code, facts, stderr } = await heal(
      'drill',
      'run',
      SERVICE,
      '--allow-production',
      '--yes',
    );

    expect(code, stderr).toBe(0);
    expect(facts.at(0)).toMatchObject({ kind: 'drill-plan', plan: { service: SERVICE_ID } });
    expect(facts.at(-1)).toMatchObject({
      kind: 'drill-status',
      status: { drill: 'wiring', phase: 'ended', verdict: 'pass' },
    });
    const [status] = (await heal('status')).facts;
    expect(status).toMatchObject({ incident: { state: 'recovered', stopped: 0 } });
    expect(status).not.toHaveProperty('drill');
  });

  test('is paused by one command, and resumed by another', async () => {
    expect((await heal('pause', SERVICE, '--for', '10min', '--why', 'to see it')).code).toBe(0);
    expect((await heal('status')).facts[0]).toMatchObject({ pause: { by: 'ana' } });

    const plan = await heal('drill', 'plan', SERVICE, '--allow-production');
    expect(plan.code).toBe(4);
    expect(plan.facts[0]).toMatchObject({ plan: { refusals: [{ code: 'paused' }] } });

    expect((await heal('resume', SERVICE)).code).toBe(0);
    expect((await heal('status')).facts[0]).not.toHaveProperty('pause');
  });

  test('refuses what it does not guard, by name', async () => {
    const { code, stderr } = await heal('pause', 'shop-prod/nope', '--for', '1h', '--why', 'x');

    expect(code).toBe(2);
    expect(stderr).toContain('shop-prod/nope belongs to no guarded service');
  });
});
