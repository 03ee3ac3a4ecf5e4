import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { PIPELINE } from './a-delivery.ts';
import { anApp } from './stacks-template.ts';

interface Violation {
  readonly ruleName: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

/** Everything that cdk-nag and CDK's own look at the resource schemas have to say. */
function findingsOf(
  context: Record<string, unknown>,
  plant: (made: ReturnType<typeof anApp>) => void = () => undefined,
): readonly string[] {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), 'synth-'));
  const made = anApp(context, folder.path);
  const { app } = made;
  plant(made);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationFailed')) throw error;
  }
  const report = readFileSync(path.join(folder.path, 'validation-report.json'), 'utf8');
  const { pluginReports } = JSON.parse(report) as {
    readonly pluginReports: readonly { readonly violations?: readonly Violation[] }[];
  };
  return pluginReports
    .flatMap(({ violations }) => violations ?? [])
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName}: ${constructPath}`),
    );
}

// The packs take seconds to load where the machine is busy.
describe('the template', { timeout: 60_000 }, () => {
  test.each([
    {},
    { deployment: 'rolling', egress: 'endpoints', secondTier: true },
    { deployment: 'blue-green' },
    { desiredCount: 0, image: 'asset' },
    { certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0', secondTier: true },
    { pipeline: PIPELINE, githubRepository: 'octo/shop' },
    { pipeline: PIPELINE, deployment: 'rolling' },
    {
      slackChannel: 'C0123456789',
      slackUsers: 'U0123456789',
      drills: 'faults',
      environment: 'staging',
    },
  ])('of %j leaves no finding unexplained', (context) => {
    expect(findingsOf(context)).toEqual([]);
  });

  test('would show one that is new', () => {
    const findings = findingsOf({}, ({ stack }) => {
      new CfnSecurityGroup(stack, 'Planted', {
        groupDescription: 'planted',
        securityGroupIngress: [{ cidrIp: '0.0.0.0/0', ipProtocol: '-1' }],
      });
    });

    expect(findings).toContain('AwsSolutions-EC23: EcsSelfHealing/Planted');
  });
});
