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
    reason: 'Only Slack makes a new one, and only a person can ask it to.',
  },
  noTokenRotation: {
    rule: 'SMG4',
    reason:
      'It signs requests of drills alone; a new one needs new tasks, which a drill would meet.',
  },
  registersRevisions: {
    rule: 'IAM5[Resource::*]',
    reason: 'ECS supports no resources where task definitions are read and registered.',
  },
  noBucketLog: {
    rule: 'S1',
    reason: 'Who reads artifacts stands in CloudTrail; only the pipeline may, for 30 days.',
  },
  privilegedBuild: {
    rule: 'CB3',
    reason: 'Docker needs it. The machine is there for this one build, of code that was reviewed.',
  },
  codeDeploy: { rule: `${MANAGED}/AWSCodeDeployRoleForECS]`, reason: SHIFTS },
  ecsBlueGreen: {
    rule: `${MANAGED}/AmazonECSInfrastructureRolePolicyForLoadBalancers]`,
    reason: SHIFTS,
  },
} as const;

const WILDCARDS = {
  bootstrapRoles: 'The roles of the bootstrap have its qualifier in their names; a tag narrows it.',
  ownStack: 'CloudFormation adds an id to the name of this one stack.',
  buildLogs: "CDK grants CodeBuild's usual log group too, which nobody makes.",
  artifacts: 'CodePipeline names the objects in this one bucket, and the data keys of its one key.',
} as const;

/** Says why a finding about the construct, or about what is in it, is no fault. */
export function accept(construct: IConstruct, finding: keyof typeof FINDINGS): void {
  const { rule, reason } = FINDINGS[finding];
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/**
 * Says why statements have these wildcards.
 *
 * @param wildcards as cdk-nag writes them, such as `Action::s3:List*`; references as `<LogicalId>`.
 */
export function acceptWildcards(
  construct: IConstruct,
  finding: keyof typeof WILDCARDS,
  wildcards: readonly string[],
): void {
  for (const wildcard of wildcards) {
    const id = `AwsSolutions::AwsSolutions-IAM5[${wildcard}]`;
    Validations.of(construct).acknowledge({ id, reason: WILDCARDS[finding] });
  }
}
