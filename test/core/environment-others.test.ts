/** The environment variables of the functions that answer clicks and run drills. */
import { describe, expect, test } from 'vitest';
import {
  drillVariables,
  looksLikeProduction,
  readDrillEnvironment,
} from '../../functions/core/environment-drill.ts';
import {
  readRespondEnvironment,
  respondVariables,
} from '../../functions/core/environment-respond.ts';
import { METRICS_NAMESPACE } from '../../functions/core/environment-variables.ts';

const RESPOND = {
  inboxUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/inbox',
  tableName: 'healer',
  signingSecret: { in: 'secret', name: 'healer/signing' },
  users: ['U0123456789', 'W9'.padEnd(21, '0')],
} as const;
const DRILL = {
  tableName: 'healer',
  topicArn: 'arn:aws:sns:eu-west-1:123456789012:incidents',
  servicesPath: '/healer/services',
  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/drill',
  mayDrillProduction: true,
  faultSecret: { in: 'parameter', name: '/healer/fault' },
  faultUrls: { 'shop/api': 'https://api.example.com', 'shop/web': 'http://web.example.com' },
} as const;

/** What is wrong with variables, in one text. */
function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

describe('the environment of respond', () => {
  const variables = respondVariables(RESPOND);

  test('is written under these names, and reads back', () => {
    expect(variables).toEqual({
      INBOX_URL: RESPOND.inboxUrl,
      TABLE_NAME: 'healer',
      SLACK_SIGNING_SECRET_ID: 'healer/signing',
      SLACK_USERS: RESPOND.users.join(','),
      POWERTOOLS_SERVICE_NAME: 'respond',
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      POWERTOOLS_LOG_LEVEL: 'INFO',
    });
    expect(readRespondEnvironment(variables)).toEqual(RESPOND);
    expect(readRespondEnvironment({ ...variables, SLACK_USERS: ',U0123456789,' }).users).toEqual([
      'U0123456789',
    ]);
  });

  test.each([undefined, '', ',', 'U0123456789,ana', 'U1', 'xU0123456789', `U${'0'.repeat(21)}`])(
    'is refused with users %j',
    (SLACK_USERS) => {
      expect(problemOf(() => readRespondEnvironment({ ...variables, SLACK_USERS }))).toContain(
        'ids of users such as U0123456789, with commas between',
      );
    },
  );

  test('is refused without a secret', () => {
    const { SLACK_SIGNING_SECRET_ID: _none, ...others } = variables;

    expect(problemOf(() => readRespondEnvironment(others))).toBe(
      'environment is invalid: SLACK_SIGNING_SECRET_ID: got nothing, wanted this or SLACK_SIGNING_PARAMETER_NAME',
    );
    expect(problemOf(() => readRespondEnvironment({ ...others, TABLE_NAME: '' }))).toBe(
      'environment is invalid: TABLE_NAME: got "", wanted a non-empty string; ' +
        'SLACK_SIGNING_SECRET_ID: got nothing, wanted this or SLACK_SIGNING_PARAMETER_NAME',
    );
  });
});

describe('the environment of drill', () => {
  const variables = drillVariables(DRILL);

  test('is written under these names, and reads back', () => {
    expect(variables).toEqual({
      TABLE_NAME: 'healer',
      TOPIC_ARN: DRILL.topicArn,
      GUARDED_SERVICES_PATH: '/healer/services',
      DRILL_QUEUE_URL: DRILL.queueUrl,
      DRILL_FAULT_PARAMETER_NAME: '/healer/fault',
      DRILL_FAULT_URLS: JSON.stringify(DRILL.faultUrls),
      DRILL_PRODUCTION: 'allowed',
      POWERTOOLS_SERVICE_NAME: 'drill',
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      POWERTOOLS_LOG_LEVEL: 'INFO',
    });
    expect(readDrillEnvironment(variables)).toEqual(DRILL);
  });

  test('needs neither faults nor production', () => {
    const { faultSecret: _none, ...wiring } = {
      ...DRILL,
      mayDrillProduction: false,
      faultUrls: {},
    };

    expect(drillVariables(wiring)).not.toHaveProperty('DRILL_FAULT_URLS');
    expect(drillVariables(wiring)).not.toHaveProperty('DRILL_PRODUCTION');
    expect(readDrillEnvironment(drillVariables(wiring))).toEqual(wiring);
    expect(readDrillEnvironment({ ...variables, DRILL_PRODUCTION: 'yes' }).mayDrillProduction).toBe(
      false,
    );
  });

  test.each([
    [
      '{"shop/api":"ftp://x"}',
      'environment is invalid: DRILL_FAULT_URLS.shop/api: got "ftp://x", wanted an http or https URL',
    ],
    [
      '{"shop/api":7}',
      'environment is invalid: DRILL_FAULT_URLS.shop/api: got 7, wanted an http or https URL',
    ],
    [
      '{"shop/api":"see https://x"}',
      'environment is invalid: DRILL_FAULT_URLS.shop/api: got "see https://x", wanted an http or https URL',
    ],
    ['[]', 'environment is invalid: DRILL_FAULT_URLS: got [], wanted an object'],
    ['null', 'environment is invalid: DRILL_FAULT_URLS: got null, wanted an object'],
    ['{', 'environment is invalid: DRILL_FAULT_URLS: got "{", wanted JSON'],
  ])('is refused with URLs %j', (DRILL_FAULT_URLS, why) => {
    expect(problemOf(() => readDrillEnvironment({ ...variables, DRILL_FAULT_URLS }))).toBe(why);
  });

  test.each([
    ['prod', true],
    ['Production-eu', true],
    ['prd1', true],
    ['live', true],
    ['staging', false],
  ])('calls %s production: %s', (environment, wanted) => {
    expect(looksLikeProduction(environment)).toBe(wanted);
  });
});
