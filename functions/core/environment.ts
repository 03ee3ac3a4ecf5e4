/**
 * The environment variables of the functions, both ways: what infrastructure sets and what a cold start reads.
 *
 * One file, so that the two cannot differ.
 */
import {
  type AccountLimits,
  accountLimitOverrides,
  DEFAULT_ACCOUNT_LIMITS,
  readAccountLimits,
} from './account-limits.ts';
import { describe } from './errors.ts';
import { Problems } from './problems.ts';

export interface RemediateEnvironment {
  readonly tableName: string;
  readonly inboxUrl: string;
  readonly topicArn: string;
  /** Path of the SSM parameters that list the guarded services. */
  readonly servicesPath: string;
  /** Limits over all services; the defaults when `ACCOUNT_LIMITS` is not set. */
  readonly accountLimits: AccountLimits;
}

/** What holds the incoming webhook's URL. */
export type NotifyEnvironment =
  /** Name or ARN of a Secrets Manager secret. */
  | { readonly slackSecretId: string }
  /** Name of an SSM parameter, a SecureString. */
  | { readonly slackParameterName: string };

type Variables = Readonly<Record<string, string | undefined>>;

type RemediateNames = Omit<RemediateEnvironment, 'accountLimits'>;

const REMEDIATE: Readonly<Record<keyof RemediateNames, string>> = {
  tableName: 'TABLE_NAME',
  inboxUrl: 'INBOX_URL',
  topicArn: 'TOPIC_ARN',
  servicesPath: 'GUARDED_SERVICES_PATH',
};

/** Optional: a JSON object. */
const ACCOUNT_LIMITS = 'ACCOUNT_LIMITS';

const SECRET_ID = 'SLACK_WEBHOOK_SECRET_ID';
const PARAMETER_NAME = 'SLACK_WEBHOOK_PARAMETER_NAME';

/** Metrics namespace, also the one that alarms on the healer itself look at. */
export const METRICS_NAMESPACE = 'EcsSelfHealing';

/** @throws {config.invalid} naming every variable that is missing, and every limit that cannot be. */
export function readRemediateEnvironment(variables: Variables): RemediateEnvironment {
  const problems = new Problems();
  const names = readVariables<RemediateNames>(problems, REMEDIATE, variables);
  const accountLimits = readLimits(problems, variables[ACCOUNT_LIMITS]);
  problems.throwIfAny('environment');
  return { ...names, accountLimits };
}

/** @throws {config.invalid} when the webhook is kept nowhere, or in two places. */
export function readNotifyEnvironment(variables: Variables): NotifyEnvironment {
  const problems = new Problems();
  const secretId = variables[SECRET_ID] ?? '';
  const parameterName = variables[PARAMETER_NAME] ?? '';
  if (secretId === '' && parameterName === '') {
    problems.add(SECRET_ID, undefined, `this or ${PARAMETER_NAME}`);
  }
  if (secretId !== '' && parameterName !== '') {
    problems.add(PARAMETER_NAME, parameterName, `nothing, because ${SECRET_ID} is set`);
  }
  problems.throwIfAny('environment');
  return secretId === '' ? { slackParameterName: parameterName } : { slackSecretId: secretId };
}

export function remediateVariables(environment: RemediateEnvironment): Record<string, string> {
  const limits = JSON.stringify(accountLimitOverrides(environment.accountLimits));
  const own = {
    ...writeVariables<RemediateNames>(REMEDIATE, environment),
    [ACCOUNT_LIMITS]: limits,
  };
  return { ...own, ...powertools('remediate') };
}

export function notifyVariables(environment: NotifyEnvironment): Record<string, string> {
  const kept: Record<string, string> =
    'slackSecretId' in environment
      ? { [SECRET_ID]: environment.slackSecretId }
      : { [PARAMETER_NAME]: environment.slackParameterName };
  return { ...kept, ...powertools('notify') };
}

function readLimits(problems: Problems, text: string | undefined): AccountLimits {
  if (text === undefined || text === '') return DEFAULT_ACCOUNT_LIMITS;
  try {
    return readAccountLimits(problems, JSON.parse(text), ACCOUNT_LIMITS);
  } catch (error) {
    problems.add(ACCOUNT_LIMITS, text, `JSON: ${describe(error)}`);
    return DEFAULT_ACCOUNT_LIMITS;
  }
}

function readVariables<T extends object>(
  problems: Problems,
  names: Readonly<Record<keyof T & string, string>>,
  variables: Variables,
): T {
  const entries = Object.entries<string>(names).map(
    ([key, name]) => [key, problems.string(name, variables[name])] as const,
  );
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
