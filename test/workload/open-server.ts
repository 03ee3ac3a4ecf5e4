/** The service for a test: it listens to no port, and ends with the test. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Catalog } from '../../workload/src/catalog.ts';
import { FaultSwitch } from '../../workload/src/faults.ts';
import { makeServer, type ServerOptions } from '../../workload/src/server.ts';

export const TOKEN = 'secret';
export const TASK = 't1';

export function switchOf(exits: number[] = [], used: number[] = []): FaultSwitch {
  return new FaultSwitch({
    exit: (code) => exits.push(code),
    onMemory: (usedMb) => used.push(usedMb),
  });
}

export type Server = ReturnType<typeof makeServer>;

interface Opened {
  readonly server: Server;
  readonly lines: Record<string, unknown>[];
  readonly exits: number[];
}

export function openServer(overrides: Partial<ServerOptions> = {}): Opened {
  const lines: Record<string, unknown>[] = [];
  const exits: number[] = [];
  const sink = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const options = {
    base: { service: 'checkout', taskId: TASK },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const catalog: Catalog = { lookUp: async (path) => ({ path }) };
  const server = makeServer({
    logger: pino(options, sink),
    catalog,
    isReady: () => true,
    isDraining: () => false,
    drillToken: TOKEN,
    taskId: TASK,
    faults: switchOf(exits),
    ...overrides,
  });
  onTestFinished(() => server.close());
  return { server, lines, exits };
}
