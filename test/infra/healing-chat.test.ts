/** Ways to be told, and to answer: bot, Amazon Q, buttons, the week, the healer's own alarms. */
import { SecretValue, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, test } from 'vitest';
import { readNotifyEnvironment } from '../../functions/core/environment-notify.ts';
import { readRespondEnvironment } from '../../functions/core/environment-respond.ts';
import { bundle } from '../../infra/bundle.ts';
import { Slack, SlackBroadcast, type SlackButtons } from '../../infra/slack.ts';
import { aHealedSite, aSite } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const CHANNEL = 'C0123456789';

function secretIn(stack: Stack, name: string): ISecret {
  return Secret.fromSecretNameV2(stack, name, `shop/${name}`);
}

/** Of the one function of the name; what only CloudFormation knows reads `known-later`. */
function variablesOf(template: Template, name: string): Readonly<Record<string, string>> {
  const all = Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties.Environment.Variables as Record<string, unknown>,
  );
  const own = all.find(({ POWERTOOLS_SERVICE_NAME: service }) => service === name);
  return Object.fromEntries(
    Object.entries(own ?? {}).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : 'known-later',
    ]),
  );
}

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Condition?: unknown;
}

function statementsOf(template: Template, start: string): readonly Statement[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(start))
    .flatMap(([, policy]) => policy['Properties'].PolicyDocument.Statement as Statement[]);
}

describe('a bot', () => {
  test('knows its channel, whom to call, and when the channel hears of a thread', () => {
    const token = secretIn(new Stack(), 'token');
    const broadcast = SlackBroadcast.ALWAYS;
    const slack = Slack.bot(token, { channel: CHANNEL, mention: 'S0123456789', broadcast });
    const runbookUrl = 'https://runbooks.example.com/healing';
    const { template } = aHealedSite({ slack, runbookUrl });

    expect(readNotifyEnvironment(variablesOf(template, 'notify'))).toMatchObject({
      chat: {
        kind: 'bot',
        token: { in: 'secret', name: 'shop/token' },
        channel: CHANNEL,
        mention: 'S0123456789',
        broadcast: 'always',
      },
      canRespond: false,
      runbookUrl,
    });
  });

  test('keeps threads and writes no lock', () => {
    const slack = Slack.bot(secretIn(new Stack(), 'token'), { channel: CHANNEL });
    const statements = statementsOf(aHealedSite({ slack }).template, 'HealingNotify');

    const writing = statements.filter(({ Action }) =>
      [Action].flat().some((action) => /dynamodb:(Put|Update|Delete|Batch)/.test(action)),
    );
    expect(writing).toMatchObject([
      {
        Sid: 'KeepThreads',
        Action: 'dynamodb:UpdateItem',
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['INCIDENT#*'] } },
      },
    ]);
  });

  test.each([
    [{ channel: '#shop' }, "Slack.bot: channel: got '#shop', wanted the id of a channel"],
    [
      { channel: CHANNEL, mention: '@ops' },
      "Slack.bot: mention: got '@ops', wanted the id of a user",
    ],
  ])('is refused with %j', (options, message) => {
    expect(() => Slack.bot(secretIn(new Stack(), 'token'), options)).toThrow(message);
  });

  test('is refused with a token that stands in the app', () => {
    const stack = new Stack();
    const secretStringValue = SecretValue.unsafePlainText('xoxb-1-2-x');
    const made = new Secret(stack, 'Made', { secretStringValue }) as ISecret;
    const plain = StringParameter.fromStringParameterName(stack, 'Plain', '/shop/token');
    const options = { channel: CHANNEL };

    expect(() => Slack.bot(made, options)).toThrow(
      'Slack.bot: the secret Default/Made has a literal',
    );
    expect(() => Slack.bot('xoxb-1' as never, options)).toThrow(
      'got a literal value, wanted a secret',
    );
    expect(() => Slack.botParameter(plain, options)).toThrow('got String, wanted a SecureString');
  });
});

describe('Amazon Q', () => {
  test('has a topic of its own, under the same key, and no secret', () => {
    const { site, template } = aHealedSite({ slack: Slack.amazonQ() });

    template.resourceCountIs('AWS::SNS::Topic', 2);
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    expect(site.healing.chatTopic?.node.id).toBe('Chat');
    expect(readNotifyEnvironment(variablesOf(template, 'notify')).chat.kind).toBe('topic');
    const actions = statementsOf(template, 'HealingNotify').flatMap(({ Action }) => Action);
    expect(actions).toContain('sns:Publish');
    expect(actions.join()).not.toMatch(/secretsmanager|ssm:GetParameter(,|$)/);
  });

  test('has no buttons of ours', () => {
    const stack = new Stack();
    const buttons = { signingSecret: secretIn(stack, 'signing'), users: ['U0123456789'] };

    expect(() => aSite({ slack: Slack.amazonQ(), buttons })).toThrow(
      'buttons: got some with Slack.amazonQ(), wanted none',
    );
  });
});

