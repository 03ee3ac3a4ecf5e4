/** Templates as CloudFormation fills them in. */
import type { Template } from 'aws-cdk-lib/assertions';

/** Characters of each policy of a type, without the white space that IAM does not count. */
export function lengthsOf(
  template: Template,
  type: 'AWS::IAM::Policy' | 'AWS::IAM::ManagedPolicy',
): readonly number[] {
  return Object.values(template.findResources(type)).map(
    (resource) => JSON.stringify(fill(resource['Properties'].PolicyDocument)).length,
  );
}

/** In the Region with the longest name. */
export function fill(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fill);
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Readonly<Record<string, unknown>>;
  if (node['Ref'] === 'AWS::Partition') return 'aws';
  if (node['Ref'] === 'AWS::Region') return 'ap-southeast-1';
  if (node['Ref'] === 'AWS::AccountId') return '123456789012';
  if (node['Ref'] !== undefined || node['Fn::GetAtt'] !== undefined) return 'x'.repeat(120);
  if (Array.isArray(node['Fn::Join'])) return (node['Fn::Join'][1] as unknown[]).map(fill).join('');
  return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, fill(part)]));
}
