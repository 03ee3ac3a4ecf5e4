/** The environment variables of respond, both ways. */
import {
  type Kept,
  keptVariables,
  powertools,
  readKept,
  readVariables,
  type Variables,
  writeVariables,
} from './environment-variables.ts';
import { Problems } from './problems.ts';

export interface RespondEnvironment {
  /** Signs what Slack sends. */
  readonly signingSecret: Kept;
  /** Ids of the people whose clicks count, such as `U0123456789`. */
  readonly users: readonly string[];
  readonly inboxUrl: string;
  readonly tableName: string;
}

interface Names {
  readonly inboxUrl: string;
  readonly tableName: string;
}

const NAMES: Readonly<Record<keyof Names, string>> = {
  inboxUrl: 'INBOX_URL',
  tableName: 'TABLE_NAME',
};

const SIGNING = 'SLACK_SIGNING';
const USERS = 'SLACK_USERS';
export const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

/** @throws {config.invalid} naming every variable that is missing or wrong. */
export function readRespondEnvironment(variables: Variables): RespondEnvironment {
  const problems = new Problems();
  const names = readVariables<Names>(problems, NAMES, variables);
  const signingSecret = readKept(problems, SIGNING, variables);
  if (signingSecret === undefined) {
    problems.add(`${SIGNING}_SECRET_ID`, undefined, `this or ${SIGNING}_PARAMETER_NAME`);
  }
  const users = (variables[USERS] ?? '').split(',').filter((id) => id !== '');
  if (users.length === 0 || !users.every((id) => USER_ID.test(id))) {
    problems.add(USERS, variables[USERS], 'ids of users such as U0123456789, with commas between');
  }
  problems.throwIfAny('environment');
  return { signingSecret: signingSecret as Kept, users, ...names };
}

export function respondVariables(environment: RespondEnvironment): Record<string, string> {
  return {
    ...writeVariables<Names>(NAMES, environment),
    ...keptVariables(SIGNING, environment.signingSecret),
    [USERS]: environment.users.join(','),
    ...powertools('respond'),
  };
}
