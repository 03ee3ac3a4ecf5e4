import { describe, expect, it } from 'vitest';
import { type SignedCall, signFaultCall } from '../../functions/adapters/fault-switch.ts';
import { openServer, type Server, TASK, TOKEN } from './open-server.ts';

describe('fault switches', () => {
  const MINUTE = 60_000;
  const GREY = { kind: 'grey', errorShare: 1 };

  interface Asked extends Partial<SignedCall> {
    readonly secret?: string;
    /** Sent instead of what was signed. */
    readonly sent?: string;
    readonly headers?: Record<string, string>;
  }

  const ask = (server: Server, { secret = TOKEN, sent, headers, ...signed }: Asked) => {
    const issuedAt = signed.issuedAt ?? Date.now();
    const defaults = { method: 'PUT', taskId: TASK, body: JSON.stringify(GREY) } as const;
    const ends = signed.method === 'DELETE' ? {} : { endsAt: Date.now() + MINUTE };
    const call = { ...defaults, issuedAt, ...ends, ...signed };
    return server.inject({
      method: call.method,
      url: '/drill/fault',
      headers: { ...signFaultCall(secret, call), 'content-type': 'application/json', ...headers },
      payload: sent ?? call.body,
    });
  };
  const setFault = (server: Server, fault: object) => ask(server, { body: JSON.stringify(fault) });
  const mend = (server: Server, asked: Asked = {}) =>
    ask(server, { method: 'DELETE', body: '', ...asked });

  it.each<[string, Asked]>([
    ['without a signature', { headers: { 'x-drill-signature': '' } }],
    ['signed with another secret', { secret: 'guess' }],
    ['with another body', { sent: '{"kind":"exit","code":1}' }],
    ['for another end', { headers: { 'x-drill-ends-at': String(Date.now() + 2 * MINUTE) } }],
    ['for another task', { headers: { 'x-drill-task': 't2' } }],
    ['of another time', { headers: { 'x-drill-timestamp': String(Date.now() + 1) } }],
    ['that is too old', { issuedAt: Date.now() - 6 * MINUTE }],
    ['of the future', { issuedAt: Date.now() + 6 * MINUTE }],
    ['without a time', { headers: { 'x-drill-timestamp': '' } }],
  ])('do not exist for a request %s', async (_what, asked) => {
    const { server } = openServer();

    const answer = await ask(server, asked);

    expect(answer.statusCode).toBe(404);
    expect((await server.inject('/')).statusCode).toBe(200);
  });

  it.each<[string, string, string]>([
    ['no JSON', 'application/json', '{'],
    ['nothing', 'application/json', ''],
    ['another type', 'application/xml', '<a/>'],
    ['too much', 'text/plain', 'x'.repeat(2_000_000)],
  ])('answer like a path that does not exist, sent %s', async (_what, type, payload) => {
    const { server } = openServer();
    const asked = { method: 'PUT', headers: { 'content-type': type }, payload } as const;

    const answer = await server.inject({ ...asked, url: '/drill/fault' });
    const other = await server.inject({ ...asked, url: '/drill/nought' });

    expect(answer.statusCode).toBe(other.statusCode);
    expect(answer.body).toBe(other.body.replace('nought', 'fault'));
  });

  it('do not exist for a signature that was made for the other method', async () => {
    const { server } = openServer();
    const call = { method: 'DELETE', taskId: TASK, issuedAt: Date.now(), body: '' } as const;

    const headers = signFaultCall(TOKEN, call);
    const answer = await server.inject({ method: 'PUT', url: '/drill/fault', headers });

    expect(answer.statusCode).toBe(404);
  });

  it('do not exist when drills are disabled', async () => {
    const { server } = openServer({ drillToken: undefined });

    expect((await setFault(server, GREY)).statusCode).toBe(404);
  });

  it('tell a request for another task that it may try again', async () => {
    const { server } = openServer();

    const answer = await ask(server, { taskId: 't2' });

    expect(answer.statusCode).toBe(421);
    expect((await server.inject('/work')).statusCode).toBe(200);
  });

  it.each([
    ['in the past', -1],
    ['more than half an hour ahead', 31 * MINUTE],
  ])('refuse a fault that ends %s', async (_what, ahead) => {
    const { server } = openServer();

    const answer = await ask(server, { endsAt: Date.now() + ahead });

    expect(answer.statusCode).toBe(400);
    expect((await server.inject('/work')).statusCode).toBe(200);
  });

  it('mend the task by themselves when the fault ends', async () => {
    const { server } = openServer();

    await ask(server, { endsAt: Date.now() + 300 });
    const ill = await server.inject('/work');

    expect(ill.statusCode).toBe(500);
    await expect
      .poll(async () => (await server.inject('/work')).statusCode, { timeout: 5_000 })
      .toBe(200);
  });

  it('take a repeated request as the same one, and none that is older than the mending', async () => {
    const { server } = openServer();
    const issuedAt = Date.now() - 10;

    const answers = [await ask(server, { issuedAt }), await ask(server, { issuedAt })];
    await mend(server);
    const late = await ask(server, { issuedAt });

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(late.statusCode).toBe(409);
    expect((await server.inject('/work')).statusCode).toBe(200);
  });

  it('fail a share of real requests, spread evenly, until they are switched off', async () => {
    const { server, lines } = openServer();
    await setFault(server, { kind: 'grey', errorShare: 0.25 });

    const statuses: number[] = [];
    for (let request = 0; request < 8; request += 1) {
      statuses.push((await server.inject('/work')).statusCode);
    }
    const health = await server.inject('/health');
    await mend(server);
    const after = await server.inject('/work');

    expect(statuses).toEqual([200, 200, 200, 500, 200, 200, 200, 500]);
    expect([health.statusCode, after.statusCode]).toEqual([200, 200]);
    const errors = lines.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(2);
    expect(errors[0]?.['msg']).toContain('pool exhausted');
  });

  it('end the process once the answer has left', async () => {
    const { server, exits } = openServer();

    const answer = await setFault(server, { kind: 'exit', code: 3 });
    await expect.poll(() => exits).toEqual([3]);

    expect(answer.statusCode).toBe(202);
  });

  it('say what is wrong with a request', async () => {
    const { server } = openServer();

    const answer = await setFault(server, { kind: 'grey', errorShare: 2 });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ error: 'errorShare: got 2, wanted a number from 0 to 1' });
  });
});
