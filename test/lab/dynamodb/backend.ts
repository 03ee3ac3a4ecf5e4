/**
 * Dynalite as the front uses it: calls by operation and input, and answers in DynamoDB's own wire
 * form.
 */
import { crc32 } from 'node:zlib';
import type { HttpForwarder } from '../gateway/upstream.ts';
import type { WireAnswer, WireRequest } from '../gateway/wire.ts';

export type AttributeMap = Readonly<Record<string, unknown>>;
export type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/x-amz-json-1.0';
const NAMESPACE = 'com.amazonaws.dynamodb.v20120810#';

export class Backend {
  readonly #forwarder: HttpForwarder;
  readonly #keyNames = new Map<string, readonly string[]>();

  constructor(forwarder: HttpForwarder) {
    this.#forwarder = forwarder;
  }

  /** Hands a request on untouched. */
  async pass(request: WireRequest): Promise<WireAnswer> {
    return this.#forwarder.forward(request);
  }

  /** Calls an operation in the name of whoever sent `on`. */
  async call(on: WireRequest, operation: string, input: Json): Promise<WireAnswer> {
    const headers = {
      ...on.headers,
      'content-type': JSON_TYPE,
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const body = Buffer.from(JSON.stringify(input));
    return this.#forwarder.forward({ method: 'POST', path: '/', headers, body });
  }

  /**
   * The item as it is now, or undefined when there is none. @throws WireFailure when the read is
   * refused.
   */
  async getItem(
    on: WireRequest,
    table: string,
    key: AttributeMap,
  ): Promise<AttributeMap | undefined> {
    const input = { TableName: table, Key: key, ConsistentRead: true };
    const answer = await this.call(on, 'GetItem', input);
    if (answer.status !== 200) throw new WireFailure(answer);
    return jsonOf(answer)['Item'] as AttributeMap | undefined;
  }

  /** Names of the table's key attributes. @throws WireFailure when there is no such table. */
  async keyNames(on: WireRequest, table: string): Promise<readonly string[]> {
    const known = this.#keyNames.get(table);
    if (known) return known;
    const answer = await this.call(on, 'DescribeTable', { TableName: table });
    if (answer.status !== 200) throw new WireFailure(answer);
    const description = jsonOf(answer)['Table'] as { KeySchema: { AttributeName: string }[] };
    const names = description.KeySchema.map(({ AttributeName }) => AttributeName);
    this.#keyNames.set(table, names);
    return names;
  }

  /** Forgets what a table looked like; to be called when it goes. */
  forget(table: string): void {
    this.#keyNames.delete(table);
  }
}

/** An answer of failure on its way up to the caller. */
export class WireFailure extends Error {
  override readonly name = 'WireFailure';
  readonly answer: WireAnswer;

  constructor(answer: WireAnswer) {
    super(answer.error ?? `HTTP ${answer.status}`);
    this.answer = answer;
  }
}

export function jsonOf(message: { readonly body: string | Uint8Array }): Json {
  return JSON.parse(Buffer.from(message.body).toString()) as Json;
}

export function jsonAnswer(value: Json, status = 200, error?: string): WireAnswer {
  const body = JSON.stringify(value);
  const headers = { 'content-type': JSON_TYPE, 'x-amz-crc32': String(crc32(body)) };
  return { status, headers, body, ...(error !== undefined && { error }) };
}

export function failure(code: string, message: string, more: Json = {}): WireAnswer {
  return jsonAnswer({ __type: `${NAMESPACE}${code}`, message, ...more }, 400, code);
}

export function invalid(message: string): WireFailure {
  const body = { __type: 'com.amazon.coral.validate#ValidationException', message };
  return new WireFailure(jsonAnswer(body, 400, 'ValidationException'));
}

/** One text per item, equal for equal keys however their members are ordered. */
export function itemName(table: string, key: AttributeMap): string {
  const parts = Object.keys(key)
    .sort()
    .map((name) => [name, plainKey(key[name])]);
  return JSON.stringify([table, parts]);
}

/** @throws WireFailure when the item lacks a key attribute. */
export function keyOf(item: AttributeMap, names: readonly string[]): AttributeMap {
  const missing = names.find((name) => item[name] === undefined);
  if (missing !== undefined) {
    throw invalid(
      `One or more parameter values were invalid: Missing the key ${missing} in the item`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

/** `1` and `1.0` are one key to DynamoDB. */
function plainKey(value: unknown): unknown {
  const number = (value as { readonly N?: unknown } | undefined)?.N;
  return typeof number === 'string' ? { N: String(Number(number)) } : value;
}
