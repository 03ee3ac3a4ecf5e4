/** A service under care: what it is called in AWS, which alarms speak for it, and the policy it is healed by. */
import { type Policy, readPolicy } from './policy.ts';
import { Problems } from './problems.ts';

/**
 * Names of the JSON fields in the service's log lines, in the order in which they are tried; a dot leads into an
 * object.
 */
export interface LogFields {
  readonly status: readonly string[];
  readonly level: readonly string[];
  readonly duration: readonly string[];
  readonly traceId: readonly string[];
  readonly message: readonly string[];
}

/** A service that this one calls, directly or through others, with the alarms that speak for it. */
export interface Downstream {
  readonly serviceId: string;
  readonly alarmArns: readonly string[];
}

export interface GuardedService {
  /** `<cluster name>/<service name>`: the key of everything we keep about it. */
  readonly id: string;
  readonly name: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  /** Such as `prod`; every message names it. */
  readonly environment: string;
  /** Alarms that open an incident. An incident is over only when all of them are OK. */
  readonly alarmArns: readonly string[];
  /** Empty for a service without a load balancer. */
  readonly targetGroupArns: readonly string[];
  /** Absent when the service has no readable logs: then grey failures cannot be attributed. */
  readonly logGroup?: string;
  readonly logFields: LogFields;
  /** Guarded services behind this one, nearest first; empty when it names none. */
  readonly downstream: readonly Downstream[];
  readonly policy: Policy;
}

/** Of pino and its HTTP plug-in, winston, Powertools for AWS Lambda, Python's structlog and Go's slog. */
export const DEFAULT_LOG_FIELDS: LogFields = {
  status: ['status', 'statusCode', 'status_code', 'res.statusCode', 'http.status_code'],
  level: ['level', 'severity', 'log_level'],
  duration: ['durationMs', 'duration_ms', 'responseTime', 'elapsed_ms', 'latency_ms'],
  traceId: ['traceId', 'trace_id', 'xray_trace_id', 'trace.id', 'dd.trace_id'],
  message: ['msg', 'message', 'event'],
};

const KEYS = [
  'cluster',
  'service',
  'environment',
  'alarms',
  'targetGroups',
  'logGroup',
  'logFields',
  'dependsOn',
  'policy',
];

const CLUSTER_ARN = /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/([A-Za-z0-9_-]{1,255})$/;
const SERVICE_NAME = /^[A-Za-z0-9_-]{1,255}$/;
const ALARM_ARN = /^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$/;
const TARGET_GROUP_ARN = /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/.+$/;

/**
 * Reads the list of guarded services: `[{ cluster: <ARN>, service, environment, alarms: [<ARN>], targetGroups:
 * [<ARN>], logGroup?, logFields?, dependsOn?: [<cluster name>/<service name>], policy? }]`.
 *
 * @throws {config.invalid} naming all problems of all services at once.
 */
export function parseGuardedServices(value: unknown): readonly GuardedService[] {
  const problems = new Problems();
  if (!Array.isArray(value)) problems.add('services', value, 'a list of services');
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const parsed = entries.map((entry, index) => parseOne(problems, entry, `services[${index}]`));
  const services = resolveDownstream(problems, parsed);
  checkUnique(problems, services);
  problems.throwIfAny('list of guarded services');
  return services;
}

interface ParsedService {
  readonly service: Omit<GuardedService, 'downstream'>;
  /** Ids as configuration gives them. */
  readonly dependsOn: readonly string[];
}