describe('buttons', () => {
  const buttonsWith = (more: Partial<SlackButtons> = {}): SlackButtons => ({
    signingSecret: secretIn(new Stack(), 'signing'),
    users: ['U0123456789', 'W9876543210'],
    ...more,
  });

  test('are answered at an address that is open, by a function that a flood cannot multiply', () => {
    const { site, template } = aHealedSite({ buttons: buttonsWith() });

    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('clicks'),
      ReservedConcurrentExecutions: 2,
    });
    expect(site.healing.respondUrl).toBeDefined();
    expect(readNotifyEnvironment(variablesOf(template, 'notify')).canRespond).toBe(true);
    expect(readRespondEnvironment(variablesOf(template, 'respond'))).toEqual({
      signingSecret: { in: 'secret', name: 'shop/signing' },
      users: ['U0123456789', 'W9876543210'],
      inboxUrl: 'known-later',
      tableName: 'known-later',
    });
  });

  test('write who clicked and nothing else, and ask by the inbox alone', () => {
    const statements = statementsOf(
      aHealedSite({ buttons: buttonsWith() }).template,
      'HealingRespond',
    );

    const sids = statements.flatMap(({ Sid }) => Sid ?? []);
    expect(sids).toEqual(['WriteOwnLog', 'ReadSigningSecret', 'RecordClicks', 'AskRemediate']);
    expect(statements.find(({ Sid }) => Sid === 'RecordClicks')).toMatchObject({
      Action: 'dynamodb:PutItem',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CLICK#*'] } },
    });
  });

  test('are not there unless they are set up', () => {
    const { site, template } = aHealedSite();

    template.resourceCountIs('AWS::Lambda::Url', 0);
    expect(site.healing.respond).toBeUndefined();
    expect(readNotifyEnvironment(variablesOf(template, 'notify')).canRespond).toBe(false);
  });

  test.each<[Partial<SlackButtons>, string]>([
    [{ users: [] }, "buttons.users: got none, wanted ids of users such as 'U0123456789'"],
    [{ users: ['ana'] }, "buttons.users: got 'ana', wanted ids of users"],
    [{ concurrency: 0 }, 'buttons.concurrency: got 0, wanted a whole number from 1'],
    [
      { signingSecret: 'x' as never },
      'buttons.signingSecret: got a literal value, wanted a secret',
    ],
  ])('are refused with %j', (more, message) => {
    expect(() => aSite({ buttons: buttonsWith(more) })).toThrow(message);
  });

  test('are refused with a signing secret that stands in the app', () => {
    const secretStringValue = SecretValue.unsafePlainText('0123456789abcdef'.repeat(2));
    const signingSecret = new Secret(new Stack(), 'Made', { secretStringValue }) as ISecret;

    expect(() => aSite({ buttons: buttonsWith({ signingSecret }) })).toThrow('has a literal value');
  });
});

describe('the week', () => {
  test('is told on Mondays, and kept when it could not be asked for', () => {
    aHealedSite().template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'cron(0 8 ? * MON *)',
      Targets: [
        Match.objectLike({
          Input: '{"kind":"digest"}',
          DeadLetterConfig: { Arn: Match.anyValue() },
        }),
      ],
    });
  });

  test('is not told, nor read, where it is not wanted', () => {
    const { template } = aHealedSite({ digest: false });

    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      { ScheduleExpression: Match.stringLikeRegexp('^cron') },
      0,
    );
    const statements = statementsOf(template, 'HealingNotify');
    expect(JSON.stringify(statements)).not.toContain('SERVICE#');
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions).not.toContain('ssm:GetParametersByPath');
  });
});

test('the alarms on the healer itself are told, but not by whom they are about', () => {
  const { template } = aHealedSite();
  const rules = Object.entries(template.findResources('AWS::Events::Rule'));
  const own = rules.filter(([id]) => id.startsWith('HealingOwnAlarms'));
  const told = JSON.stringify(own.map(([, { Properties }]) => Properties.EventPattern.resources));

  expect(told).toContain('HealingNoAccess');
  expect(told).toContain('HealingRemediateErrors');
  expect(told).not.toMatch(/HealingNotTold|HealingNotify/);
});
