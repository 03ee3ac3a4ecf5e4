/**
 * Why a statement names more than one resource: for each wildcard in a role's policies, and no
 * other, its reason.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, type Role } from 'aws-cdk-lib/aws-iam';

const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^\*$/,
    'X-Ray, target health, alarms, query results and a VPC have no ARN; tasks are listed by cluster.',
  ],
  [
    /:(task|service)\/[^/]*[*?][^/]*\/\*$/,
    'The app gives the names of the clusters as a pattern, never all, for services to come.',
  ],
  [
    /:log-group:.*[*?].*:\*$/,
    'The app gives the names of the log groups as a pattern, never all, for services to come.',
  ],
  [
    /:alarm:.*[*?]/,
    'The app gives the names of the alarms as a pattern, never all, for services to come.',
  ],
  [/:service\/.*\/\*$/, 'The app gives the clusters whose services are guarded.'],
  [/:task\/.*\/\*$/, 'Tasks are named by ECS below their cluster, which is given.'],
  [/:log-group:.*:\*$/, 'Log streams are named by ECS below their log group, which is given.'],
  [/:parameter\/.*\/\*$/, 'Guarded services are listed below the path of this healer.'],
  [/:secret:.*-\?{6}$/, 'Secrets Manager adds six characters to the name that is given.'],
  [/^<.*\.Arn>:\*$/, 'A function is invoked by any of its versions.'],
];

/**
 * Acknowledges the exact findings of cdk-nag on a role.
 *
 * Only when the tree is validated are all statements there, and references to other stacks what the
 * template says.
 */
export function explainWildcards(role: Role): void {
  role.node.addValidation({
    validate: () => {
      for (const resource of new Set(role.node.findAll().flatMap(resourcesOf))) {
        const reason = REASONS.find(([pattern]) => pattern.test(resource))?.[1];
        if (reason === undefined) continue;
        const id = `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
        // As `acknowledge` writes it, which in older CDK refuses a resource with `::` in it.
        role.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
      }
      return [];
    },
  });
}

function resourcesOf(node: unknown): readonly string[] {
  if (!(node instanceof CfnPolicy || node instanceof CfnManagedPolicy)) return [];
  const document = Stack.of(node).resolve(node.policyDocument) as {
    readonly Statement?: readonly { readonly Resource?: unknown }[];
  };
  return (document.Statement ?? []).flatMap(({ Resource }) => [Resource].flat()).map(flatten);
}

/** As cdk-nag spells a resource that only CloudFormation will know. */
function flatten(value: unknown): string {
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
