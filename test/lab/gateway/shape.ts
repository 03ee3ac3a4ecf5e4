/**
 * The one walk over a value along its shape: checks every member, and hands each leaf to a codec.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers } from './service-schema.ts';

type LeafKind = 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'document';

/** Converts leaves of one wire form; a leaf of the wrong type converts to undefined. */
export type LeafCodec = Readonly<
  Record<LeafKind, (value: unknown, shape: NormalizedSchema) => unknown>
>;

export type ShapeProblem = 'unknown-member' | 'wrong-type' | 'missing-member';

/**
 * A value that does not fit its shape; the message names the member, the value got and the value
 * wanted.
 */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly problem: ShapeProblem;
  readonly path: string;

  constructor(problem: ShapeProblem, path: string, message: string) {
    super(message);
    this.problem = problem;
    this.path = path;
  }
}

/** Converts a value along its shape. @throws ShapeError at the first member that does not fit. */
export function convert(
  shape: NormalizedSchema,
  value: unknown,
  codec: LeafCodec,
  path = '',
): unknown {
  if (shape.isUnitSchema()) return convertUnit(value, path);
  if (shape.isStructSchema()) return convertStructure(shape, value, codec, path);
  if (shape.isListSchema()) return convertList(shape, value, codec, path);
  if (shape.isMapSchema()) return convertMap(shape, value, codec, path);
  const kind = leafKind(shape);
  const converted = codec[kind](value, shape);
  if (converted === undefined) throw wrongType(path, value, kind);
  return converted;
}

/**
 * A value as an error message shows it: short, and with its type where the text alone would not
 * tell.
 */
function shown(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function convertUnit(value: unknown, path: string): unknown {
  const member = isRecord(value) ? Object.keys(value)[0] : undefined;
  if (member === undefined) return {};
  throw new ShapeError(
    'unknown-member',
    member,
    `${join(path, member)}: got ${shown(value)}, want nothing`,
  );
}

function convertStructure(
  shape: NormalizedSchema,
  value: unknown,
  codec: LeafCodec,
  path: string,
): unknown {
  if (!isRecord(value)) throw wrongType(path, value, `structure ${shape.getName() ?? ''}`);
  const members = shape.getMemberSchemas();
  const converted: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || member === null) continue;
    const memberShape = members[name];
    if (!memberShape) throw unknownMember(shape, join(path, name), member, Object.keys(members));
    converted[name] = convert(memberShape, member, codec, join(path, name));
  }
  for (const name of requiredMembers(shape)) {
    if (converted[name] !== undefined) continue;
    const missing = join(path, name);
    const message = `${missing}: got nothing, want a value (required in ${shape.getName()})`;
    throw new ShapeError('missing-member', missing, message);
  }
  return converted;
}

function convertList(shape: NormalizedSchema, value: unknown, codec: LeafCodec, path: string) {
  if (!Array.isArray(value)) throw wrongType(path, value, 'list');
  const element = shape.getValueSchema();
  return value.map((item, index) => convert(element, item, codec, `${path}[${index}]`));
}

function convertMap(shape: NormalizedSchema, value: unknown, codec: LeafCodec, path: string) {
  if (!isRecord(value)) throw wrongType(path, value, 'map');
  const element = shape.getValueSchema();
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, convert(element, item, codec, join(path, key))]),
  );
}

function leafKind(shape: NormalizedSchema): LeafKind {
  if (shape.isStringSchema()) return 'string';
  if (shape.isBooleanSchema()) return 'boolean';
  if (shape.isTimestampSchema()) return 'timestamp';
  if (shape.isBlobSchema()) return 'blob';
  if (shape.isDocumentSchema()) return 'document';
  return 'number';
}

function wrongType(path: string, value: unknown, wanted: string): ShapeError {
  const message = `${path || '(whole)'}: got ${shown(value)}, want ${wanted}`;
  return new ShapeError('wrong-type', path, message);
}

function unknownMember(
  shape: NormalizedSchema,
  path: string,
  value: unknown,
  offered: readonly string[],
): ShapeError {
  const wanted = `no such member in ${shape.getName()} (has ${offered.join(', ')})`;
  const message = `${path}: got ${shown(value)}, want ${wanted}`;
  return new ShapeError('unknown-member', path, message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date) && !(value instanceof Uint8Array);
}

function join(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`;
}
