import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DescribeTargetHealthCommandOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { makeElbApi } from './elb/api.ts';
import { parseMatcher } from './elb/health-check.ts';
import {
  afterCheck,
  type CheckResult,
  initialChecking,
  registering,
  type TargetHealth,
} from './elb/health-state.ts';
import { LoadBalancer } from './elb/load-balancer.ts';
import { TargetGroup } from './elb/target-group.ts';
import { LabEvents } from './events.ts';
import { TimeFactor } from './time-factor.ts';

const CALL = { caller: 'test', at: 0, requestId: 'r' };

describe('target health', () => {
  const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };
  const results: Readonly<Record<string, CheckResult>> = {
    ok: { kind: 'passed' },
    503: { kind: 'wrong-code', code: 503 },
    slow: { kind: 'timed-out' },
    dead: { kind: 'failed' },
  };

  function after(checks: string): TargetHealth {
    const seen = checks.split(' ').filter((word) => word !== '');
    return seen.reduce(
      (target, word) => {
        return afterCheck(target, results[word] ?? { kind: 'failed' }, thresholds, 1);
      },
      initialChecking(registering(0)),
    ).health;
  }

  it.each([
    ['', 'initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress'],
    ['ok', 'healthy', undefined, undefined],
    ['dead', 'initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress'],
    ['dead ok', 'healthy', undefined, undefined],
    ['dead dead', 'unhealthy', 'Target.FailedHealthChecks', 'Health checks failed'],
    ['ok slow', 'healthy', undefined, undefined],
    ['ok slow slow', 'unhealthy', 'Target.Timeout', 'Request timed out'],
    ['ok slow ok slow', 'healthy', undefined, undefined],
    [
      'ok 503 503',
      'unhealthy',
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [503]',
    ],
    ['dead dead ok ok', 'unhealthy', 'Target.FailedHealthChecks', 'Health checks failed'],
    ['dead dead ok ok ok', 'healthy', undefined, undefined],
  ])('after "%s" it is %s', (checks, state, reason, description) => {
    const health = after(checks);

    expect([health.state, health.reason, health.description]).toEqual([state, reason, description]);
  });

  it('keeps the time at which it became unhealthy', () => {
    const target = initialChecking(registering(0));
    const dead: CheckResult = { kind: 'failed' };

    const late = [1, 2, 3].reduce((now, at) => afterCheck(now, dead, thresholds, at), target);

    expect(late.health.sinceMs).toBe(2);
  });

  it('reads matchers as ELB writes them', () => {
    const matches = parseMatcher('200,300-302');

    expect([200, 201, 301, 303].map(matches)).toEqual([true, false, true, false]);
    expect(() => parseMatcher('ok')).toThrow('matcher');
  });
});

