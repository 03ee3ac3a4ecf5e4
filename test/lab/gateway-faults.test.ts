import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultedCall } from './gateway/faults.ts';
import { type SampleGateway, startSampleGateway } from './gateway/sample-gateway.ts';
import { breakService } from './gateway/service-faults.ts';

let lab: SampleGateway;

beforeEach(async () => {
  lab = await startSampleGateway();
});

afterEach(async () => {
  await lab.close();
});

describe('faults', () => {
  const target = { service: 'ecs', operation: 'StopTask', times: 1 } as const;

  it('throttle without running', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'throttle' });
    await expect(lab.stop('t')).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(lab.seen.stops).toBe(0);
    expect(lab.events.calls()).toMatchObject([{ error: 'ThrottlingException', fault: 'throttle' }]);
    await lab.stop('t');
    expect(lab.seen.stops).toBe(1);
  });

  it('fail with the code and status asked for', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'error', code: 'ServerException', status: 503 });
    await expect(lab.stop('t')).rejects.toMatchObject({
      name: 'ServerException',
      $metadata: { httpStatusCode: 503 },
    });
    expect(lab.seen.stops).toBe(0);
  });

  it('lose the response of an operation that ran', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'lost-response' });
    await expect(lab.stop('t')).rejects.toThrow(/socket hang up|ECONNRESET|other side closed/);
    expect(lab.seen.stops).toBe(1);
    expect(lab.events.calls()).toMatchObject([{ fault: 'lost-response', status: 200 }]);
  });

  it('delay the answer, not the operation', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'delay', delayMs: 40 });
    const answering = lab.stop('t');
    await expect.poll(() => lab.seen.stops).toBe(1);
    await answering;
    const [call] = lab.events.calls();
    expect((call?.endedAt ?? 0) - (call?.at ?? 0)).toBeGreaterThanOrEqual(35);
    expect(call?.fault).toBe('delay');
  });

  it('run the operation twice', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'duplicate' });
    await lab.stop('t');
    expect(lab.seen.stops).toBe(2);
    expect(lab.events.calls()).toHaveLength(1);
  });

  it('reset the connection without running', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'down' });
    await expect(lab.stop('t')).rejects.toThrow(/socket hang up|ECONNRESET|other side closed/);
    expect(lab.seen.stops).toBe(0);
    expect(lab.events.calls()).toMatchObject([
      { fault: 'down', status: 0, error: 'ConnectionReset' },
    ]);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('end the caller %s the operation ran, then answer nobody', async (when, ran) => {
    const crashed: FaultedCall[] = [];
    const crash = async (call: FaultedCall): Promise<void> => {
      expect(lab.seen.stops).toBe(ran);
      crashed.push(call);
      lab.client.destroy();
    };
    lab.gateway.faults.inject({ ...target, kind: 'crash', when, crash });
    await lab.stop('t').catch(() => undefined);
    expect(crashed).toMatchObject([{ caller: 'LABTEST', operation: 'StopTask' }]);
    expect(lab.seen.stops).toBe(ran);
    expect(lab.events.calls()).toMatchObject([
      { fault: 'crash', status: when === 'after' ? 200 : 0 },
    ]);
  });

  it('last until they are cancelled, when no number is given', async () => {
    const { times: _once, ...always } = target;
    const standing = lab.gateway.faults.inject({ ...always, kind: 'throttle' });
    for (let call = 0; call < 3; call++) await expect(lab.stop('t')).rejects.toThrow();
    expect(standing.remaining()).toBe(Number.POSITIVE_INFINITY);
    standing.cancel();
    await lab.stop('t');
    expect(lab.seen.stops).toBe(1);
  });

  it('let the first calls pass, when asked to', async () => {
    const { times: _once, ...always } = target;
    lab.gateway.faults.inject({ ...always, skip: 2, kind: 'throttle' });
    const passed: boolean[] = [];
    for (let call = 0; call < 4; call++) {
      passed.push(
        await lab.stop('t').then(
          () => true,
          () => false,
        ),
      );
    }
    expect(passed).toEqual([true, true, false, false]);
  });

  it('hit only the caller, operation and number asked for, in the order asked', async () => {
    const others = { caller: 'SOMEONE-ELSE', kind: 'throttle' } as const;
    const missed = lab.gateway.faults.inject({ ...target, ...others });
    const elsewhere = lab.gateway.faults.inject({
      ...target,
      operation: 'ListTasks',
      kind: 'throttle',
    });
    const first = lab.gateway.faults.inject({ ...target, times: 2, kind: 'error', code: 'A' });
    lab.gateway.faults.inject({ ...target, operation: '*', kind: 'error', code: 'B' });
    const names: string[] = [];
    for (let call = 0; call < 4; call++) {
      await lab.stop('t').catch((error: Error) => names.push(error.name));
    }
    expect(names).toEqual(['A', 'A', 'B']);
    expect([missed, elsewhere, first].map((fault) => fault.remaining())).toEqual([1, 1, 0]);
  });

  it('end when cancelled or cleared', async () => {
    lab.gateway.faults.inject({ ...target, kind: 'throttle' }).cancel();
    await lab.stop('t');
    const cleared = lab.gateway.faults.inject({ ...target, kind: 'throttle' });
    lab.gateway.faults.clear();
    await lab.stop('t');
    expect(cleared.remaining()).toBe(0);
  });

  it('must make sense', () => {
    const inject = (times: number) =>
      lab.gateway.faults.inject({ ...target, times, kind: 'throttle' });
    expect(() => inject(0)).toThrow('times: got 0, want a whole number from 1');
    expect(() => lab.gateway.faults.inject({ ...target, kind: 'delay', delayMs: -1 })).toThrow(
      'delayMs: got -1, want 0 or more',
    );
    expect(() => lab.gateway.faults.inject({ ...target, skip: -1, kind: 'throttle' })).toThrow(
      'skip: got -1, want a whole number from 0',
    );
  });
});

describe('a whole service', () => {
  it.each([
    ['throttle', 'ThrottlingException', 400],
    ['500', 'ServerException', 500],
  ] as const)(
    '%s in its own words, for its caller, until it is over',
    async (how, name, status) => {
      const { faults } = lab.gateway;
      breakService(faults, { service: 'ecs', how, caller: 'SOMEONE-ELSE' });
      await lab.stop('t');
      const outage = breakService(faults, { service: 'ecs', how, caller: 'LABTEST' });
      for (let call = 0; call < 2; call++) {
        await expect(lab.stop('t')).rejects.toMatchObject({
          name,
          $metadata: { httpStatusCode: status },
        });
      }
      expect(lab.seen.stops).toBe(1);
      outage.cancel();
      await lab.stop('t');
      expect(lab.seen.stops).toBe(2);
    },
  );

  it('is slow for every caller, and still does its work', async () => {
    breakService(lab.gateway.faults, { service: 'ecs', how: 'slow', delayMs: 20 });
    await lab.stop('t');
    expect(lab.seen.stops).toBe(1);
    expect(lab.events.calls()).toMatchObject([{ fault: 'delay', status: 200 }]);
  });

  it('is down for one operation only, when asked to be', async () => {
    const down = { service: 'ecs', operation: 'ListTasks', how: 'down' } as const;
    breakService(lab.gateway.faults, down);
    await lab.stop('t');
    breakService(lab.gateway.faults, { ...down, operation: 'StopTask' });
    await expect(lab.stop('t')).rejects.toThrow();
    expect(lab.seen.stops).toBe(1);
  });
});
