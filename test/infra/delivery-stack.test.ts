import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { GITHUB_SESSION_SECONDS } from '../../infra/delivery/names.ts';
import { actionsOf, delivered, PIPELINE, statementsOf } from './a-delivery.ts';
import { anApp } from './stacks-template.ts';

describe('without a choice of who delivers', () => {
  test('there is the one stack that a plain cdk deploy finds', () => {
    const { app, delivery } = anApp();

    expect(delivery).toBeUndefined();
    expect(app.synth().stacks.map(({ stackName }) => stackName)).toEqual(['EcsSelfHealing']);
  });
});

describe('the app that is delivered', () => {
  test('holds nothing back: it exports nothing, so that a service may go', () => {
    const { stack } = anApp({ pipeline: PIPELINE, githubRepository: 'octo/shop' });

    const outputs = Object.values(Template.fromStack(stack).findOutputs('*'));
    expect(outputs.filter((output) => 'Export' in output)).toEqual([]);
  });
});

describe('the repository for images', () => {
  test.each([{ pipeline: PIPELINE }, { githubRepository: 'octo/shop' }])(
    'takes each tag once, looks for holes, forgets, and outlives its stack, for %j',
    (context) => {
      delivered(context).hasResource('AWS::ECR::Repository', {
        Properties: {
          RepositoryName: Match.absent(),
          ImageTagMutability: 'IMMUTABLE',
          ImageScanningConfiguration: { ScanOnPush: true },
          LifecyclePolicy: { LifecyclePolicyText: Match.stringLikeRegexp('"countNumber":100') },
        },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    },
  );

  test('is told, so that nobody needs to write its name down', () => {
    delivered().hasOutput('RepositoryUri', {});
  });
});

describe('the role for the workflow on GitHub', () => {
  const template = delivered({ githubRepository: 'octo/shop' });
  const statements = statementsOf(template, 'GithubRole');

  test('is for one environment of one repository', () => {
    const issuer = 'token.actions.githubusercontent.com';

    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                [`${issuer}:aud`]: 'sts.amazonaws.com',
                [`${issuer}:sub`]: 'repo:octo/shop:environment:production',
              },
            },
          }),
        ],
      },
      // As long as the workflow asks for.
      MaxSessionDuration: GITHUB_SESSION_SECONDS,
    });
    template.resourceCountIs('AWS::CodePipeline::Pipeline', 0);
  });

  test('allows what the workflow does, and on everything only the login to the registry', () => {
    const everything = statements.filter(({ Resource: resource }) => resource === '*');

    expect(actionsOf(statements)).toEqual(
      expect.arrayContaining([
        'ecr:PutImage',
        'ecr:BatchGetImage',
        'sts:AssumeRole',
        'codedeploy:CreateDeployment',
        'codedeploy:GetDeployment',
        'codedeploy:GetDeploymentConfig',
        'codedeploy:RegisterApplicationRevision',
        'cloudformation:DescribeStacks',
      ]),
    );
    expect(actionsOf(everything)).toEqual(['ecr:GetAuthorizationToken']);
    const describes = statements.find(
      ({ Action: name }) => name === 'cloudformation:DescribeStacks',
    );
    expect(JSON.stringify(describes?.Resource)).toContain(':stack/EcsSelfHealingDelivery/*');
  });

  test('has nothing to do with CodeDeploy where ECS deploys', () => {
    const rolling = delivered({ githubRepository: 'octo/shop', deployment: 'rolling' });

    const allowed = actionsOf(statementsOf(rolling, 'GithubRole'));
    expect(allowed.filter((name) => name.startsWith('codedeploy:'))).toEqual([]);
  });
});
