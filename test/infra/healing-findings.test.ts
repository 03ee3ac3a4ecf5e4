/** cdk-nag finds nothing in the construct that is not explained. */
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import { Slack } from '../../infra/slack.ts';
import { aHealedSite, aService, aSite, aWholeSite, type Site } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

/**
 * What cdk-nag says about the resources of the healer, those of the small app around it left out.
 */
function findingsOf({ app }: Site): readonly string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationFailed')) throw error;
    const [...blocks] = error.message.split('\n\n');
    return blocks.filter((block) => block.includes('/Healing/'));
  }
}

describe('the findings in the healer', () => {
  test('are none', () => {
    const site = aSite();
    site.healing.guard(aService(site).service);

    expect(findingsOf(site)).toEqual([]);
  });

  test('are none in a stack of its own', () => {
    const site = aSite();
    const care = new Stack(site.app, 'Care');
    const secret = Secret.fromSecretNameV2(care, 'Hook', 'shop/slack-webhook');
    const healing = new SelfHealing(care, 'Healing', { slack: Slack.webhook(secret) });
    healing.guard(aService(site).service);
    site.healing.guard(aService(site, 'Second').service);

    expect(findingsOf(site)).toEqual([]);
  });

  test('are none where its rights are given by names', () => {
    const permissions = HealingPermissions.clusters(['Shop-*', 'billing'], {
      logGroups: ['Shop-*', '/ecs/billing'],
    });
    const site = aSite({ permissions });
    site.healing.guard(aService(site).service);

    expect(findingsOf(site)).toEqual([]);
  });

  test('are none with all that an app may choose', () => {
    const site = aSite({ dashboard: true, drillWithin: Duration.days(7) });
    const parameter = StringParameter.fromSecureStringParameterAttributes(site.stack, 'Parameter', {
      parameterName: '/shop/slack-webhook',
    });
    const network = new Construct(site.stack, 'Network');
    const healing = new SelfHealing(new Construct(site.stack, 'Other'), 'Healing', {
      slack: Slack.webhookParameter(parameter),
      vpc: new Vpc(network, 'Vpc') as IVpc,
      encryptionKey: new Key(network, 'Key', { enableKeyRotation: true }) as IKey,
    });
    site.healing.guard(aService(site).service);
    healing.guard(aService(site, 'Second').service);

    expect(findingsOf(site)).toEqual([]);
  });

  test('are none with a bot, buttons and drills', () => {
    const site = aWholeSite();
    site.healing.guard(site.service, { faultUrl: 'https://shop.example.com' });

    expect(findingsOf(site)).toEqual([]);
  });

  test('are none with Amazon Q, and drills by the names of alarms', () => {
    const permissions = HealingPermissions.clusters(['Shop-*'], {
      logGroups: ['Shop-*'],
      alarms: ['Shop-*'],
    });
    const site = aSite({ slack: Slack.amazonQ(), drills: {}, permissions });
    site.healing.guard(aService(site).service);

    expect(findingsOf(site)).toEqual([]);
  });

  test('would show a wildcard that is new', () => {
    const site = aSite();
    site.healing.guard(aService(site).service);
    const statement = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::planted/*'] };
    site.healing.remediate.role.addToPolicy(new PolicyStatement(statement));

    expect(findingsOf(site).join()).toContain('planted/*');
  });
});
