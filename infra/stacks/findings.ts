/** Findings of cdk-nag that stay, each with its reason. */
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const MANAGED = 'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy';
const SHIFTS = 'What it needs to shift traffic; AWS keeps it up to date.';

const FINDINGS = {
  openToAll: {
    rule: 'EC23',
    reason: 'The public load balancer is the one thing that everybody is meant to reach.',
  },
  noAccessLog: {
    rule: 'ELB2',
    reason:
      'Its bucket would outlive the stack, and CDK makes it only where the Region is known at ' +
      'synth. Each task logs each request, and the flow log has the connections.',
  },
  plainVariables: {
    rule: 'ECS2',
    reason: 'No variable is a secret; all of them stand in this app.',
  },
  registryLogin: {
    rule: 'IAM5[Resource::*]',
    reason: 'ecr:GetAuthorizationToken supports no resources.',
  },
  noRotation: {
    rule: 'SMG4',
    reason: 'Only Slack makes a new webhook, and only a person can ask it to.',
  },
  codeDeploy: { rule: `${MANAGED}/AWSCodeDeployRoleForECS]`, reason: SHIFTS },
  ecsBlueGreen: {
    rule: `${MANAGED}/AmazonECSInfrastructureRolePolicyForLoadBalancers]`,
    reason: SHIFTS,
  },
} as const;

/** Says why a finding about the construct, or about what is in it, is no fault. */
export function accept(construct: IConstruct, finding: keyof typeof FINDINGS): void {
  const { rule, reason } = FINDINGS[finding];
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}
