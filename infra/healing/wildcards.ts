/**
 * Why a statement names more than one resource: for each wildcard in a role's policies, and no
 * other, its reason.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, type Role } from 'aws-cdk-lib/aws-iam';

export interface Wildcard {
  /** The resource as cdk-nag spells it; what only CloudFormation knows stands in angle brackets. */
  readonly resource: RegExp;
  /** Actions that may have it. */
  readonly actions: readonly string[];
  readonly reason: string;
}

const ON_TASKS = ['ecs:DescribeTasks', 'ecs:GetTaskProtection', 'ecs:StopTask'];
const READ_LOGS = ['logs:FilterLogEvents', 'logs:StartQuery'];
const ALL = /^\*$/;
const FOR_PATTERN = 'by a pattern that the app gives, never all, for services to come.';

/** The first that fits is the reason. */
export const WILDCARDS: readonly Wildcard[] = [
  {
    resource: ALL,
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    reason: 'Traces have no ARN.',
  },
  {
    resource: ALL,
    actions: ['elasticloadbalancing:DescribeTargetHealth'],
    reason: 'AWS knows no resource for it.',
  },
  {
    resource: ALL,
    actions: ['cloudwatch:DescribeAlarms'],
    reason: 'Composite alarms are shown only to who may read all alarms.',
  },
  {
    resource: ALL,
    actions: ['logs:GetQueryResults'],
    reason: 'Results are named by their query, which only granted log groups can start.',
  },
  {
    resource: ALL,
    actions: ['ecs:ListTasks'],
    reason:
      'Its resource is a container instance, which Fargate has none of; the cluster is a condition.',
  },
  {
    resource: ALL,
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    reason: 'Lambda names the interfaces of a function in a VPC; the code may not use it.',
  },
  {
    resource: ALL,
    actions: ['cloudwatch:PutMetricData'],
    reason: 'AWS knows no resource for it; the namespace is a condition.',
  },
  {
    resource: ALL,
    actions: ['ecr:GetAuthorizationToken'],
    reason:
      "ECS pulls the app's own image; a token is for a registry, and AWS knows no resource for it.",
  },
  {
    resource: /:task\/[^/]*[*?][^/]*\/\*$/,
    actions: ON_TASKS,
    reason: `Clusters are named ${FOR_PATTERN}`,
  },
  {
    resource: /:service\/[^/]*[*?][^/]*\/\*$/,
    actions: ['ecs:DescribeServices'],
    reason: `Clusters are named ${FOR_PATTERN}`,
  },
  {
    resource: /:log-group:.*[*?].*:\*$/,
    actions: READ_LOGS,
    reason: `Log groups are named ${FOR_PATTERN}`,
  },
  {
    resource: /:alarm:.*[*?]/,
    actions: ['cloudwatch:SetAlarmState'],
    reason: `Alarms are named ${FOR_PATTERN}`,
  },
  {
    resource: /:service\/[^*?]*\/\*$/,
    actions: ['ecs:DescribeServices'],
    reason: 'The app gives the clusters whose services are guarded.',
  },
  {
    resource: /:task\/[^*?]*\/\*$/,
    actions: ON_TASKS,
    reason: 'Tasks are named by ECS below their cluster, which is given.',
  },
  {
    resource: /:log-group:[^*?]*:\*$/,
    actions: READ_LOGS,
    reason: 'Log streams are named by ECS below their log group, which is given.',
  },
  {
    resource: /:parameter\/[^*?]*\/\*$/,
    actions: ['ssm:GetParametersByPath'],
    reason: 'Guarded services are listed below the path of this healer.',
  },
  {
    resource: /:secret:[^*?]*-\?{6}$/,
    actions: ['secretsmanager:GetSecretValue'],
    reason: 'Secrets Manager adds six characters to the name that is given.',
  },
  {
    resource: /^<[^*?]*\.Arn>:\*$/,
    actions: ['lambda:InvokeFunction'],
    reason: 'A function is invoked by any of its versions.',
  },
];

/** A wildcard in what a queue, a topic, a key or a function lets others do. */
export interface SharedWildcard {
  /** Of CloudFormation. */
  readonly type: RegExp;
  readonly part: 'action' | 'resource' | 'principal' | 'source';
  readonly value: RegExp;
  readonly effect: 'Allow' | 'Deny';
  readonly reason: string;
}

