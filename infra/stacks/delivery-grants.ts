/** What those who deliver may do. */
import { Stack } from 'aws-cdk-lib';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { accept, acceptWildcards } from './findings.ts';
import type { GuardedStack } from './guarded-stack.ts';

/** Lets a role push images, and find the one of a commit that was pushed already. */
export function grantPush(role: Role, repository: Repository): void {
  repository.grantPullPush(role);
  accept(role, 'registryLogin');
}

/** Lets a role run `cdk deploy` in its account and region: as the roles of its bootstrap. */
export function grantCdkDeploy(role: Role): void {
  const { partition, account, region } = Stack.of(role);
  const resource = `arn:${partition}:iam::${account}:role/cdk-*-${account}-${region}`;
  const statement = new PolicyStatement({
    actions: ['sts:AssumeRole'],
    resources: [resource],
    // Of those the ones that deploy and publish, by what they say of themselves.
    conditions: {
      StringEquals: {
        'iam:ResourceTag/aws-cdk:bootstrap-role': ['deploy', 'file-publishing', 'image-publishing'],
      },
    },
  });
  role.addToPolicy(statement);
  const name = '<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-*-<AWS::AccountId>-<AWS::Region>';
  acceptWildcards(role, 'bootstrapRoles', [`Resource::arn:${name}`]);
}

/** Lets a role start deployments of the app's services by CodeDeploy, and see how they end. */
export function grantRelease(role: Role, { services }: GuardedStack): void {
  const groups = services.flatMap(({ deploymentGroup }) => deploymentGroup ?? []);
  if (groups.length === 0) return;
  allow(
    role,
    ['codedeploy:CreateDeployment', 'codedeploy:GetDeployment'],
    groups.map(({ deploymentGroupArn }) => deploymentGroupArn),
  );
  allow(
    role,
    [
      'codedeploy:GetApplication',
      'codedeploy:GetApplicationRevision',
      'codedeploy:RegisterApplicationRevision',
    ],
    groups.map(({ application }) => application.applicationArn),
  );
  const configs = groups.map(({ deploymentConfig }) => deploymentConfig.deploymentConfigArn);
  allow(role, ['codedeploy:GetDeploymentConfig'], [...new Set(configs)]);
}

/** Lets a role read the revisions that were registered. */
export function grantDescribe(role: Role): void {
  allow(role, ['ecs:DescribeTaskDefinition'], ['*']);
  accept(role, 'registersRevisions');
}

/** Lets a role register revisions with the roles that the app's tasks have already. */
export function grantRegister(role: Role, { services }: GuardedStack): void {
  allow(role, ['ecs:RegisterTaskDefinition'], ['*']);
  accept(role, 'registersRevisions');
  const roles = services.flatMap(({ task: { definition } }) => [
    definition.taskRole,
    definition.obtainExecutionRole(),
  ]);
  const statement = new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: roles.map(({ roleArn }) => roleArn),
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  role.addToPolicy(statement);
}

function allow(role: Role, actions: string[], resources: string[]): void {
  role.addToPolicy(new PolicyStatement({ actions, resources }));
}
