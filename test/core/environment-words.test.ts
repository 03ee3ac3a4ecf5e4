/** The names of the variables, whole, and what they may hold: infrastructure sets them, functions read them. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { readRemediateEnvironment, remediateVariables } from '../../functions/core/environment.ts';
import { drillVariables, readDrillEnvironment } from '../../functions/core/environment-drill.ts';
import {
  CHANNEL_ID,
  type Chat,
  GROUP_ID,
  notifyVariables,
  readNotifyEnvironment,
} from '../../functions/core/environment-notify.ts';

const powertools = (service: string) => ({
  POWERTOOLS_SERVICE_NAME: service,
  POWERTOOLS_METRICS_NAMESPACE: 'EcsSelfHealing',
  POWERTOOLS_LOG_LEVEL: 'INFO',
});
const WHERE = {
  TABLE_NAME: 'healer',
  GUARDED_SERVICES_PATH: '/healer/services',
  HEALER_ENVIRONMENT: 'prod',
};
const NOTIFY = {
  chat: { kind: 'webhook', url: { in: 'secret', name: 'healer/slack' } },
  canRespond: false,
  tableName: 'healer',
  servicesPath: '/healer/services',
  environment: 'prod',
} as const;
const BOT = {
  kind: 'bot',
  token: { in: 'parameter', name: '/healer/slack' },
  channel: 'C0123456789',
  broadcast: 'always',
} as const;

describe('the variables of notify', () => {
  test.each<readonly [Chat, Readonly<Record<string, string>>]>([
    [NOTIFY.chat, { SLACK_WEBHOOK_SECRET_ID: 'healer/slack' }],
    [{ kind: 'topic', topicArn: 'arn:chat' }, { CHAT_TOPIC_ARN: 'arn:chat' }],
    [
      BOT,
      {
        SLACK_TOKEN_PARAMETER_NAME: '/healer/slack',
        SLACK_CHANNEL_ID: 'C0123456789',
        SLACK_BROADCAST: 'always',
      },
    ],
    [
      { ...BOT, mention: 'S0123456789' },
      {
        SLACK_TOKEN_PARAMETER_NAME: '/healer/slack',
        SLACK_CHANNEL_ID: 'C0123456789',
        SLACK_BROADCAST: 'always',
        SLACK_MENTION: 'S0123456789',
      },
    ],
  ])('of %j', (chat, variables) => {
    const all = { ...WHERE, ...variables, ...powertools('notify') };

    expect(notifyVariables({ ...NOTIFY, chat })).toStrictEqual(all);
    expect(readNotifyEnvironment(all)).toStrictEqual({ ...NOTIFY, chat });
  });

  test('of what need not be there', () => {
    const more = {
      canRespond: true,
      deadLettersUrl: 'https://sqs/dead',
      runbookUrl: 'https://wiki.example.com/healer',
    };
    const variables = notifyVariables({ ...NOTIFY, ...more });

    expect(variables).toStrictEqual({
      ...WHERE,
      SLACK_WEBHOOK_SECRET_ID: 'healer/slack',
      SLACK_RESPONDS: 'true',
      DEAD_LETTERS_URL: 'https://sqs/dead',
      RUNBOOK_URL: 'https://wiki.example.com/healer',
      ...powertools('notify'),
    });
    expect(readNotifyEnvironment(variables)).toStrictEqual({ ...NOTIFY, ...more });
    expect(readNotifyEnvironment({ ...variables, SLACK_RESPONDS: 'yes' }).canRespond).toBe(false);
  });

  test('of a bot that is told nothing of the channel: it hears what needs a human', () => {
    const { SLACK_BROADCAST: _none, ...variables } = notifyVariables({ ...NOTIFY, chat: BOT });

    expect(readNotifyEnvironment(variables).chat).toEqual({ ...BOT, broadcast: 'needs-human' });
  });

  test('of a bot without a channel', () => {
    const { SLACK_CHANNEL_ID: _none, ...variables } = notifyVariables({ ...NOTIFY, chat: BOT });

    expect(() => readNotifyEnvironment(variables)).toThrow(
      'SLACK_CHANNEL_ID: got nothing, wanted the id of a channel such as C0123456789',
    );
  });

  test('of a bot and a webhook at once', () => {
    const variables = {
      ...notifyVariables({ ...NOTIFY, chat: BOT }),
      SLACK_WEBHOOK_SECRET_ID: 'x',
    };

    expect(() => readNotifyEnvironment(variables)).toThrow(
      'chat: got "SLACK_WEBHOOK, SLACK_TOKEN", wanted one of',
    );
  });

  test.each([
    'see https://example.com',
    'https://example.com/a b',
    'https://example.com/|x',
    'https://example.com/<x>',
    'https://',
  ])('of a runbook at %j', (RUNBOOK_URL) => {
    const variables = { ...notifyVariables(NOTIFY), RUNBOOK_URL };

    expect(() => readNotifyEnvironment(variables)).toThrow('wanted an https URL');
  });

  test.each([
    ['C01', true],
    [`G${'0'.repeat(20)}`, true],
    ['C0', false],
    [`C${'0'.repeat(21)}`, false],
    ['U0123456789', false],
    ['c0123456789', false],
    ['xC0123456789', false],
    ['C0123456789 x', false],
  ])('a channel may be %s: %s', (id, may) => {
    expect(CHANNEL_ID.test(id)).toBe(may);
    expect(GROUP_ID.test(id.replace(/^[CG]/, 'S').replace('xC', 'xS'))).toBe(may);
  });
});

test('the variables of remediate', () => {
  const variables = remediateVariables({
    tableName: 'healer',
    inboxUrl: 'https://sqs/inbox',
    topicArn: 'arn:incidents',
    servicesPath: '/healer/services',
    accountLimits: DEFAULT_ACCOUNT_LIMITS,
  });

  expect(variables).toStrictEqual({
    TABLE_NAME: 'healer',
    INBOX_URL: 'https://sqs/inbox',
    TOPIC_ARN: 'arn:incidents',
    GUARDED_SERVICES_PATH: '/healer/services',
    ACCOUNT_LIMITS:
      '{"budget":5,"budgetWindowSeconds":3600,"stormServices":5,"stormWindowSeconds":600}',
    ...powertools('remediate'),
  });
  expect(readRemediateEnvironment(variables).accountLimits).toEqual(DEFAULT_ACCOUNT_LIMITS);
});

describe('the variables of drill', () => {
  const WIRING = {
    tableName: 'healer',
    topicArn: 'arn:incidents',
    servicesPath: '/healer/services',
    queueUrl: 'https://sqs/drill',
    mayDrillProduction: false,
    faultUrls: {},
  };
  const variables = {
    TABLE_NAME: 'healer',
    TOPIC_ARN: 'arn:incidents',
    GUARDED_SERVICES_PATH: '/healer/services',
    DRILL_QUEUE_URL: 'https://sqs/drill',
    ...powertools('drill'),
  };

  test('of wiring drills only', () => {
    expect(drillVariables(WIRING)).toStrictEqual(variables);
    expect(readDrillEnvironment(variables)).toStrictEqual(WIRING);
  });

  test('of fault drills too', () => {
    const faults = {
      ...WIRING,
      mayDrillProduction: true,
      faultSecret: { in: 'secret', name: 'healer/fault' } as const,
      faultUrls: { 'shop/api': 'https://api.example.com' },
    };
    const all = {
      ...variables,
      DRILL_FAULT_SECRET_ID: 'healer/fault',
      DRILL_FAULT_URLS: '{"shop/api":"https://api.example.com"}',
      DRILL_PRODUCTION: 'allowed',
    };

    expect(drillVariables(faults)).toStrictEqual(all);
    expect(readDrillEnvironment(all)).toStrictEqual(faults);
  });

  test('of a URL that is no text', () => {
    const DRILL_FAULT_URLS = '{"shop/api":["https://x"]}';

    expect(() => readDrillEnvironment({ ...variables, DRILL_FAULT_URLS })).toThrow(
      'DRILL_FAULT_URLS.shop/api: got ["https://x"], wanted an http or https URL',
    );
  });
});
