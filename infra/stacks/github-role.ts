/** The role that the workflow on GitHub takes, without a key that could leak. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GITHUB_ENVIRONMENT, GITHUB_SESSION_SECONDS } from '../delivery/names.ts';
import { grantCdkDeploy, grantPush, grantRelease } from './delivery-grants.ts';
import { acceptWildcards } from './findings.ts';
import type { GuardedStack } from './guarded-stack.ts';

const ISSUER = 'token.actions.githubusercontent.com';

interface GithubRoleProps {
  readonly githubRepository: string;
  readonly repository: Repository;
  readonly app: GuardedStack;
}

export class GithubRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: GithubRoleProps) {
    super(scope, id);
    const { githubRepository, repository, app } = props;
    this.role = new Role(this, 'Role', {
      description: `What the workflow of ${githubRepository} may do`,
      maxSessionDuration: Duration.seconds(GITHUB_SESSION_SECONDS),
      assumedBy: this.#workflowOf(githubRepository),
    });
    grantPush(this.role, repository);
    grantCdkDeploy(this.role);
    grantRelease(this.role, app);
    this.#allowOutputs();
  }

  /** Of this stack, which has the name of the repository. */
  #allowOutputs(): void {
    const { partition, region, account, stackName } = Stack.of(this);
    const name = `stack/${stackName}/*`;
    const statement = new PolicyStatement({
      actions: ['cloudformation:DescribeStacks'],
      resources: [`arn:${partition}:cloudformation:${region}:${account}:${name}`],
    });
    this.role.addToPolicy(statement);
    const place = 'arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>';
    acceptWildcards(this.role, 'ownStack', [`Resource::${place}:${name}`]);
  }

  /** An account has one provider for an issuer, so it is imported and never made here. */
  #workflowOf(githubRepository: string): WebIdentityPrincipal {
    const { partition, account } = Stack.of(this);
    return new WebIdentityPrincipal(`arn:${partition}:iam::${account}:oidc-provider/${ISSUER}`, {
      StringEquals: {
        [`${ISSUER}:aud`]: 'sts.amazonaws.com',
        // Not the branch: the environment's own rules say which branch, and who must approve.
        [`${ISSUER}:sub`]: `repo:${githubRepository}:environment:${GITHUB_ENVIRONMENT}`,
      },
    });
  }
}
