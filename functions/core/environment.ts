/**
 * The environment variables of remediate, both ways: what infrastructure sets and what a cold start reads.
 *
 * One file, so that the two cannot differ.
 */
import {
  type AccountLimits,
  accountLimitOverrides,
  DEFAULT_ACCOUNT_LIMITS,
  readAccountLimits,
} from './account-limits.ts';
import {
  powertools,
  readVariables,
  type Variables,
  writeVariables,
} from './environment-variables.ts';
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

type RemediateNames = Omit<RemediateEnvironment, 'accountLimits'>;

const REMEDIATE: Readonly<Record<keyof RemediateNames, string>> = {
  tableName: 'TABLE_NAME',
  inboxUrl: 'INBOX_URL',
  topicArn: 'TOPIC_ARN',
  servicesPath: 'GUARDED_SERVICES_PATH',
};

/** Optional: a JSON object. */
const ACCOUNT_LIMITS = 'ACCOUNT_LIMITS';

/** @throws {config.invalid} naming every variable that is missing, and every limit that cannot be. */
export function readRemediateEnvironment(variables: Variables): RemediateEnvironment {
  const problems = new Problems();
  const names = readVariables<RemediateNames>(problems, REMEDIATE, variables);
  const accountLimits = readLimits(problems, variables[ACCOUNT_LIMITS]);
  problems.throwIfAny('environment');
  return { ...names, accountLimits };
}

export function remediateVariables(environment: RemediateEnvironment): Record<string, string> {
  const limits = JSON.stringify(accountLimitOverrides(environment.accountLimits));
  const own = {
    ...writeVariables<RemediateNames>(REMEDIATE, environment),
    [ACCOUNT_LIMITS]: limits,
  };
  return { ...own, ...powertools('remediate') };
}

function readLimits(problems: Problems, text: string | undefined): AccountLimits {
  if (text === undefined || text === '') return DEFAULT_ACCOUNT_LIMITS;
  try {
    return readAccountLimits(problems, JSON.parse(text), ACCOUNT_LIMITS);
  } catch {
    problems.add(ACCOUNT_LIMITS, text, 'JSON');
    return DEFAULT_ACCOUNT_LIMITS;
  }
}
