/** Where the webhook's URL may be kept, and who may read it there. */
import { SecretValue } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type IStringParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import { Slack } from '../../infra/slack.ts';
import { aHealedSite, aService, aSite, type Site } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const PARAMETER_NAME = '/shop/slack-webhook';

/** The template of a second healer in the site, which reads its webhook from where the test says. */
function templateWith(site: Site, slack: Slack): Template {
  const second = new SelfHealing(site.stack, 'Second', { slack });
  second.guard(aService(site, 'Second service').service);
  site.healing.guard(aService(site, 'First service').service);
  return Template.fromStack(site.stack);
}

interface Statement {
  readonly Sid?: string;
}

function statementsOfNotify(template: Template): readonly Statement[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith('SecondNotify'))
    .flatMap(([, policy]) => policy['Properties'].PolicyDocument.Statement as Statement[]);
}

const toParameter = (name: string): unknown => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':ssm:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:parameter${name}`,
    ],
  ],
});

const VIA_SSM = {
  'Fn::Join': ['', ['ssm.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
};

describe('a webhook in a parameter', () => {
  test('is read by its name, and nothing else is', () => {
    const site = aSite();
    const parameter = StringParameter.fromSecureStringParameterAttributes(site.stack, 'Parameter', {
      parameterName: PARAMETER_NAME,
    });
    const template = templateWith(site, Slack.webhookParameter(parameter));

    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SLACK_WEBHOOK_PARAMETER_NAME: PARAMETER_NAME } },
    });
    const reads = statementsOfNotify(template).filter(({ Sid }) => Sid?.endsWith('Webhook'));
    expect(reads).toEqual([
      {
        Sid: 'ReadWebhook',
        Effect: 'Allow',
        Action: 'ssm:GetParameter',
        Resource: toParameter(PARAMETER_NAME),
      },
    ]);
  });

  test('is opened by the key that it is under', () => {
    const site = aSite();
    const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d';
    const parameter = StringParameter.fromSecureStringParameterAttributes(site.stack, 'Parameter', {
      parameterName: PARAMETER_NAME,
      encryptionKey: Key.fromKeyArn(site.stack, 'Key', keyArn),
    });
    const template = templateWith(site, Slack.webhookParameter(parameter));

    expect(statementsOfNotify(template)).toContainEqual({
      Sid: 'OpenWebhook',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: keyArn,
      Condition: {
        StringEquals: { 'kms:ViaService': VIA_SSM },
      },
    });
  });

  test('is refused when the app makes it: its value stands in the template', () => {
    const { stack } = aSite();
    const stringValue = 'https://hooks.slack.com/services/T0/B0/x';
    const parameter = new StringParameter(stack, 'Made', { stringValue }) as IStringParameter;

    expect(() => Slack.webhookParameter(parameter)).toThrow(
      'Shop/Made is readable by many: got one made by this app, wanted a SecureString; put it',
    );
  });

  test('is refused when it is plain text: its value becomes a parameter of the stack', () => {
    const { stack } = aSite();
    const parameter = StringParameter.fromStringParameterName(stack, 'Plain', PARAMETER_NAME);

    expect(() => Slack.webhookParameter(parameter)).toThrow('got String, wanted a SecureString');
  });

  test.each([['https://hooks.slack.com/services/T0/B0/x'], [SecretValue.unsafePlainText('x')]])(
    'is refused when it is a value itself',
    (value) => {
      expect(() => Slack.webhookParameter(value as never)).toThrow(
        'got a literal value, wanted a parameter; put it into a SecureString',
      );
    },
  );
});

test.each([['hooks.slack.com'], ['hooks.slack-gov.com']])(
  'a secret is refused when %s is written in the app, in a field too',
  (host) => {
    const { stack } = aSite();
    const webhookUrl = SecretValue.unsafePlainText(`https://${host}/services/T0/B0/x`);
    const secret = new Secret(stack, 'Made', { secretObjectValue: { webhookUrl } }) as ISecret;

    expect(() => Slack.webhook(secret)).toThrow('Shop/Made has a literal value; put it into');
  },
);

test('a webhook in a secret under a key is read and opened', () => {
  const site = aSite();
  const secret = Secret.fromSecretAttributes(site.stack, 'Secret', {
    secretCompleteArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf',
    encryptionKey: Key.fromKeyArn(site.stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1'),
  });
  const template = templateWith(site, Slack.webhook(secret));

  const sids = statementsOfNotify(template).map(({ Sid }) => Sid);
  expect(sids).toEqual(expect.arrayContaining(['ReadWebhook', 'OpenWebhook']));
});