describe('load balancer', () => {
  const time = new TimeFactor(120);
  let targetGroup: TargetGroup;
  let loadBalancer: LoadBalancer;
  let metrics: MetricStore;
  let url: string;
  const servers: Server[] = [];

  interface FakeTarget {
    readonly id: string;
    readonly port: number;
    readonly received: IncomingHttpHeaders[];
    status: number;
    silent: boolean;
  }

  beforeEach(async () => {
    const events = new LabEvents();
    targetGroup = new TargetGroup({ name: 'tg', time, events });
    metrics = new MetricStore(time);
    loadBalancer = new LoadBalancer({ name: 'lb', targetGroup, metrics, time });
    url = await loadBalancer.listen();
  });

  afterEach(async () => {
    targetGroup.close();
    await loadBalancer.close();
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function startTarget(): Promise<FakeTarget> {
    const target: Partial<FakeTarget> & Pick<FakeTarget, 'received'> = { received: [] };
    target.status = 200;
    target.silent = false;
    const server = createServer((request, response) => {
      const isCheck = request.url === '/health';
      if (target.silent) return;
      if (!isCheck) target.received.push(request.headers);
      response.writeHead(target.status ?? 200).end('target');
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return Object.assign(target, { id: '127.0.0.1', port }) as FakeTarget;
  }

  async function untilState(target: FakeTarget, state: string): Promise<void> {
    await vi.waitFor(() => expect(targetGroup.healthOf(target).state).toBe(state), {
      timeout: 5000,
      interval: 5,
    });
  }

  function total(name: string, dimensions: Readonly<Record<string, string>>): number | undefined {
    const points = metrics.series({
      metric: { namespace: 'AWS/ApplicationELB', name, dimensions },
      stat: 'Sum',
      periodSeconds: 60,
      lastMinute: metrics.minuteAt(Date.now()),
      count: 60,
    });
    const found = points.filter((point) => point !== undefined);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
  const perBalancer = (): Record<string, string> => ({ LoadBalancer: loadBalancer.dimension });
  const perGroup = (): Record<string, string> => ({
    ...perBalancer(),
    TargetGroup: targetGroup.dimension,
  });

  it('spreads requests over healthy targets and counts them', async () => {
    const [one, two] = [await startTarget(), await startTarget()];
    targetGroup.register(one);
    targetGroup.register(two);
    await untilState(one, 'healthy');
    await untilState(two, 'healthy');

    for (let request = 0; request < 4; request += 1) await fetch(url);

    expect([one.received.length, two.received.length]).toEqual([2, 2]);
    expect(one.received[0]?.['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(total('RequestCount', perGroup())).toBe(4);
    expect(total('HTTPCode_Target_2XX_Count', perBalancer())).toBe(4);
    expect(total('HTTPCode_Target_5XX_Count', perGroup())).toBeUndefined();
  });

  it('sends an unhealthy target nothing, until no healthy one is left', async () => {
    const [ill, well] = [await startTarget(), await startTarget()];
    targetGroup.register(ill);
    targetGroup.register(well);
    await untilState(ill, 'healthy');
    await untilState(well, 'healthy');

    ill.status = 503;
    await untilState(ill, 'unhealthy');
    await Promise.all([fetch(url), fetch(url)]);
    const toTheIll = ill.received.length;
    well.status = 500;
    await untilState(well, 'unhealthy');
    await Promise.all([fetch(url), fetch(url)]);

    expect(toTheIll).toBe(0);
    expect(ill.received.length).toBe(1);
    expect(total('UnhealthyRoutingRequestCount', perGroup())).toBe(2);
    expect(targetGroup.healthOf(ill)).toMatchObject({
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    });
  });

  it('sends a draining target no new request and forgets it after the delay', async () => {
    const [leaving, staying] = [await startTarget(), await startTarget()];
    targetGroup.register(leaving);
    targetGroup.register(staying);
    await untilState(leaving, 'healthy');
    await untilState(staying, 'healthy');

    const gone = targetGroup.deregister(leaving);
    const during = targetGroup.healthOf(leaving);
    await Promise.all([fetch(url), fetch(url)]);
    await gone;

    expect(during).toMatchObject({
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
    });
    expect(leaving.received).toHaveLength(0);
    expect(targetGroup.healthOf(leaving).reason).toBe('Target.NotRegistered');
  });

  it('answers 503, 502 and 504 itself, and counts those apart from the targets', async () => {
    const nobody = await fetch(url);
    const dead = await startTarget();
    targetGroup.register(dead);
    await untilState(dead, 'healthy');
    const [server] = servers.splice(0);
    server?.close();
    server?.closeAllConnections();
    const refused = await fetch(url);
    const silent = await startTarget();
    targetGroup.register(silent);
    await untilState(silent, 'healthy');
    await untilState(dead, 'unhealthy');
    silent.silent = true;
    const late = await fetch(url);

    expect([nobody.status, refused.status, late.status]).toEqual([503, 502, 504]);
    expect(total('HTTPCode_ELB_5XX_Count', perBalancer())).toBe(3);
    expect(total('HTTPCode_ELB_502_Count', perBalancer())).toBe(1);
    expect(total('HTTPCode_ELB_504_Count', perBalancer())).toBe(1);
    expect(total('TargetConnectionErrorCount', perGroup())).toBe(1);
    expect(total('RequestCount', perGroup())).toBe(2);
    expect(total('HTTPCode_Target_5XX_Count', perGroup())).toBeUndefined();
  });

  it('reports host counts, zero included', async () => {
    const target = await startTarget();
    targetGroup.register(target);
    await untilState(target, 'healthy');

    await vi.waitFor(() => expect(total('HealthyHostCount', perGroup())).toBeGreaterThan(0));

    expect(total('UnHealthyHostCount', perGroup())).toBe(0);
  });

  it('describes target health as AWS does, filtered by target', async () => {
    const target = await startTarget();
    targetGroup.register({ ...target, availabilityZone: 'eu-west-1a' });
    await untilState(target, 'healthy');
    const { operations } = makeElbApi([loadBalancer]);
    const describeHealth = async (
      input: object,
    ): Promise<DescribeTargetHealthCommandOutput['TargetHealthDescriptions']> => {
      const full = { TargetGroupArn: targetGroup.arn, ...input };
      const answer = await operations['DescribeTargetHealth']?.(full, CALL);
      return (answer as DescribeTargetHealthCommandOutput).TargetHealthDescriptions;
    };

    const all = await describeHealth({});
    const unknown = await describeHealth({ Targets: [{ Id: '10.0.0.1', Port: 8080 }] });

    expect(all).toEqual([
      {
        Target: { Id: '127.0.0.1', Port: target.port, AvailabilityZone: 'eu-west-1a' },
        HealthCheckPort: String(target.port),
        TargetHealth: { State: 'healthy' },
        AdministrativeOverride: expect.objectContaining({ State: 'no_override' }),
      },
    ]);
    expect(unknown?.[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
    expect(() =>
      operations['DescribeTargetHealth']?.({ TargetGroupArn: 'arn:other' }, CALL),
    ).toThrow(expect.objectContaining({ code: 'TargetGroupNotFoundException' }));
    expect(await operations['DescribeTargetGroups']?.({}, CALL)).toMatchObject({
      TargetGroups: [{ TargetGroupName: 'tg', HealthCheckPath: '/health', TargetType: 'ip' }],
    });
    expect(await operations['DescribeLoadBalancers']?.({ Names: ['lb'] }, CALL)).toMatchObject({
      LoadBalancers: [{ LoadBalancerArn: loadBalancer.arn, Type: 'application' }],
    });
  });
});
