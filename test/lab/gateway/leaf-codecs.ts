/**
 * How each wire form spells the leaves: JSON, CBOR, query form (in) and XML text (out).
 */
import { tag } from '@smithy/core/cbor';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { LeafCodec } from './shape.ts';

// Timestamp formats as the SDK's schemas number them.
const DATE_TIME = 5;
const HTTP_DATE = 6;
const EPOCH_TAG = 1;

export const jsonIn: LeafCodec = {
  string: asString,
  number: asNumber,
  boolean: asBoolean,
  timestamp: (value, shape) =>
    timestampFormat(shape) === undefined ? fromEpochSeconds(value) : fromDateText(value),
  blob: (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : undefined),
  document: (value) => value,
};

export const jsonOut: LeafCodec = {
  string: asString,
  number: asNumber,
  boolean: asBoolean,
  timestamp: (value, shape) => {
    if (!isDate(value)) return undefined;
    if (timestampFormat(shape) === DATE_TIME) return value.toISOString();
    if (timestampFormat(shape) === HTTP_DATE) return value.toUTCString();
    return value.getTime() / 1000;
  },
  blob: asBase64,
  document: (value) => value,
};

export const cborIn: LeafCodec = {
  string: asString,
  number: asNumber,
  boolean: asBoolean,
  timestamp: (value) =>
    isTagged(value) && value.tag === EPOCH_TAG ? fromEpochSeconds(value.value) : undefined,
  blob: (value) => (value instanceof Uint8Array ? value : undefined),
  document: (value) => value,
};

export const cborOut: LeafCodec = {
  string: asString,
  number: asNumber,
  boolean: asBoolean,
  timestamp: (value) =>
    isDate(value) ? tag({ tag: EPOCH_TAG, value: value.getTime() / 1000 }) : undefined,
  blob: (value) => (value instanceof Uint8Array ? value : undefined),
  document: (value) => value,
};

export const formIn: LeafCodec = {
  string: asString,
  number: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    return Number.isNaN(number) ? undefined : number;
  },
  boolean: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  timestamp: fromDateText,
  blob: (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : undefined),
  document: () => undefined,
};

export const xmlOut: LeafCodec = {
  string: asString,
  number: (value) => asNumber(value)?.toString(),
  boolean: (value) => asBoolean(value)?.toString(),
  timestamp: (value) => (isDate(value) ? value.toISOString() : undefined),
  blob: asBase64,
  document: () => undefined,
};

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  // CBOR decodes 64-bit integers as bigint; every long of these services fits a double.
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function asBase64(value: unknown): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : undefined;
}

function fromEpochSeconds(value: unknown): Date | undefined {
  const seconds = asNumber(value);
  return seconds === undefined ? undefined : new Date(Math.round(seconds * 1000));
}

function fromDateText(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(value);
  return isDate(date) ? date : undefined;
}

function timestampFormat(shape: NormalizedSchema): number | undefined {
  const schema: unknown = shape.getSchema();
  return schema === DATE_TIME || schema === HTTP_DATE ? schema : undefined;
}

function isDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function isTagged(value: unknown): value is { readonly tag: unknown; readonly value: unknown } {
  return typeof value === 'object' && value !== null && 'tag' in value && 'value' in value;
}
