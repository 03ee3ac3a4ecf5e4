/** What the service reads from its environment, checked once at start. */
import { hostname } from 'node:os';
import { type Fault, parseFault } from './faults.ts';

export interface Config {
  readonly port: number;
  readonly host: string;
  /**
   * Address that stands for `host` where many tasks share one machine, as in the lab; what the log
   * says is `host`.
   */
  readonly bindHost: string;
  readonly catalogUrl: URL;
  readonly catalogTimeoutMs: number;
  readonly serviceName: string;
  readonly revision: string;
  /** How long the simulated slow initialisation takes; every route answers 503 meanwhile. */
  readonly startupMs: number;
  /**
   * How long the service keeps serving after SIGTERM, so that load balancers have stopped sending.
   */
  readonly drainMs: number;
  /** Present only when drills are enabled: the secret that requests for faults are signed with. */
  readonly drillToken: string | undefined;
  /** On from the start. */
  readonly fault: Fault | undefined;
  /** Between two lines that say that it serves; 0 for none. */
  readonly heartbeatMs: number;
  readonly logLevel: LogLevel;
  /** Base address of the ECS task metadata endpoint, when the platform offers one. */
  readonly metadataUrl: URL | undefined;
  /** Used when there is no metadata endpoint. */
  readonly fallbackTaskId: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

const PORT_MAX = 65_535;
const DURATION_MS_MAX = 600_000;

/** Lists every problem of the environment at once: variable, value got, value wanted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid environment: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables and gathers problems instead of stopping at the first. */
class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** An empty variable counts as unset, as most platforms cannot unset one. */
  optional(name: string): string | undefined {
    const value = this.#environment[name];
    return value === '' ? undefined : value;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  integer(name: string, fallback: number, max: number): number {
    const got = this.optional(name);
    if (got === undefined) return fallback;
    const value = Number(got);
    if (/^\d+$/.test(got) && value <= max) return value;
    this.reject(name, got, `a whole number from 0 to ${max}`);
    return fallback;
  }

  flag(name: string): boolean {
    const got = this.optional(name) ?? 'false';
    if (got !== 'true' && got !== 'false') this.reject(name, got, 'true or false');
    return got === 'true';
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const got = this.optional(name);
    if (got === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === got);
    if (choice === undefined) this.reject(name, got, `one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  httpUrl(name: string, need: 'required' | 'optional'): URL | undefined {
    const got = this.optional(name);
    if (got === undefined && need === 'optional') return undefined;
    const url = URL.parse(got ?? '');
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
    this.reject(name, got, 'an http or https URL');
    return undefined;
  }

  /** A fault as JSON; only a service that takes part in drills may have one. */
  fault(name: string, drillsEnabled: boolean): Fault | undefined {
    const got = this.optional(name);
    if (got === undefined) return undefined;
    if (!drillsEnabled) {
      this.reject(name, got, 'nothing, because DRILLS_ENABLED is not true');
      return undefined;
    }
    const fault = parseFault(parseJson(got));
    if (typeof fault !== 'string') return fault;
    this.reject(name, got, `a fault as JSON (${fault})`);
    return undefined;
  }

  reject(name: string, got: string | undefined, wanted: string): void {
    const shown = got === undefined ? 'nothing' : JSON.stringify(got);
    this.problems.push(`${name}: got ${shown}, wanted ${wanted}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Turns environment variables into a `Config`.
 *
 * @throws {ConfigError} listing every problem, so that one failed start is enough to mend them all.
 */
export function loadConfig(environment: Environment): Config {
  const read = new EnvironmentReader(environment);
  const drillsEnabled = read.flag('DRILLS_ENABLED');
  const drillToken = read.optional('DRILL_TOKEN');
  if (drillsEnabled && drillToken === undefined) {
    read.reject('DRILL_TOKEN', undefined, 'a secret, because DRILLS_ENABLED is true');
  }
  const catalogUrl = read.httpUrl('CATALOG_URL', 'required');
  const host = read.text('HOST', '0.0.0.0');
  const config = {
    port: read.integer('PORT', 8080, PORT_MAX),
    host,
    bindHost: read.text('BIND_HOST', host),
    catalogTimeoutMs: read.integer('CATALOG_TIMEOUT_MS', 1000, DURATION_MS_MAX),
    serviceName: read.text('SERVICE_NAME', 'checkout'),
    revision: read.text('REVISION', '0'),
    startupMs: read.integer('STARTUP_MS', 0, DURATION_MS_MAX),
    drainMs: read.integer('DRAIN_MS', 5000, DURATION_MS_MAX),
    drillToken: drillsEnabled ? drillToken : undefined,
    fault: read.fault('DRILL_FAULT', drillsEnabled),
    heartbeatMs: read.integer('HEARTBEAT_MS', 60_000, DURATION_MS_MAX),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    metadataUrl: read.httpUrl('ECS_CONTAINER_METADATA_URI_V4', 'optional'),
    fallbackTaskId: read.text('TASK_ID', hostname()),
  };
  if (catalogUrl === undefined || read.problems.length > 0) throw new ConfigError(read.problems);
  return { ...config, catalogUrl };
}
