/** Entry of the guarded service: reads the environment, listens, and drains on SIGTERM. */
import { type Logger, pino } from 'pino';
import { makeCatalog } from './catalog.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { makeServer } from './server.ts';
import { findTaskId } from './task-identity.ts';

/**
 * `EX_CONFIG` of sysexits: tells a bad environment from a crash in the stopped task's exit code.
 */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/** One JSON object per line: `time` in epoch milliseconds, `level` as a word. */
function makeLogger(config: Config, taskId: string): Logger {
  return pino({
    level: config.logLevel,
    base: { service: config.serviceName, revision: config.revision, taskId },
    formatters: { level: (label) => ({ level: label }) },
  });
}

async function run(config: Config): Promise<void> {
  const logger = makeLogger(config, await findTaskId(config));
  const exit = (code: number): void => {
    process.exit(code);
  };
  let ready = config.startupMs === 0;
  let draining = false;
  const server = makeServer({
    logger,
    catalog: makeCatalog(config.catalogUrl, config.catalogTimeoutMs),
    isReady: () => ready,
    isDraining: () => draining,
    drillToken: config.drillToken,
    exit,
  });

  const drain = (signal: NodeJS.Signals): void => {
    // A second signal means that whoever sent it will not wait.
    if (draining) exit(EXIT_FAILURE);
    draining = true;
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

  await server.listen({ host: config.host, port: config.port });
  setTimeout(() => {
    ready = true;
    logger.info('ready');
  }, config.startupMs);
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
