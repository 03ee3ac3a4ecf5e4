/** cdk-nag finds nothing in the construct that is not explained. */
import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
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

  test('would show a wildcard that is new', () => {
    const site = aSite();
    site.healing.guard(aService(site).service);
    const statement = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::planted/*'] };
    site.healing.remediate.role.addToPolicy(new PolicyStatement(statement));

    expect(findingsOf(site).join()).toContain('planted/*');
  });
});
