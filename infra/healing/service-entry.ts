/**
 * A guarded service as the configuration spells it, checked at synth by the parser that a cold
 * start uses.
 */
import { createHash } from 'node:crypto';
import { Stack, Token, Tokenization } from 'aws-cdk-lib';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
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

/**
 * Checks all services of one healer: limits, names, alarms that two of them share, circles of
 * dependencies.
 *
 * What CloudFormation will only know later stands in for itself: equal tokens, equal stand-ins.
 *
 * @throws {config.invalid} naming all problems at once.
 */
export function checkServices(services: readonly ListedService[]): void {
  parseGuardedServices(services.map(standIn));
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

/**
 * Characters of a parameter's value: of the free tier, and of the advanced one, which costs some
 * cents a month.
 */
const STANDARD_MAX = 4_096;
const ADVANCED_MAX = 8_192;
/** What an ARN or a name may be long that CloudFormation fills in. */
const TOKEN_LENGTH = 200;

/** Writes the entry below the healer's path. */
export function makeParameter(
  scope: Construct,
  parameterName: string,
  entry: ServiceEntry,
): StringParameter {
  const length = lengthOf(JSON.stringify([entry]));
  if (length > ADVANCED_MAX) {
    throw new Error(
      `${scope.node.path}: its configuration may need ${length} of ${ADVANCED_MAX} characters; ` +
        'put several alarms into a composite alarm',
    );
  }
  return new StringParameter(scope, 'Entry', {
    parameterName,
    description: 'A service that is guarded by self-healing',
    stringValue: Stack.of(scope).toJsonString([entry]),
    tier: length > STANDARD_MAX ? ParameterTier.ADVANCED : ParameterTier.STANDARD,
  });
}

function lengthOf(text: string): number {
  const { tokens } = Tokenization.reverseString(text);
  const known = text.replaceAll(/\$\{Token\[[^\]]*\]\}/g, '').length;
  return known + tokens.length * TOKEN_LENGTH;
}
