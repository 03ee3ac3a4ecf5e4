/** Variables of a function, both ways, and what all functions have in common. */
import type { Problems } from './problems.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Metrics namespace, also the one that alarms on the healer itself look at. */
export const METRICS_NAMESPACE = 'EcsSelfHealing';

/** What holds a secret; its value is in no variable. */
export interface Kept {
  /** Secrets Manager, or SSM's Parameter Store as a SecureString. */
  readonly in: 'secret' | 'parameter';
  /** Name, or ARN of a secret. */
  readonly name: string;
}

const SUFFIX = { secret: 'SECRET_ID', parameter: 'PARAMETER_NAME' } as const;

/** @returns nothing when neither of the two variables is set; both is a problem. */
export function readKept(
  problems: Problems,
  prefix: string,
  variables: Variables,
): Kept | undefined {
  const secret = variables[`${prefix}_${SUFFIX.secret}`] ?? '';
  const parameter = variables[`${prefix}_${SUFFIX.parameter}`] ?? '';
  if (secret !== '' && parameter !== '') {
    const wanted = `nothing, because ${prefix}_${SUFFIX.secret} is set`;
    problems.add(`${prefix}_${SUFFIX.parameter}`, parameter, wanted);
  }
  if (secret !== '') return { in: 'secret', name: secret };
  return parameter === '' ? undefined : { in: 'parameter', name: parameter };
}

export function keptVariables(prefix: string, kept: Kept | undefined): Record<string, string> {
  return kept === undefined ? {} : { [`${prefix}_${SUFFIX[kept.in]}`]: kept.name };
}

/** Reads texts that must be there. */
export function readVariables<T extends object>(
  problems: Problems,
  names: Readonly<Record<keyof T & string, string>>,
  variables: Variables,
): T {
  const entries = Object.entries<string>(names).map(
    ([key, name]) => [key, problems.string(name, variables[name])] as const,
  );
  return Object.fromEntries(entries) as unknown as T;
}

export function writeVariables<T extends object>(
  names: Readonly<Record<keyof T & string, string>>,
  environment: T,
): Record<string, string> {
  const given = environment as Record<string, string>;
  return Object.fromEntries(
    Object.entries<string>(names).map(([key, name]) => [name, given[key] ?? '']),
  );
}

export function powertools(service: string): Record<string, string> {
  return {
    POWERTOOLS_SERVICE_NAME: service,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}
