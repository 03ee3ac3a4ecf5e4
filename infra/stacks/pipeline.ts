/** Source, gates, image, stack, release: each stage starts when the one before it has succeeded. */
import { type CfnElement, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type BuildSpec,
  ComputeType,
  LinuxBuildImage,
  PipelineProject,
} from 'aws-cdk-lib/aws-codebuild';
import { Artifact, Pipeline as CodePipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeBuildAction,
  CodeDeployEcsDeployAction,
  CodeStarConnectionsSourceAction,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { ArnPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { APP_SPEC_FILE, outputName, TASK_DEFINITION_FILE } from '../delivery/names.ts';
import {
  grantCdkDeploy,
  grantDescribe,
  grantPush,
  grantRegister,
  grantRelease,
} from './delivery-grants.ts';
import type { PipelineSettings } from './delivery-settings.ts';
import { accept, acceptWildcards } from './findings.ts';
import type { GuardedStack } from './guarded-stack.ts';
import { makeLogGroup } from './log-group.ts';
import { buildSpec, deploySpec } from './pipeline-specs.ts';
import type { WebService } from './web-service.ts';

const ARTIFACTS_KEPT = Duration.days(30);
const ARTIFACT_ACTIONS = [
  ...['Abort', 'DeleteObject', 'GetBucket', 'GetObject', 'List'].map((name) => `s3:${name}*`),
  ...['GenerateDataKey', 'ReEncrypt'].map((name) => `kms:${name}*`),
].map((action) => `Action::${action}`);

interface PipelineProps {
  readonly pipeline: PipelineSettings;
  readonly repository: Repository;
  readonly app: GuardedStack;
  readonly logRetention: RetentionDays;
}

interface ProjectProps {
  readonly description: string;
  readonly buildSpec: BuildSpec;
  readonly timeout: Duration;
  /** Docker must be root on its machine, which lives for one build. */
  readonly docker: boolean;
}

export class Pipeline extends Construct {
  readonly pipeline: CodePipeline;
  readonly key: Key;
  readonly artifacts: Bucket;
  readonly #props: PipelineProps;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    this.#props = props;
    this.key = new Key(this, 'Key', {
      description: 'Artifacts of the pipeline',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.artifacts = this.#makeBucket();
    this.pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      artifactBucket: this.artifacts as IBucket,
      // Deploying this stack is no change of the app.
      restartExecutionOnUpdate: false,
    });
    const source = this.#addSource();
    const build = this.#addBuild(source);
    const groups = props.app.services.filter(
      ({ deploymentGroup }) => deploymentGroup !== undefined,
    );
    // Where CloudFormation brings revisions into service there is nothing left to release.
    const release = groups.length > 0 ? new Artifact('Release') : undefined;
    this.#addDeploy(source, build, release);
    if (release !== undefined) this.#addRelease(release, groups);
    this.#explain();
  }

  #makeBucket(): Bucket {
    const bucket = new Bucket(this, 'Artifacts', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [
        { expiration: ARTIFACTS_KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      // It empties itself; what would empty it at once is one more function to keep.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    accept(bucket, 'noBucketLog');
    return bucket;
  }

  #addSource(): Artifact {
    const { connectionArn, owner, repository: repo, branch } = this.#props.pipeline;
    const output = new Artifact('Source');
    const role = this.#makeActionRole('SourceRole', 'Reads the repository');
    this.#allowSource(role);
    const action = new CodeStarConnectionsSourceAction({
      actionName: 'Source',
      connectionArn,
      owner,
      repo,
      branch,
      output,
      role,
      // A clone instead of an archive: gates look through the history, and at what git keeps.
      codeBuildCloneOutput: true,
    });
    this.pipeline.addStage({ stageName: 'Source', actions: [action] });
    return output;
  }

  /** CDK grants it too, by the old name of the service only. */
  #allowSource(role: Role): void {
    const { connectionArn, owner, repository } = this.#props.pipeline;
    const statement = new PolicyStatement({
      actions: ['codeconnections:UseConnection'],
      resources: [connectionArn],
      conditions: {
        'ForAllValues:StringEquals': {
          'codeconnections:FullRepositoryId': [`${owner}/${repository}`],
        },
      },
    });
    role.addToPolicy(statement);
  }

  /** Runs the gates, then makes the image; it may push, and cannot deploy. */
  #addBuild(input: Artifact): CodeBuildAction {
    const { repository } = this.#props;
    const { project, role } = this.#makeProject('Build', {
      description: 'The gates, and the image of the commit',
      buildSpec: buildSpec(repository.repositoryUri),
      timeout: Duration.hours(1),
      docker: true,
    });
    grantPush(role, repository);
    const outputs = [new Artifact('Sbom')];
    const action = new CodeBuildAction({ actionName: 'Build', project, input, outputs });
    this.pipeline.addStage({ stageName: 'Build', actions: [action] });
    return action;
  }

  /** Deploys the stack with that image, and writes what the release needs. */
  #addDeploy(input: Artifact, build: CodeBuildAction, release: Artifact | undefined): void {
    const { project, role } = this.#makeProject('Deploy', {
      description: 'Deploys the stack with the image',
      buildSpec: deploySpec(release !== undefined),
      timeout: Duration.hours(2),
      docker: false,
    });
    grantCdkDeploy(role);
    if (release !== undefined) grantDescribe(role);
    const action = new CodeBuildAction({
      actionName: 'Deploy',
      project,
      input,
      ...(release === undefined ? {} : { outputs: [release] }),
      environmentVariables: { IMAGE: { value: build.variable('IMAGE') } },
    });
    this.pipeline.addStage({ stageName: 'Deploy', actions: [action] });
  }

  #addRelease(release: Artifact, services: readonly WebService[]): void {
    const { app } = this.#props;
    const role = this.#makeActionRole('ReleaseRole', 'Lets CodeDeploy shift the traffic');
    grantRelease(role, app);
    grantRegister(role, app);
    this.artifacts.grantRead(role);
    const actions = services.flatMap(({ node, deploymentGroup }, index) => {
      if (deploymentGroup === undefined) return [];
      const folder = outputName(node.id);
      const action = new CodeDeployEcsDeployAction({
        actionName: folder,
        deploymentGroup,
        taskDefinitionTemplateFile: release.atPath(`${folder}/${TASK_DEFINITION_FILE}`),
        appSpecTemplateFile: release.atPath(`${folder}/${APP_SPEC_FILE}`),
        // The innermost tier first: a bad revision there stops before anybody asks it.
        runOrder: index + 1,
        // As it is: the action would let it pass each role of the account to tasks.
        role: role.withoutPolicyUpdates(),
      });
      return [action];
    });
    this.pipeline.addStage({ stageName: 'Release', actions });
  }

  #makeActionRole(id: string, description: string): Role {
    const assumedBy = new ArnPrincipal(this.pipeline.role.roleArn);
    return new Role(this, id, { description, assumedBy });
  }

  #makeProject(id: string, props: ProjectProps): { project: PipelineProject; role: Role } {
    const { docker, ...common } = props;
    const logGroup = makeLogGroup(this, `${id}Log`, this.#props.logRetention);
    const role = new Role(this, `${id}Role`, {
      description: props.description,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    this.#allowSource(role);
    const project = new PipelineProject(this, id, {
      ...common,
      role,
      encryptionKey: this.key,
      environment: {
        buildImage: LinuxBuildImage.STANDARD_7_0,
        computeType: ComputeType.MEDIUM,
        privileged: docker,
      },
      // The default lets a build write reports that nobody reads.
      grantReportGroupPermissions: false,
      logging: { cloudWatch: { logGroup } },
    });
    if (docker) accept(project, 'privilegedBuild');
    const logs =
      'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/codebuild';
    acceptWildcards(role, 'buildLogs', [`Resource::${logs}/<${this.#logicalId(project)}>:*`]);
    return { project, role };
  }

  /** What CDK itself grants with wildcards. */
  #explain(): void {
    const objects = `Resource::<${this.#logicalId(this.artifacts)}.Arn>/*`;
    acceptWildcards(this, 'artifacts', [...ARTIFACT_ACTIONS, objects]);
  }

  #logicalId(construct: Bucket | PipelineProject): string {
    return Stack.of(this).getLogicalId(construct.node.defaultChild as CfnElement);
  }
}
