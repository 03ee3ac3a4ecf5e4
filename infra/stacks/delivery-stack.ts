/** What delivers the app, by choice: a repository for images, and who may push and deploy. */
import {
  CfnOutput,
  CrossStackReferences,
  ReferenceStrength,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { REPOSITORY_OUTPUT } from '../delivery/names.ts';
import { GithubRole } from './github-role.ts';
import type { GuardedStack } from './guarded-stack.ts';
import { Pipeline } from './pipeline.ts';
import type { Settings } from './settings.ts';

/** More than a year of weekly releases: a task that starts again needs the image of its revision. */
const IMAGES_MAX = 100;

interface DeliveryStackProps extends StackProps {
  readonly settings: Settings;
  readonly app: GuardedStack;
}

export class DeliveryStack extends Stack {
  readonly repository: Repository;
  readonly pipeline: Pipeline | undefined;
  readonly githubRole: Role | undefined;

  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const { settings, app } = props;
    // An export that is in use could not go: the app could lose no service, nor change controller.
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const { pipeline, githubRepository } = settings.delivery;
    this.repository = new Repository(this, 'Repository', {
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      lifecycleRules: [{ maxImageCount: IMAGES_MAX }],
      // Running services start tasks from it, whoever delivers the next version.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const { repository } = this;
    const { logRetentionDays: logRetention } = settings;
    if (pipeline !== undefined) {
      this.pipeline = new Pipeline(this, 'Pipeline', { pipeline, repository, app, logRetention });
    }
    if (githubRepository !== undefined) {
      const github = new GithubRole(this, 'Github', { githubRepository, repository, app });
      this.githubRole = github.role;
      new CfnOutput(this, 'GithubRoleArn', { value: github.role.roleArn });
    }
    new CfnOutput(this, REPOSITORY_OUTPUT, { value: repository.repositoryUri });
  }
}
