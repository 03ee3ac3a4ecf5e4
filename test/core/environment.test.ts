import { describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { readRemediateEnvironment, remediateVariables } from '../../functions/core/environment.ts';
import {
  type Chat,
  notifyVariables,
  readNotifyEnvironment,
} from '../../functions/core/environment-notify.ts';
import { METRICS_NAMESPACE } from '../../functions/core/environment-variables.ts';
import { minutes } from '../../functions/core/time.ts';

const REMEDIATE = {
  tableName: 'healer',
  inboxUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/inbox',
  topicArn: 'arn:aws:sns:eu-west-1:123456789012:incidents',
  servicesPath: '/healer/services',
  accountLimits: { ...DEFAULT_ACCOUNT_LIMITS, budget: 7, stormWindow: minutes(2) },
};
const WEBHOOK: Chat = { kind: 'webhook', url: { in: 'secret', name: 'healer/slack' } };
const BOT: Chat = {
  kind: 'bot',
  token: { in: 'parameter', name: '/healer/slack' },
  channel: 'C0123456789',
  mention: 'S0123456789',
  broadcast: 'always',
};
const { mention: _nobody, ...QUIET_BOT } = BOT;
const CHATS: readonly Chat[] = [
  WEBHOOK,
  { kind: 'webhook', url: { in: 'parameter', name: '/healer/slack' } },
  BOT,
  { ...QUIET_BOT, broadcast: 'never' },
  { kind: 'topic', topicArn: 'arn:aws:sns:eu-west-1:123456789012:chat' },
];
const NOTIFY = {
  chat: WEBHOOK,
  canRespond: false,
  tableName: 'healer',
  servicesPath: '/healer/services',
  environment: 'prod',
};
const WHERE = { TABLE_NAME: 't', GUARDED_SERVICES_PATH: '/s', HEALER_ENVIRONMENT: 'prod' };

describe('the environment', () => {
  test('of remediate reads back as it was written', () => {
    expect(readRemediateEnvironment(remediateVariables(REMEDIATE))).toEqual(REMEDIATE);
  });

  test.each(CHATS)('of notify reads back as it was written: %j', (chat) => {
    for (const more of [{}, { canRespond: true, runbookUrl: 'https://example.com/runbook' }]) {
      const environment = { ...NOTIFY, ...more, chat };

      expect(readNotifyEnvironment(notifyVariables(environment))).toEqual(environment);
    }
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

describe('the limits over all services', () => {
  test.each([undefined, ''])('are the defaults when the variable is %j', (ACCOUNT_LIMITS) => {
    const variables = { ...remediateVariables(REMEDIATE), ACCOUNT_LIMITS };

    expect(readRemediateEnvironment(variables).accountLimits).toEqual(DEFAULT_ACCOUNT_LIMITS);
  });

  test('are refused together with what else is wrong', () => {
    const limits = '{"budget": -1, "stormWindow": 600}';
    const variables = { ...remediateVariables(REMEDIATE), TOPIC_ARN: '', ACCOUNT_LIMITS: limits };

    expect(() => readRemediateEnvironment(variables)).toThrow(
      'environment is invalid: TOPIC_ARN: got "", wanted a non-empty string; ' +
        'ACCOUNT_LIMITS.stormWindow: got "stormWindow", wanted one of budget, stormServices, ' +
        'budgetWindowSeconds, stormWindowSeconds; ' +
        'ACCOUNT_LIMITS.budget: got -1, wanted a number from 0 to 100',
    );
  });

  test.each(['{', 'five', '[]', '5', 'null'])('are refused when they are %s', (ACCOUNT_LIMITS) => {
    const variables = { ...remediateVariables(REMEDIATE), ACCOUNT_LIMITS };

    expect(() => readRemediateEnvironment(variables)).toThrow(
      /environment is invalid: ACCOUNT_LIMITS: got .*, wanted (?:JSON|an object)/,
    );
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
    expect(() => readNotifyEnvironment({})).toThrow(
      'environment is invalid: ' +
        'TABLE_NAME: got nothing, wanted a non-empty string; ' +
        'GUARDED_SERVICES_PATH: got nothing, wanted a non-empty string; ' +
        'HEALER_ENVIRONMENT: got nothing, wanted a non-empty string; ' +
        'chat: got nothing, wanted one of SLACK_WEBHOOK_SECRET_ID, ' +
        'SLACK_WEBHOOK_PARAMETER_NAME, SLACK_TOKEN_SECRET_ID, SLACK_TOKEN_PARAMETER_NAME, ' +
        'CHAT_TOPIC_ARN',
    );
  });

  test('when the webhook is in two places: which one was rotated?', () => {
    const variables = {
      ...WHERE,
      SLACK_WEBHOOK_SECRET_ID: 'a',
      SLACK_WEBHOOK_PARAMETER_NAME: '/b',
    };

    expect(() => readNotifyEnvironment(variables)).toThrow(
      'SLACK_WEBHOOK_PARAMETER_NAME: got "/b", wanted nothing, because SLACK_WEBHOOK_SECRET_ID is set',
    );
  });

  test('naming only the one that is missing', () => {
    const variables = { ...remediateVariables(REMEDIATE), TOPIC_ARN: undefined };

    expect(() => readRemediateEnvironment(variables)).toThrow(
      'environment is invalid: TOPIC_ARN: got nothing, wanted a non-empty string',
    );
  });

  test('when people would be told in two ways', () => {
    const variables = { ...WHERE, SLACK_WEBHOOK_SECRET_ID: 'a', CHAT_TOPIC_ARN: 'arn' };

    expect(() => readNotifyEnvironment(variables)).toThrow(
      /chat: got "SLACK_WEBHOOK, CHAT_TOPIC_ARN", wanted one of/,
    );
  });

  test.each([
    ['SLACK_CHANNEL_ID', '#alerts', 'the id of a channel such as C0123456789'],
    ['SLACK_MENTION', '@oncall', 'the id of a user group such as S0123456789'],
    ['SLACK_BROADCAST', 'loudly', 'one of needs-human, always, never'],
    ['RUNBOOK_URL', 'http://example.com', 'an https URL'],
  ])('when %s of a bot is %s', (name, value, wanted) => {
    const variables = { ...notifyVariables({ ...NOTIFY, chat: BOT }), [name]: value };

    expect(() => readNotifyEnvironment(variables)).toThrow(
      `environment is invalid: ${name}: got "${value}", wanted ${wanted}`,
    );
  });

  test('for an empty variable as for a missing one', () => {
    expect(() => readNotifyEnvironment({ ...WHERE, SLACK_WEBHOOK_SECRET_ID: '' })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});
