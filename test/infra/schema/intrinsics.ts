/** The functions that CloudFormation evaluates in a template, and what each of them can give. */
import type { PropertyType } from '@aws-cdk/service-spec-types';
import { findResourceType } from './specification.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Resource extends Json {
  readonly Type: string;
}

/** A template as CDK writes it: sections of named things. */
export interface Template extends Json {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string }>>;
  readonly Conditions?: Json;
  readonly Mappings?: Json;
  readonly Outputs?: Json;
  readonly Rules?: Json;
}

export interface Intrinsic {
  readonly name: string;
  readonly argument: unknown;
}

/** `nothing` takes the property out, as if it were not there. */
type Result = 'text' | 'list' | 'anything' | 'nothing';

/** Of the functions that need no transform. */
const RESULTS: Readonly<Record<string, Result>> = {
  'Fn::Base64': 'text',
  'Fn::Cidr': 'list',
  'Fn::FindInMap': 'anything',
  'Fn::GetAZs': 'list',
  'Fn::GetAtt': 'anything',
  'Fn::GetStackOutput': 'text',
  'Fn::If': 'anything',
  'Fn::ImportValue': 'text',
  'Fn::Join': 'text',
  'Fn::Select': 'anything',
  'Fn::Split': 'list',
  'Fn::Sub': 'text',
  'Fn::Transform': 'anything',
  Ref: 'text',
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO: Readonly<Record<string, Result>> = {
  'AWS::AccountId': 'text',
  'AWS::NoValue': 'nothing',
  'AWS::NotificationARNs': 'list',
  'AWS::Partition': 'text',
  'AWS::Region': 'text',
  'AWS::StackId': 'text',
  'AWS::StackName': 'text',
  'AWS::URLSuffix': 'text',
};

export const FUNCTIONS = Object.keys(RESULTS);
export const PSEUDO_PARAMETERS = Object.keys(PSEUDO);

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined for a plain value; a function is an object of exactly one key. */
export function intrinsicOf(value: unknown): Intrinsic | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

/** What is asked for by `[id, attribute]` or `id.attribute`. */
export function attributeOf(argument: unknown): { readonly id: string; readonly name: unknown } {
  const text = typeof argument === 'string' ? argument : '';
  const [id, name] = Array.isArray(argument)
    ? (argument as unknown[])
    : [text.split('.')[0], text.split('.').slice(1).join('.')];
  return { id: typeof id === 'string' ? id : '', name };
}

export function resultOf(template: Template, { name, argument }: Intrinsic): Result {
  if (name === 'Ref' && typeof argument === 'string') return refResult(template, argument);
  if (name === 'Fn::GetAtt') return attributeResult(template, argument);
  return RESULTS[name] ?? 'anything';
}

function refResult(template: Template, target: string): Result {
  const type = template.Parameters?.[target]?.Type;
  if (type !== undefined) return /CommaDelimitedList|List</.test(type) ? 'list' : 'text';
  return PSEUDO[target] ?? 'text';
}

function attributeResult(template: Template, argument: unknown): Result {
  const { id, name } = attributeOf(argument);
  const type = template.Resources[id]?.Type;
  const attributes = type === undefined ? undefined : findResourceType(type)?.attributes;
  const attribute = typeof name === 'string' ? attributes?.[name] : undefined;
  return attribute === undefined ? 'anything' : resultOfType(attribute.type);
}

function resultOfType({ type }: PropertyType): Result {
  if (type === 'array') return 'list';
  const isScalar = ['string', 'number', 'integer', 'boolean', 'date-time'].includes(type);
  return isScalar ? 'text' : 'anything';
}