export const SHARED_WILDCARDS: readonly SharedWildcard[] = [
  {
    type: /^AWS::SQS::QueuePolicy$/,
    part: 'action',
    value: /^sqs:\*$/,
    effect: 'Deny',
    reason: 'Nobody may do anything without TLS.',
  },
  {
    type: /^AWS::(?:SQS::Queue|SNS::Topic)Policy$/,
    part: 'principal',
    value: /^\*$/,
    effect: 'Deny',
    reason: 'Nobody may do anything without TLS.',
  },
  {
    type: /^AWS::SQS::QueuePolicy$/,
    part: 'source',
    value: /:events:<AWS::Region>:<AWS::AccountId>:rule\/\*$/,
    effect: 'Allow',
    reason: 'One statement for all rules of this account and Region: a policy takes twenty.',
  },
  {
    type: /^AWS::KMS::Key$/,
    part: 'action',
    value: /^kms:\*$/,
    effect: 'Allow',
    reason: 'The account itself keeps its key; without this nobody could mend its policy.',
  },
  {
    type: /^AWS::KMS::Key$/,
    part: 'resource',
    value: /^\*$/,
    effect: 'Allow',
    reason: "In a key's policy this is the key itself.",
  },
  {
    type: /^AWS::Lambda::Permission$/,
    part: 'principal',
    value: /^\*$/,
    effect: 'Allow',
    reason: 'Slack cannot sign for AWS: respond checks its signature, and nothing else has a URL.',
  },
  {
    type: /^AWS::Lambda::Permission$/,
    part: 'source',
    value: /:events:<AWS::Region>:<AWS::AccountId>:rule\/\*$/,
    effect: 'Allow',
    reason:
      "One statement for the schedules of all services: a function's policy ends at some hundred.",
  },
];

/** @returns why actions have a resource with a wildcard; nothing where one of them is not listed. */
export function reasonOf(resource: string, actions: readonly string[]): string | undefined {
  const reasons = actions.map(
    (action) =>
      WILDCARDS.find((each) => each.resource.test(resource) && each.actions.includes(action))
        ?.reason,
  );
  return reasons.includes(undefined) ? undefined : [...new Set(reasons)].join(' ');
}

/**
 * Acknowledges the exact findings of cdk-nag on a role.
 *
 * Only when the tree is validated are all statements there, and references to other stacks what the
 * template says.
 */
export function explainWildcards(role: Role): void {
  role.node.addValidation({
    validate: () => {
      for (const [resource, actions] of grantsOf(role)) {
        const reason = reasonOf(resource, actions);
        if (reason === undefined) continue;
        const id = `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
        // As `acknowledge` writes it, which in older CDK refuses a resource with `::` in it.
        role.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
      }
      return [];
    },
  });
}

/** What a role may do, by resource. */
function grantsOf(role: Role): ReadonlyMap<string, readonly string[]> {
  const grants = new Map<string, readonly string[]>();
  for (const { Action, Resource } of role.node.findAll().flatMap(statementsOf)) {
    for (const resource of [Resource].flat().map(flatten)) {
      grants.set(resource, [...(grants.get(resource) ?? []), ...[Action].flat()]);
    }
  }
  return grants;
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
}

function statementsOf(node: unknown): readonly Statement[] {
  if (!(node instanceof CfnPolicy || node instanceof CfnManagedPolicy)) return [];
  const document = Stack.of(node).resolve(node.policyDocument) as {
    readonly Statement?: readonly Statement[];
  };
  return document.Statement ?? [];
}

/** As cdk-nag spells a resource that only CloudFormation will know. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  if (typeof value !== 'object' || value === null) return '';
  const node = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(node['Fn::Join'])) {
    const [delimiter, items] = node['Fn::Join'] as [string, readonly unknown[]];
    return items.map(flatten).join(delimiter);
  }
  if (Array.isArray(node['Fn::GetAtt'])) {
    return `<${(node['Fn::GetAtt'] as unknown[]).map(flatten).join('.')}>`;
  }
  if (node['Fn::Sub'] !== undefined) return flatten(node['Fn::Sub']);
  if (node['Fn::ImportValue'] !== undefined) return flatten(node['Fn::ImportValue']);
  if (node['Ref'] !== undefined) return `<${flatten(node['Ref'])}>`;
  return JSON.stringify(node);
}
