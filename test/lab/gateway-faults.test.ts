import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SampleGateway, startSampleGateway } from './gateway/sample-gateway.ts';

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
  });
});
