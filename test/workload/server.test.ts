import { describe, expect, it } from 'vitest';
import { type Catalog, CatalogError } from '../../workload/src/catalog.ts';
import { parseFault } from '../../workload/src/faults.ts';
import { openServer, switchOf } from './open-server.ts';

describe('the service', () => {
  const failingCatalog: Catalog = {
    lookUp: async () => {
      throw new CatalogError('catalog answered 503');
    },
  };

  it('answers real routes from the catalog and writes one line per request', async () => {
    const { server, lines } = openServer();
    const headers = { 'x-amzn-trace-id': 'Self=1-2;Root=1-65a-abc;Sampled=1' };

    const answer = await server.inject({ url: '/checkout/a%20b?verbose=1', headers });

    expect(answer.json()).toEqual({ id: 'a b', item: { path: '/items/a%20b' } });
    expect(lines).toEqual([
      expect.objectContaining({
        time: expect.any(Number),
        level: 'info',
        service: 'checkout',
        taskId: 't1',
        method: 'GET',
        path: '/checkout/a%20b',
        status: 200,
        durationMs: expect.any(Number),
        traceId: '1-65a-abc',
        msg: 'request completed',
      }),
    ]);
  });

  it('stays healthy while its dependency fails, and logs why a request failed', async () => {
    const { server, lines } = openServer({ catalog: failingCatalog });

    const real = await server.inject('/work');
    const health = await server.inject('/health');

    expect([real.statusCode, health.statusCode]).toEqual([500, 200]);
    expect(real.json()).toEqual({ error: 'internal' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      status: 500,
      msg: 'catalog answered 503',
      err: { type: 'CatalogError', stack: expect.any(String) },
      traceId: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
  });

  it('serves nothing before its initialisation is over', async () => {
    const { server } = openServer({ isReady: () => false });

    const ready = await server.inject('/ready');
    const health = await server.inject('/health');
    const real = await server.inject('/work');

    expect([ready.statusCode, ready.json()]).toEqual([503, { ready: false }]);
    expect([health.statusCode, health.json()]).toEqual([503, { status: 'starting' }]);
    expect(real.statusCode).toBe(503);
  });

  it('is a catalog itself for the tier before it', async () => {
    const { server } = openServer();

    const answer = await server.inject('/items/a%20b');

    expect(answer.json()).toEqual({ path: '/items/a%20b' });
  });

  it('asks clients to close their connection while it drains', async () => {
    const { server } = openServer({ isDraining: () => true });

    const answer = await server.inject('/');

    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
  });
});

describe('faults', () => {
  it.each([
    [
      { kind: 'hang', durationMs: 5 },
      { kind: 'hang', durationMs: 5 },
    ],
    [
      { kind: 'latency', ms: 0 },
      { kind: 'latency', ms: 0 },
    ],
    [
      { kind: 'leak', durationMs: 5 },
      { kind: 'leak', durationMs: 5 },
    ],
    [{ kind: 'fire' }, 'kind: got "fire", wanted one of grey, latency, hang, exit, leak'],
    ['grey', 'body: wanted an object with a kind'],
    [{ kind: 'exit', code: 256 }, 'code: got 256, wanted a number from 0 to 255'],
  ])('parses %j', (body, expected) => {
    expect(parseFault(body)).toEqual(expected);
  });

  it.each([0, 0.1, 1 / 3, 0.5, 1])('fails a share of %d exactly', (errorShare) => {
    const faults = switchOf();
    faults.begin({ kind: 'grey', errorShare });

    const errors = Array.from({ length: 300 }, () => faults.nextError());

    expect(errors.filter((error) => error !== undefined)).toHaveLength(300 * errorShare);
  });

  it('leak memory, and tell how much is used, until they are cleared', async () => {
    const used: number[] = [];
    const faults = switchOf([], used);
    const before = process.memoryUsage().arrayBuffers;

    faults.begin({ kind: 'leak', durationMs: 100 });
    await expect.poll(() => used.length).toBeGreaterThan(3);
    const leaked = process.memoryUsage().arrayBuffers - before;
    faults.clear();
    const told = used.length;
    await expect.poll(() => new Promise((done) => setImmediate(done, used.length))).toBe(told);

    expect(leaked).toBeGreaterThan(3 * 2 ** 20);
    expect(used.every((mb) => mb > 1)).toBe(true);
  });
});
