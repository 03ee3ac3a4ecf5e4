/** Entry of the guarded service: reads the environment, listens, and drains on SIGTERM. */
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { makeCatalog } from './catalog.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { FaultSwitch } from './faults.ts';
import { listenQuietly, makeServer } from './server.ts';
import { findTaskId } from './task-identity.ts';

/**
 * `EX_CONFIG` of sysexits: tells a bad environment from a crash in the stopped task's exit code.
 */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/** One JSON object per line: `time` in epoch milliseconds, `level` as a word. */
function makeLogger(config: Config, taskId: string): Logger {
  const options = {
    level: config.logLevel,
    base: { service: config.serviceName, revision: config.revision, taskId },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Written at once: the last lines before an exit must come out, and in their order.
  return pino(options, pino.destination({ fd: 1, sync: true }));
}

async function run(config: Config): Promise<void> {
  const taskId = await findTaskId(config);
  const logger = makeLogger(config, taskId);
  const exit = (code: number): void => {
    process.exit(code);
  };
  const faults = new FaultSwitch({
    exit,
    onMemory: (usedMb) => logger.warn({ usedMb }, 'memory use grows'),
  });
  const stage = { ready: config.startupMs === 0, draining: false };
  const server = makeServer({
    logger,
    catalog: makeCatalog(config.catalogUrl, config.catalogTimeoutMs),
    isReady: () => stage.ready,
    isDraining: () => stage.draining,
    drillToken: config.drillToken,
    taskId,
    faults,
  });
  const drain = (signal: NodeJS.Signals): void => {
    // A second signal means that whoever sent it will not wait.
    if (stage.draining) exit(EXIT_FAILURE);
    stage.draining = true;
    logger.info({ signal, drainMs: config.drainMs }, 'draining');
    setTimeout(() => {
      server.close().then(
        () => exit(0),
        () => exit(EXIT_FAILURE),
      );
    }, config.drainMs);
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  const countServed = countRequests(server);

  const { host, bindHost, port } = config;
  const listening = await listenQuietly(server, { host: bindHost, port });
  logger.info(`listening on ${host}:${listening}`);
  setTimeout(() => {
    stage.ready = true;
    logger.info('ready');
    if (config.heartbeatMs > 0) {
      const tell = () => logger.info({ requests: countServed() }, 'serving');
      setInterval(tell, config.heartbeatMs).unref();
    }
    if (config.fault === undefined) return;
    logger.warn({ fault: config.fault }, 'fault switched on');
    faults.begin(config.fault);
  }, config.startupMs);
}

/** @returns how many requests, probes too, were answered since it was last asked. */
function countRequests(server: FastifyInstance): () => number {
  let served = 0;
  server.addHook('onResponse', async () => {
    served += 1;
  });
  return () => {
    const before = served;
    served = 0;
    return before;
  };
}

/**
 * Without a configuration there is no configured logger: the last words have the same form by hand.
 */
function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const line = { level: 'fatal', time: Date.now(), service: 'checkout', msg: message };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE);
}

try {
  await run(loadConfig(process.env));
} catch (error) {
  fail(error);
}
