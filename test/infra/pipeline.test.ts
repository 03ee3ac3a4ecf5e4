import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { DEPLOY, GATES, PUSH, SCAN, WRITE_RELEASE } from '../../infra/delivery/commands.ts';
import { actionsOf, delivered, PIPELINE, propertyOf, statementsOf } from './a-delivery.ts';
import { propertiesOf } from './stacks-template.ts';

interface Action {
  readonly Name: string;
  readonly RoleArn?: unknown;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
  readonly RunOrder: number;
}

interface Stage {
  readonly Name: string;
  readonly Actions: readonly Action[];
}

function stagesOf(template: Template): readonly Stage[] {
  const [made] = Object.values(propertiesOf(template, 'AWS::CodePipeline::Pipeline'));
  return (made?.['Stages'] ?? []) as readonly Stage[];
}

interface Joined {
  readonly 'Fn::Join': readonly [string, readonly unknown[]];
}

interface Spec {
  readonly env: { readonly 'exported-variables'?: readonly string[] };
  readonly phases: { readonly build: { readonly commands: readonly string[] } };
  readonly artifacts?: { readonly files: readonly string[] };
}

/** What CodeBuild runs; references to the stack are their logical ids. */
function specOf(template: Template, start: string): Spec {
  const source = propertyOf(template, 'AWS::CodeBuild::Project', start, 'Source');
  const { BuildSpec: spec } = source as { readonly BuildSpec: string | Joined };
  const parts = typeof spec === 'string' ? [spec] : spec['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : refOf(part))).join('');
  return JSON.parse(text) as Spec;
}

function refOf(part: unknown): string {
  return (part as { readonly Ref?: string }).Ref ?? '';
}

describe('the pipeline', () => {
  const template = delivered();

  test('goes from the source by its gates and the stack to the release', () => {
    const stages = stagesOf(template).map(({ Name, Actions }) => [
      Name,
      Actions.map(({ ActionTypeId: { Provider } }) => Provider),
    ]);

    expect(stages).toEqual([
      ['Source', ['CodeStarSourceConnection']],
      ['Build', ['CodeBuild']],
      ['Deploy', ['CodeBuild']],
      ['Release', ['CodeDeployToECS']],
    ]);
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', { PipelineType: 'V2' });
  });

  test('takes one branch of one repository, by the connection', () => {
    expect(stagesOf(template)[0]?.Actions[0]?.Configuration).toMatchObject({
      ConnectionArn: PIPELINE.connectionArn,
      FullRepositoryId: 'octo/shop',
      BranchName: 'release',
      // The gates need git: an archive has no history.
      OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
    });
    for (const role of ['SourceRole', 'BuildRole', 'DeployRole']) {
      expect(statementsOf(template, `Pipeline${role}`), role).toContainEqual(
        expect.objectContaining({
          Action: 'codeconnections:UseConnection',
          Resource: PIPELINE.connectionArn,
        }),
      );
    }
  });

  test('builds by the gates of the workflows, before the image, which is of the commit', () => {
    const { env, phases, artifacts } = specOf(template, 'PipelineBuild');
    const { commands } = phases.build;
    const gates = [SCAN, 'npm ci', ...GATES];

    const places = gates.map((gate) => commands.indexOf(gate));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(commands.slice(-2)).toEqual([
      expect.stringMatching(
        /^IMAGE=\$\(.*dkr\.ecr.*\/Repository\w+" "\$CODEBUILD_RESOLVED_SOURCE_VERSION"\)$/,
      ),
      'export IMAGE',
    ]);
    expect(commands.at(-2)).toContain(PUSH);
    expect(env['exported-variables']).toEqual(['IMAGE']);
    expect(artifacts?.files).toEqual(['sbom.json', 'sbom-workload.json']);
  });

  test('deploys the app with that image, and with no right to push another', () => {
    const [action] = stagesOf(template)[2]?.Actions ?? [];
    const { commands } = specOf(template, 'PipelineDeploy').phases.build;
    const allowed = actionsOf(statementsOf(template, 'PipelineDeployRole'));

    expect(action?.Configuration['EnvironmentVariables']).toBe(
      '[{"name":"IMAGE","type":"PLAINTEXT","value":"#{Build_Build_NS.IMAGE}"}]',
    );
    expect(commands.slice(-2)).toEqual([DEPLOY, WRITE_RELEASE]);
    expect(allowed.filter((name) => name.startsWith('ecr:'))).toEqual([]);
  });

  test('is root only where Docker builds, which is not where it deploys', () => {
    const privileged = ['PipelineBuild', 'PipelineDeploy'].map((start) =>
      propertyOf(template, 'AWS::CodeBuild::Project', start, 'Environment'),
    );

    expect(privileged).toMatchObject([{ PrivilegedMode: true }, { PrivilegedMode: false }]);
  });

  test('builds with no right to deploy', () => {
    const allowed = actionsOf(statementsOf(template, 'PipelineBuildRole'));

    expect(allowed).not.toContain('sts:AssumeRole');
    expect(allowed.filter((name) => /^(?:ecs|codedeploy|cloudformation):/.test(name))).toEqual([]);
  });

  test('deploys as the roles of the bootstrap in this account and region, and no others', () => {
    const assumes = statementsOf(template, 'PipelineDeployRole').find(
      ({ Action: action }) => action === 'sts:AssumeRole',
    );

    expect(JSON.stringify(assumes?.Resource)).toMatch(
      /:role\/cdk-\*-.*AWS::AccountId.*AWS::Region/,
    );
    expect(assumes?.Condition).toEqual({
      StringEquals: {
        'iam:ResourceTag/aws-cdk:bootstrap-role': ['deploy', 'file-publishing', 'image-publishing'],
      },
    });
  });

  test("releases with the app's own deployment group, and the roles that its tasks have", () => {
    const [action] = stagesOf(template)[3]?.Actions ?? [];
    const statements = statementsOf(template, 'PipelineReleaseRole');
    const passes = statements.find(({ Action: name }) => name === 'iam:PassRole');

    expect(action?.Configuration).toMatchObject({
      ApplicationName: { 'Fn::GetStackOutput': { StackName: 'EcsSelfHealing' } },
      TaskDefinitionTemplateArtifact: 'Release',
      TaskDefinitionTemplatePath: 'checkout/taskdef.json',
      AppSpecTemplatePath: 'checkout/appspec.yaml',
    });
    expect(JSON.stringify(action?.Configuration)).toMatch(/checkoutApp.*checkoutDeployments/);
    expect(JSON.stringify(passes?.Resource)).toMatch(/ExecutionRole.*checkoutTaskRole/);
    expect(passes?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    const everything = statements.filter(({ Resource: resource }) => resource === '*');
    expect(actionsOf(everything)).toEqual(['ecs:RegisterTaskDefinition']);
  });

  test('may take the role of each of its actions', () => {
    const assumed = statementsOf(template, 'PipelineRole').filter(
      ({ Action: action }) => action === 'sts:AssumeRole',
    );
    const actions = stagesOf(template).flatMap(({ Actions }) => Actions);

    for (const { RoleArn } of actions) {
      expect(assumed.flatMap(({ Resource: resource }) => resource)).toContainEqual(RoleArn);
    }
  });

  test('keeps its artifacts encrypted, to itself, and for a month', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('writes each build into a log group that forgets', () => {
    const logs = Object.values(propertiesOf(template, 'AWS::CodeBuild::Project')).map(
      (project) => project['LogsConfig'],
    );

    expect(logs).toHaveLength(2);
    for (const log of logs) expect(log).toMatchObject({ CloudWatchLogs: { Status: 'ENABLED' } });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });
});

describe('the release stage', () => {
  test('starts with the innermost tier', () => {
    const template = delivered({ pipeline: PIPELINE, secondTier: true });

    const actions = stagesOf(template).at(-1)?.Actions ?? [];
    expect(actions.map(({ Name, RunOrder }) => [Name, RunOrder])).toEqual([
      ['catalog', 1],
      ['checkout', 2],
    ]);
  });

  test.each(['rolling', 'blue-green'])(
    'is not there under %s, where CloudFormation itself brings the revision into service',
    (deployment) => {
      const template = delivered({ pipeline: PIPELINE, deployment });

      expect(stagesOf(template).map(({ Name }) => Name)).toEqual(['Source', 'Build', 'Deploy']);
      // CodeBuild fails for artifacts that nobody writes.
      expect(specOf(template, 'PipelineDeploy').artifacts).toBeUndefined();
      expect(specOf(template, 'PipelineDeploy').phases.build.commands.at(-1)).toBe(DEPLOY);
    },
  );
});
