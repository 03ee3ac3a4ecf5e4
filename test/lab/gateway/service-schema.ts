/**
 * What an SDK client module knows about its service: the shapes of each operation, and how its
 * errors are spelt.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import type { AwsService } from './operation.ts';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

export interface OperationShape {
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

export interface ErrorSpelling {
  /** Class name in the SDK, such as `TargetGroupNotFoundException`. */
  readonly name: string;
  /** Code in the query protocol, such as `TargetGroupNotFound`. */
  readonly queryCode: string;
  /** HTTP status of the error's shape, where it has one. */
  readonly status?: number;
}

const OPERATION = 9;
const ERROR = -3;
const spellings = new WeakMap<AwsService['schemas'], ReadonlyMap<string, ErrorSpelling>>();

/**
 * The input and output shapes of an operation, or undefined when the SDK client has no such
 * operation.
 */
export function operationShape(
  schemas: AwsService['schemas'],
  operation: string,
): OperationShape | undefined {
  const schema = schemas[`${operation}$`];
  if (!Array.isArray(schema) || schema[0] !== OPERATION) return undefined;
  return {
    input: NormalizedSchema.of(schema[4] as SchemaRef),
    output: NormalizedSchema.of(schema[5] as SchemaRef),
  };
}

/**
 * Both spellings of an error, found by either of them; a code the service does not model is spelt
 * as it is.
 */
export function errorSpelling(schemas: AwsService['schemas'], code: string): ErrorSpelling {
  let known = spellings.get(schemas);
  if (!known) {
    known = readSpellings(schemas);
    spellings.set(schemas, known);
  }
  return known.get(code) ?? { name: code, queryCode: code };
}

/** Names of a structure's members that must be present. */
export function requiredMembers(structure: NormalizedSchema): readonly string[] {
  const schema: unknown = structure.getSchema();
  if (!Array.isArray(schema)) return [];
  const names: unknown = schema[4];
  const count: unknown = schema[6];
  // The SDK writes a structure's required members first, and their count last.
  return Array.isArray(names) && typeof count === 'number' ? names.slice(0, count) : [];
}

function readSpellings(schemas: AwsService['schemas']): ReadonlyMap<string, ErrorSpelling> {
  const found = new Map<string, ErrorSpelling>();
  for (const schema of Object.values(schemas)) {
    if (!Array.isArray(schema) || schema[0] !== ERROR) continue;
    const traits = NormalizedSchema.of(schema as unknown as SchemaRef).getMergedTraits();
    const name = String(schema[2]);
    const query: unknown = traits['awsQueryError'];
    const queryCode = Array.isArray(query) ? String(query[0]) : name;
    const status: unknown = traits['httpError'];
    const spelling = { name, queryCode, ...(typeof status === 'number' && { status }) };
    found.set(name, spelling);
    if (!found.has(queryCode)) found.set(queryCode, spelling);
  }
  return found;
}
