/**
 * The environment variables of the functions, both ways: what infrastructure sets and what a cold start reads.
 *
 * One file, so that the two cannot differ.
 */
import { Problems } from './problems.ts';

export interface RemediateEnvironment {
  readonly tableName: string;
  readonly inboxUrl: string;
  readonly topicArn: string;
  /** Path of the SSM parameters that list the guarded services. */
  readonly servicesPath: string;
}

export interface NotifyEnvironment {
  /** Name or ARN of the Secrets Manager secret that holds the incoming webhook's URL. */
  readonly slackSecretId: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

const REMEDIATE: Readonly<Record<keyof RemediateEnvironment, string>> = {
  tableName: 'TABLE_NAME',
  inboxUrl: 'INBOX_URL',
  topicArn: 'TOPIC_ARN',
  servicesPath: 'GUARDED_SERVICES_PATH',
};

const NOTIFY: Readonly<Record<keyof NotifyEnvironment, string>> = {
  slackSecretId: 'SLACK_WEBHOOK_SECRET_ID',
};

/** Metrics namespace, also the one that alarms on the healer itself look at. */
export const METRICS_NAMESPACE = 'EcsSelfHealing';

/** @throws {config.invalid} naming every variable that is missing. */
export function readRemediateEnvironment(variables: Variables): RemediateEnvironment {
  return readVariables(REMEDIATE, variables);
}

/** @throws {config.invalid} naming every variable that is missing. */
export function readNotifyEnvironment(variables: Variables): NotifyEnvironment {
  return readVariables(NOTIFY, variables);
}

export function remediateVariables(environment: RemediateEnvironment): Record<string, string> {
  return { ...writeVariables(REMEDIATE, environment), ...powertools('remediate') };
}

export function notifyVariables(environment: NotifyEnvironment): Record<string, string> {
  return { ...writeVariables(NOTIFY, environment), ...powertools('notify') };
}

function readVariables<T extends object>(
  names: Readonly<Record<keyof T & string, string>>,
  variables: Variables,
): T {
  const problems = new Problems();
  const entries = Object.entries<string>(names).map(
    ([key, name]) => [key, problems.string(name, variables[name])] as const,
  );
  problems.throwIfAny('environment');
  return Object.fromEntries(entries) as unknown as T;
}

function writeVariables<T extends object>(
  names: Readonly<Record<keyof T & string, string>>,
  environment: T,
): Record<string, string> {
  const given = environment as Record<string, string>;
  return Object.fromEntries(
    Object.entries<string>(names).map(([key, name]) => [name, given[key] ?? '']),
  );
}

function powertools(service: string): Record<string, string> {
  return {
    POWERTOOLS_SERVICE_NAME: service,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}
