import { describe, expect, test } from 'vitest';
import {
  METRICS_NAMESPACE,
  notifyVariables,
  readNotifyEnvironment,
  readRemediateEnvironment,
  remediateVariables,
} from '../../functions/core/environment.ts';

const REMEDIATE = {
  tableName: 'healer',
  inboxUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/inbox',
  topicArn: 'arn:aws:sns:eu-west-1:123456789012:incidents',
  servicesPath: '/healer/services',
};
const NOTIFY = { slackSecretId: 'healer/slack' };

describe('the environment', () => {
  test('of remediate reads back as it was written', () => {
    expect(readRemediateEnvironment(remediateVariables(REMEDIATE))).toEqual(REMEDIATE);
  });

  test('of notify reads back as it was written', () => {
    expect(readNotifyEnvironment(notifyVariables(NOTIFY))).toEqual(NOTIFY);
  });

  test('reads its own variables only', () => {
    const variables = { ...remediateVariables(REMEDIATE), ...notifyVariables(NOTIFY), HOME: '/x' };

    expect(readRemediateEnvironment(variables)).toEqual(REMEDIATE);
    expect(readNotifyEnvironment(variables)).toEqual(NOTIFY);
  });

  test.each([
    ['remediate', remediateVariables(REMEDIATE)],
    ['notify', notifyVariables(NOTIFY)],
  ])('names %s in its logs and puts its metrics into our namespace', (name, variables) => {
    expect(variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    });
  });
});

describe('a cold start fails', () => {
  test('naming every variable that is missing at once', () => {
    expect(() => readRemediateEnvironment({})).toThrow(
      'environment is invalid: ' +
        'TABLE_NAME: got nothing, wanted a non-empty string; ' +
        'INBOX_URL: got nothing, wanted a non-empty string; ' +
        'TOPIC_ARN: got nothing, wanted a non-empty string; ' +
        'GUARDED_SERVICES_PATH: got nothing, wanted a non-empty string',
    );
    expect(() => readNotifyEnvironment({})).toThrow('SLACK_WEBHOOK_SECRET_ID: got nothing');
  });

  test('naming only the one that is missing', () => {
    const variables = { ...remediateVariables(REMEDIATE), TOPIC_ARN: undefined };

    expect(() => readRemediateEnvironment(variables)).toThrow(
      'environment is invalid: TOPIC_ARN: got nothing, wanted a non-empty string',
    );
  });

  test('for an empty variable as for a missing one', () => {
    expect(() => readNotifyEnvironment({ SLACK_WEBHOOK_SECRET_ID: '' })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});
