/** The resource types of CloudFormation, from the package that CDK itself is generated from. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type {
  DefinitionReference,
  PropertyType,
  ResourceProperties,
} from '@aws-cdk/service-spec-types';

const database = loadAwsServiceSpecSync();

export interface ResourceType {
  readonly properties: ResourceProperties;
  /** What `Fn::GetAtt` can ask for; undefined when only the resource's provider knows. */
  readonly attributes: Readonly<Record<string, { readonly type: PropertyType }>> | undefined;
  /** Whether other properties than these are the business of the resource's provider. */
  readonly open: boolean;
}

const CUSTOM = 'AWS::CloudFormation::CustomResource';

/** The CLI adds it when it may report versions; no public specification has it. */
const METADATA: ResourceType = {
  properties: { Analytics: { type: { type: 'string' } } },
  attributes: {},
  open: false,
};

/** @returns undefined for a type that CloudFormation does not know. */
export function findResourceType(name: string): ResourceType | undefined {
  if (name === 'AWS::CDK::Metadata') return METADATA;
  const open = name === CUSTOM || name.startsWith('Custom::');
  const found = database.lookup(
    'resource',
    'cloudFormationType',
    'equals',
    open ? CUSTOM : name,
  )[0];
  if (found === undefined) return undefined;
  return { properties: found.properties, attributes: open ? undefined : found.attributes, open };
}

export function definitionOf({ reference }: DefinitionReference): {
  readonly name: string;
  readonly properties: ResourceProperties;
} {
  return database.get('typeDefinition', reference);
}