function parseOne(problems: Problems, value: unknown, path: string): ParsedService {
  const given = problems.object(path, value, KEYS);
  const clusterArn = problems.string(`${path}.cluster`, given['cluster'], 'an ECS cluster ARN');
  const clusterName = CLUSTER_ARN.exec(clusterArn)?.[1];
  if (clusterArn !== '' && clusterName === undefined) {
    problems.add(`${path}.cluster`, clusterArn, 'an ECS cluster ARN');
  }
  const name = problems.string(`${path}.service`, given['service'], SERVICE_WANTED);
  if (name !== '' && !SERVICE_NAME.test(name)) {
    problems.add(`${path}.service`, name, SERVICE_WANTED);
  }
  const logGroup = given['logGroup'];
  const service = {
    id: `${clusterName ?? ''}/${name}`,
    name,
    clusterName: clusterName ?? '',
    clusterArn,
    environment: problems.string(
      `${path}.environment`,
      given['environment'],
      'a name such as "prod"',
    ),
    alarmArns: arns(problems, `${path}.alarms`, given['alarms'], {
      pattern: ALARM_ARN,
      what: 'alarm ARN',
      least: 1,
    }),
    targetGroupArns: arns(problems, `${path}.targetGroups`, given['targetGroups'] ?? [], {
      pattern: TARGET_GROUP_ARN,
      what: 'target group ARN',
      least: 0,
    }),
    ...(logGroup === undefined ? {} : { logGroup: problems.string(`${path}.logGroup`, logGroup) }),
    logFields: parseLogFields(problems, given['logFields'], `${path}.logFields`),
    policy: readPolicy(problems, given['policy'] ?? {}, `${path}.policy`),
  };
  const dependsOn = problems.strings(
    `${path}.dependsOn`,
    given['dependsOn'] ?? [],
    'ids of guarded services',
    0,
  );
  return { service, dependsOn };
}

const SERVICE_WANTED = 'the name of an ECS service, not its ARN';

function arns(
  problems: Problems,
  path: string,
  value: unknown,
  wanted: { readonly pattern: RegExp; readonly what: string; readonly least: number },
): readonly string[] {
  const found = problems.strings(path, value, `${wanted.what}s`, wanted.least);
  for (const [index, arn] of found.entries()) {
    if (arn !== '' && !wanted.pattern.test(arn)) {
      problems.add(`${path}[${index}]`, arn, wanted.what);
    }
  }
  return found;
}

const FIELD_NAME = /^[A-Za-z0-9_@][A-Za-z0-9_.@-]*$/;

/** Each field is a name or a list of names; what is given replaces the defaults of that field. */
function parseLogFields(problems: Problems, value: unknown, path: string): LogFields {
  const keys = Object.keys(DEFAULT_LOG_FIELDS) as (keyof LogFields)[];
  const given = problems.object(path, value ?? {}, keys);
  const fields = keys.map((key) => {
    const wanted = given[key] ?? DEFAULT_LOG_FIELDS[key];
    const names = typeof wanted === 'string' ? [wanted] : wanted;
    const read = problems.strings(`${path}.${key}`, names, 'JSON field names', 1);
    for (const name of read.filter((candidate) => !FIELD_NAME.test(candidate))) {
      problems.add(`${path}.${key}`, name, 'a JSON field name');
    }
    return [key, read] as const;
  });
  return Object.fromEntries(fields) as unknown as LogFields;
}

/** Turns `dependsOn` into every service behind each one; refuses unknown names and circles. */
function resolveDownstream(
  problems: Problems,
  parsed: readonly ParsedService[],
): readonly GuardedService[] {
  const byId = new Map(parsed.map((entry) => [entry.service.id, entry]));
  for (const [index, { dependsOn }] of parsed.entries()) {
    for (const id of dependsOn.filter((name) => !byId.has(name))) {
      problems.add(`services[${index}].dependsOn`, id, 'the id of a guarded service');
    }
  }
  return parsed.map(({ service }, index) => {
    const behind = reach(service.id, byId);
    if (behind.includes(service.id)) {
      problems.add(`services[${index}].dependsOn`, service.id, 'no circle of dependencies');
    }
    const downstream = behind.flatMap((id) => {
      const found = byId.get(id)?.service;
      return found === undefined ? [] : [{ serviceId: id, alarmArns: found.alarmArns }];
    });
    return { ...service, downstream };
  });
}

/** Everything that can be reached, nearest first; the start itself only through a circle. */
function reach(start: string, byId: ReadonlyMap<string, ParsedService>): readonly string[] {
  const found = new Set<string>();
  const next = [...(byId.get(start)?.dependsOn ?? [])];
  for (let id = next.shift(); id !== undefined; id = next.shift()) {
    if (found.has(id)) continue;
    found.add(id);
    next.push(...(byId.get(id)?.dependsOn ?? []));
  }
  return [...found];
}

function checkUnique(problems: Problems, services: readonly GuardedService[]): void {
  const owners = new Map<string, string>();
  for (const service of services) {
    for (const key of new Set([`service ${service.id}`, ...service.alarmArns])) {
      const owner = owners.get(key);
      if (owner !== undefined) problems.add(key, `${owner} and ${service.id}`, 'one owner');
      owners.set(key, service.id);
    }
  }
}
