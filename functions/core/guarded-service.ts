/** A service under care: what it is called in AWS, which alarms speak for it, and the policy it is healed by. */
import { type Policy, readPolicy } from './policy.ts';
import { Problems } from './problems.ts';

/** Names of the JSON fields in the service's log lines. */
export interface LogFields {
  readonly status: string;
  readonly traceId: string;
  readonly message: string;
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
  readonly policy: Policy;
}

const DEFAULT_LOG_FIELDS: LogFields = { status: 'status', traceId: 'traceId', message: 'msg' };

const KEYS = [
  'cluster',
  'service',
  'environment',
  'alarms',
  'targetGroups',
  'logGroup',
  'logFields',
  'policy',
];

const CLUSTER_ARN = /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/([A-Za-z0-9_-]{1,255})$/;
const SERVICE_NAME = /^[A-Za-z0-9_-]{1,255}$/;
const ALARM_ARN = /^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$/;
const TARGET_GROUP_ARN = /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/.+$/;

/**
 * Reads the list of guarded services: `[{ cluster: <ARN>, service, environment, alarms: [<ARN>], targetGroups:
 * [<ARN>], logGroup?, logFields?, policy? }]`.
 *
 * @throws {config.invalid} naming all problems of all services at once.
 */
export function parseGuardedServices(value: unknown): readonly GuardedService[] {
  const problems = new Problems();
  if (!Array.isArray(value)) problems.add('services', value, 'a list of services');
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const services = entries.map((entry, index) => parseOne(problems, entry, `services[${index}]`));
  checkUnique(problems, services);
  problems.throwIfAny('list of guarded services');
  return services;
}

function parseOne(problems: Problems, value: unknown, path: string): GuardedService {
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
  return {
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

function parseLogFields(problems: Problems, value: unknown, path: string): LogFields {
  const given = problems.object(path, value ?? {}, ['status', 'traceId', 'message']);
  const field = (key: keyof LogFields): string => {
    const name = problems.string(`${path}.${key}`, given[key] ?? DEFAULT_LOG_FIELDS[key]);
    if (!/^[A-Za-z0-9_.@-]*$/.test(name)) problems.add(`${path}.${key}`, name, 'a JSON field name');
    return name;
  };
  return { status: field('status'), traceId: field('traceId'), message: field('message') };
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
