import { describe, expect, test } from 'vitest';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import { aLock, anIncident, NOW } from '../core/builders.ts';
import { run } from './heal-run.ts';
import { type Deployment, useWorld } from './heal-world.ts';

const signal = new AbortController().signal;
let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});

describe('the status', () => {
  test('of a service that is well', async () => {
    const { code, stdout } = await healer.heal(['status']);

    expect(code).toBe(0);
    expect(stdout).toBe(
      'OK  shop-prod/checkout-api (prod) | tasks: 4 of 4 healthy, 4 running | alarms: 1 of 1 OK' +
        ' | incident: none | stops: 0 of 3 in the last 1 h\n',
    );
  });

  test('counts the healthy tasks, and names the alarm that rings', async () => {
    healer.scene.unhealthy = [3];
    healer.scene.alarms = { 'checkout-api-5xx-rate': 'ALARM' };

    const { stdout } = await healer.heal(['status']);

    expect(stdout).toContain('ALARM  shop-prod/checkout-api');
    expect(stdout).toContain('3 of 4 healthy');
    expect(stdout).toContain('checkout-api-5xx-rate ALARM since 2026-11-20T10:02:41.516Z');
  });

  test('has the incident, the stops that count and the pause', async () => {
    const incident = anIncident({
      state: 'escalated',
      escalated: { reason: 'storm', at: NOW },
    });
    const stops = [minutes(90), minutes(30)].map((ago) => ({
      incidentId: incident.id,
      taskArn: 'arn',
      at: earlier(NOW, ago),
    }));
    const pause = { by: 'ana', why: 'load test', until: later(NOW, minutes(5)) };
    const lock = { ...aLock({ incident, stops, pause }), version: 1 };
    await healer.store.commit(lock, [], 'test', signal);

    const { stdout, facts } = await healer.heal(['status', '--json']);

    expect(stdout.split('\n')).toHaveLength(2);
    expect(facts).toMatchObject([
      {
        kind: 'service',
        service: 'shop-prod/checkout-api',
        tasks: { healthy: 4, desired: 4 },
        incident: { id: incident.id, state: 'escalated' },
        stops: { used: 1, allowed: 3 },
        pause: { by: 'ana', why: 'load test' },
      },
    ]);
    expect((await healer.heal(['status'])).stdout).toMatch(/^NEEDS YOU {2}.*\(storm\)/);
  });

  test('has what all services share: a storm, and a pause', async () => {
    const storm = { since: earlier(NOW, minutes(2)), until: later(NOW, minutes(8)) };
    const pause = { by: 'bo', why: 'move of the data centre', until: later(NOW, minutes(5)) };
    const account = { version: 1, stops: [], opened: [], storm, pause };
    await healer.store.commitShared({ ...aLock(), version: 1 }, account, [], 'test', signal);

    const { facts } = await healer.heal(['status', '--json']);

    expect(facts).toMatchObject([
      { kind: 'storm', ...storm },
      { kind: 'service', pause: { by: 'bo' } },
    ]);
  });

  test('says who has the incident, and that it is a drill', async () => {
    const acknowledged = { by: 'bo (U1)', at: earlier(NOW, minutes(1)) };
    const escalated = { reason: 'storm', at: NOW } as const;
    const incident = anIncident({ state: 'escalated', escalated, acknowledged });
    const drill = { id: 'drill-1', by: 'ana', since: NOW, until: later(NOW, minutes(5)) };
    await healer.store.commit({ ...aLock({ incident, drill }), version: 1 }, [], 'test', signal);

    const { stdout } = await healer.heal(['status']);

    expect(stdout).toContain('has it: bo (U1), since 2026-11-20T');
    expect(stdout).toContain('drill: drill-1 by ana, until 2026-11-20T');
  });

  test('leaves out a drill that is over', async () => {
    const drill = { id: 'drill-1', by: 'ana', since: NOW, until: NOW };
    await healer.store.commit({ ...aLock({ drill }), version: 1 }, [], 'test', signal);

    expect((await healer.heal(['status', '--json'])).facts[0]).not.toHaveProperty('drill');
  });

  test('leaves out a pause that is over', async () => {
    const pause = { by: 'ana', why: 'load test', until: earlier(NOW, minutes(1)) };
    await healer.store.commit({ ...aLock({ pause }), version: 1 }, [], 'test', signal);

    expect((await healer.heal(['status', '--json'])).facts[0]).not.toHaveProperty('pause');
  });

  test('shows what it can where something cannot be read, and fails', async () => {
    healer.scene.alarms = {};

    const { code, stdout } = await healer.heal(['status']);

    expect(code).toBe(5);
    expect(stdout).toContain('UNREADABLE  shop-prod/checkout-api');
    expect(stdout).toContain('no such alarm');
    expect(stdout).toContain('stops: 0 of 3');
  });
});

describe('bad input', () => {
  test.each([
    [[], ['Usage: heal']],
    [['stop'], ["unknown command 'stop'"]],
    [['status', '--tabel', 'x'], ["unknown option '--tabel'"]],
    [['status', 'now'], ['too many arguments']],
    [['incident'], ["missing required argument 'id'"]],
    [
      ['incidents', '--since', 'noon'],
      ['--since', 'got noon', 'wanted such as 30min'],
    ],
    [
      ['status', '--endpoint', 'lab', '--table', 't', '--path', '/p'],
      ['--endpoint: got "lab"', 'wanted a URL'],
    ],
    [['status'], ['--table: got nothing', '--path: got nothing', 'next: npm run heal']],
    [
      ['doctor', '--slack-secret', 'a', '--slack-parameter', 'b', '--table', 't', '--path', '/p'],
      ['--slack-parameter: got "b"', 'wanted nothing'],
    ],
  ])('%j is refused', async (args, words) => {
    const { code, stdout, stderr } = await run(args);

    expect([code, stdout]).toEqual([2, '']);
    for (const word of words) expect(stderr).toContain(word);
  });

  test('names the services that there are', async () => {
    const { code, stderr } = await healer.heal(['status', '--service', 'chekout']);

    expect(code).toBe(2);
    expect(stderr).toContain('--service: got chekout, wanted one of shop-prod/checkout-api');
  });
});

test('an AWS that does not answer is a failure of the tool', async () => {
  const args = ['status', '--table', 't', '--path', '/p', '--region', 'eu-west-1'];
  const { code, stderr } = await run([...args, '--endpoint', 'http://127.0.0.1:1']);

  expect(code).toBe(5);
  expect(stderr).toContain('error: ssm:GetParametersByPath: ECONNREFUSED');
  expect(stderr).toContain('next: check --region, --profile and --endpoint');
});

test('help is no mistake, and names the exit codes', async () => {
  const { code, stdout } = await run(['--help']);

  expect(code).toBe(0);
  expect(stdout).toContain('Exit codes: 0');
});

test('backtest gets its arguments as they are', async () => {
  const { stdout } = await run(['backtest', 'a.json', '--policy', '{}', '--json', '--help']);

  expect(stdout).toBe('a.json --policy {} --json --help');
});
