/**
 * A guarded service as the configuration spells it, checked at synth by the parser that a cold
 * start uses.
 */
import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';
import { parseGuardedServices } from '../../functions/core/guarded-service.ts';
import type { PolicyOverrides } from '../../functions/core/policy.ts';

/** Names of the JSON fields in the service's log lines; a dot leads into an object. */
export interface LogFieldNames {
  /**
   * HTTP status.
   *
   * @default - the names that pino, winston, Powertools, structlog and slog use
   */
  readonly status?: string[];
  /**
   * Level of the line.
   *
   * @default - as of status
   */
  readonly level?: string[];
  /**
   * Duration of the request, in milliseconds.
   *
   * @default - as of status
   */
  readonly duration?: string[];
  /**
   * Id of the trace.
   *
   * @default - as of status
   */
  readonly traceId?: string[];
  /**
   * The text.
   *
   * @default - as of status
   */
  readonly message?: string[];
}

export interface ServiceEntry {
  readonly cluster: string;
  readonly service: string;
  readonly environment: string;
  readonly alarms: readonly string[];
  readonly targetGroups: readonly string[];
  readonly logGroup?: string;
  readonly logFields?: LogFieldNames;
  readonly dependsOn?: readonly string[];
  readonly policy: PolicyOverrides;
}

/** An entry, and the name of its cluster, which its ARN may hide in a token. */
export interface ListedService {
  readonly clusterName: string;
  readonly entry: ServiceEntry;
}

/** All services of one healer. */
export class ServiceList {
  readonly #byId = new Map<string, ServiceEntry>();
  readonly #byAlarm = new Map<string, ServiceEntry>();

  /**
   * Checks a service against those before it: limits, names, alarms that two of them share, unknown
   * dependencies.
   *
   * What CloudFormation will only know later stands in for itself: equal tokens, equal stand-ins.
   * Only those that it has to do with are read again: all of them for each of 500 takes seconds.
   *
   * @throws {config.invalid} naming all problems at once.
   */
  add(listed: ListedService): void {
    const entry = standIn(listed);
    const id = `${name(listed.clusterName)}/${entry.service}`;
    const owners = [this.#byId.get(id), ...entry.alarms.map((alarm) => this.#byAlarm.get(alarm))];
    const before = this.#withDependencies([...owners, ...this.#behind(entry)]);
    parseGuardedServices([...before, entry]);
    this.#byId.set(id, entry);
    for (const alarm of entry.alarms) this.#byAlarm.set(alarm, entry);
  }

  #behind({ dependsOn = [] }: ServiceEntry): readonly (ServiceEntry | undefined)[] {
    return dependsOn.map((id) => this.#byId.get(id));
  }

  #withDependencies(start: readonly (ServiceEntry | undefined)[]): ReadonlySet<ServiceEntry> {
    const found = new Set<ServiceEntry>();
    const next = [...start];
    for (let index = 0; index < next.length; index += 1) {
      const entry = next[index];
      if (entry === undefined || found.has(entry)) continue;
      found.add(entry);
      next.push(...this.#behind(entry));
    }
    return found;
  }
}

function standIn({ clusterName, entry }: ListedService): ServiceEntry {
  const arn = (service: string, resource: string) => (value: string) =>
    Token.isUnresolved(value)
      ? `arn:aws:${service}:region:000000000000:${resource}${name(value)}`
      : value;
  return {
    ...entry,
    cluster: `arn:aws:ecs:region:000000000000:cluster/${name(clusterName)}`,
    service: name(entry.service),
    alarms: entry.alarms.map(arn('cloudwatch', 'alarm:')),
    targetGroups: entry.targetGroups.map(arn('elasticloadbalancing', 'targetgroup/')),
    ...(entry.dependsOn === undefined
      ? {}
      : { dependsOn: entry.dependsOn.map((id) => id.split('/').map(name).join('/')) }),
  };
}

function name(value: string): string {
  if (!Token.isUnresolved(value)) return value;
  return `known-later-${createHash('sha256').update(value).digest('hex').slice(0, 12)}`;
}
