/**
 * Finds what CloudFormation would refuse in a template before it asks any service: types, names
 * and kinds of values by the specification that CDK ships, and references to what is not there.
 */
import { type Finding, makeFinding } from './findings.ts';
import { isObject, type Json, type Resource, type Template } from './intrinsics.ts';
import { PropertyChecker } from './properties.ts';
import { ReferenceChecker } from './references.ts';
import { findResourceType } from './specification.ts';

type Findings = readonly Finding[];

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
];

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html */
const ATTRIBUTES = [
  'Condition',
  'CreationPolicy',
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
];

const PARAMETER_KEYS = [
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Default',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
  'Type',
];
const PARAMETER_TYPE = /^(?:String|Number|CommaDelimitedList|List<(?:Number|AWS::.+)>|AWS::.+)$/;

const DELETION_POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];
const REPLACE_POLICIES = ['Delete', 'Retain', 'Snapshot'];

/** @returns every mistake, not only the first; none for a template that can be deployed. */
export function findMistakes(template: Template): Findings {
  const late = new ReferenceChecker(template, { early: false });
  const early = new ReferenceChecker(template, { early: true });
  const resources = Object.entries(template.Resources);
  return [
    ...unknownKeys(template, SECTIONS, ''),
    ...checkParameters(template),
    ...(resources.length === 0 ? [makeFinding('Resources', {}, 'one resource at least')] : []),
    ...resources.flatMap(([id, resource]) => checkResource(template, id, resource)),
    ...resources.flatMap(([id, resource]) => late.check(resource, `Resources.${id}`)),
    ...checkOutputs(template, late),
    ...early.check(template.Conditions ?? {}, 'Conditions'),
    ...early.check(template.Rules ?? {}, 'Rules'),
  ];
}

function checkResource(template: Template, id: string, resource: Resource): Findings {
  const path = `Resources.${id}`;
  const { Type: name, DeletionPolicy, UpdateReplacePolicy } = resource;
  const type = findResourceType(name);
  const values = resource['Properties'] ?? {};
  const checker = new PropertyChecker(template);
  const at = `${path}.Properties`;
  return [
    ...unknownKeys(resource, ATTRIBUTES, `${path}.`),
    ...oneOf(DELETION_POLICIES, DeletionPolicy, `${path}.DeletionPolicy`),
    ...oneOf(REPLACE_POLICIES, UpdateReplacePolicy, `${path}.UpdateReplacePolicy`),
    ...checkDependencies(template, id, resource),
    ...checkCondition(template, resource['Condition'], `${path}.Condition`),
    ...(type === undefined
      ? [makeFinding(`${path}.Type`, name, 'a resource type that CloudFormation has')]
      : checker.check({ ...type, values, path: at })),
  ];
}

function checkDependencies(template: Template, id: string, resource: Resource): Findings {
  const { DependsOn: dependsOn = [] } = resource;
  const targets: readonly unknown[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  const others = Object.keys(template.Resources).filter((other) => other !== id);
  return targets
    .filter((target) => typeof target !== 'string' || !others.includes(target))
    .map((target) => makeFinding(`Resources.${id}.DependsOn`, target, 'another resource'));
}

function checkCondition(template: Template, name: unknown, path: string): Findings {
  const known = Object.keys(template.Conditions ?? {});
  if (name === undefined || (typeof name === 'string' && known.includes(name))) return [];
  return [makeFinding(path, name, 'a name of Conditions')];
}

function checkParameters({ Parameters: parameters = {} }: Template): Findings {
  return Object.entries(parameters).flatMap(([id, parameter]) => {
    const path = `Parameters.${id}`;
    return [
      ...unknownKeys({ ...parameter }, PARAMETER_KEYS, `${path}.`),
      ...(PARAMETER_TYPE.test(parameter.Type)
        ? []
        : [makeFinding(`${path}.Type`, parameter.Type, 'a type that parameters have')]),
    ];
  });
}

function checkOutputs(template: Template, references: ReferenceChecker): Findings {
  return Object.entries(template.Outputs ?? {}).flatMap(([id, output]) => {
    const path = `Outputs.${id}`;
    if (!isObject(output)) return [makeFinding(path, output, 'an object')];
    const { Value: value, Condition: condition } = output;
    return [
      ...unknownKeys(output, ['Condition', 'Description', 'Export', 'Value'], `${path}.`),
      ...(value === undefined ? [makeFinding(`${path}.Value`, value, 'a string')] : []),
      ...checkCondition(template, condition, `${path}.Condition`),
      ...references.check(output, path),
    ];
  });
}

function unknownKeys(value: Json, known: readonly string[], prefix: string): Findings {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => makeFinding(`${prefix}${key}`, key, `one of ${known.join(', ')}`));
}

function oneOf(known: readonly string[], value: unknown, path: string): Findings {
  if (value === undefined || (typeof value === 'string' && known.includes(value))) return [];
  return [makeFinding(path, value, `one of ${known.join(', ')}`)];
}
