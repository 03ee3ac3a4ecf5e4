/**
 * An address of its own for each task, as `awsvpc` gives it: every part of the system joins tasks
 * and targets by address and port, so two tasks on one address would be one.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const ZONE_HOST_MIN = 10;
const ZONE_HOST_MAX = 250;
const BLOCK_MIN = 16;
const BLOCK_MAX = 239;
const BLOCK_ATTEMPTS_MAX = 40;
const ALIAS_HOST_MAX = 31;

interface AddressPool {
  /** Addresses of one zone, in the order in which they should be taken. */
  candidates(zone: number): readonly string[];
  close(): Promise<void>;
}

/** Hands out loopback addresses on which a port is free, and takes them back. */
export class LoopbackAddresses {
  readonly #pool: AddressPool;
  readonly #port: number;
  readonly #taken = new Set<string>();
  readonly #next = new Map<number, number>();

  private constructor(pool: AddressPool, port: number) {
    this.#pool = pool;
    this.#port = port;
  }

  /**
   * Reserves addresses for tasks that listen on `port`.
   *
   * Linux answers on all of 127.0.0.0/8: a whole block 127.x.0.0/16 is taken, guarded against other
   * labs by a listener that the kernel removes with this process. Elsewhere (macOS) only configured
   * addresses work, so those are used.
   */
  static async open(port: number): Promise<LoopbackAddresses> {
    const pool = (await canBind('127.16.0.2', 0)) ? await reserveBlock(port) : aliasPool();
    return new LoopbackAddresses(pool, port);
  }

  /** @throws when no address is left, saying how to configure more. */
  async take(zone: number): Promise<string> {
    const candidates = this.#pool.candidates(zone);
    const start = this.#next.get(zone) ?? 0;
    for (let step = 0; step < candidates.length; step += 1) {
      const index = (start + step) % candidates.length;
      const address = candidates[index];
      if (address === undefined || this.#taken.has(address)) continue;
      // Taken before the first wait: another task may ask meanwhile.
      this.#taken.add(address);
      this.#next.set(zone, index + 1);
      if (await canBind(address, this.#port)) return address;
      this.#taken.delete(address);
    }
    throw new Error(
      `no loopback address with port ${this.#port} free; ` +
        `where 127.0.0.2 is not configured (macOS) run: ` +
        `for i in $(seq 2 ${ALIAS_HOST_MAX}); do sudo ifconfig lo0 alias 127.0.0.$i; done`,
    );
  }

  release(address: string): void {
    this.#taken.delete(address);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

async function reserveBlock(port: number): Promise<AddressPool> {
  for (let attempt = 0; attempt < BLOCK_ATTEMPTS_MAX; attempt += 1) {
    const block = BLOCK_MIN + Math.floor(Math.random() * (BLOCK_MAX - BLOCK_MIN + 1));
    const reservation = await bind(`127.${block}.0.1`, port);
    if (reservation === undefined) continue;
    reservation.unref();
    return {
      candidates: (zone) => blockCandidates(block, zone),
      close: () => closeServer(reservation),
    };
  }
  throw new Error(`no free loopback block after ${BLOCK_ATTEMPTS_MAX} attempts`);
}

function blockCandidates(block: number, zone: number): readonly string[] {
  const hosts = Array.from({ length: ZONE_HOST_MAX - ZONE_HOST_MIN + 1 });
  return hosts.map((_, index) => `127.${block}.${zone + 1}.${ZONE_HOST_MIN + index}`);
}

function aliasPool(): AddressPool {
  const addresses = Array.from(
    { length: ALIAS_HOST_MAX - 1 },
    (_, index) => `127.0.0.${index + 2}`,
  );
  return { candidates: () => addresses, close: async () => {} };
}

async function canBind(address: string, port: number): Promise<boolean> {
  const server = await bind(address, port);
  if (server === undefined) return false;
  await closeServer(server);
  return true;
}

async function bind(address: string, port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ host: address, port, exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
