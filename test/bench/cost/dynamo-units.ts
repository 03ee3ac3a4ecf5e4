/**
 * What DynamoDB charges for recorded calls: items by their size, as its documentation counts it.
 *
 * A recording has what was written and not what was read, so an item is as large as it was last written.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { RecordedCall } from '../../lab/events.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;
/** Of a list or map, and again for each thing in it. */
const CONTAINER_BYTES = 3;
const MEMBER_BYTES = 1;

export interface DynamoUnits {
  readonly reads: number;
  readonly writes: number;
}

/** Bytes of each item, by its key. */
type Sizes = Map<string, number>;

interface Write {
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly ExpressionAttributeValues?: Attributes;
}

interface Input extends Write {
  readonly TransactItems?: readonly { readonly Put?: Write; readonly Update?: Write }[];
  readonly RequestItems?: Readonly<Record<string, readonly { readonly PutRequest?: Write }[]>>;
}

/** Request units of strongly consistent reads and of writes; a write in a transaction counts twice. */
export function dynamoUnits(calls: readonly RecordedCall[]): DynamoUnits {
  const sizes: Sizes = new Map();
  const units = { reads: 0, writes: 0 };
  for (const { service, operation, input } of calls) {
    if (service !== 'dynamodb') continue;
    if (operation === 'GetItem') units.reads += readUnits(sizes, input as Input);
    else if (operation === 'Query') units.reads += 1;
    else units.writes += writeUnits(sizes, input as Input);
  }
  return units;
}

function readUnits(sizes: Sizes, { Key }: Input): number {
  return Math.ceil(Math.max(1, sizes.get(nameOf(Key)) ?? 0) / READ_UNIT_BYTES);
}

function writeUnits(sizes: Sizes, { TransactItems, RequestItems, ...write }: Input): number {
  const put = (one: Write) => Math.ceil(Math.max(1, sizeAfter(sizes, one)) / WRITE_UNIT_BYTES);
  if (TransactItems !== undefined) {
    return 2 * sum(TransactItems.map(({ Put, Update }) => put(Put ?? Update ?? {})));
  }
  if (RequestItems === undefined) return put(write);
  const batch = Object.values(RequestItems).flat();
  return sum(batch.map(({ PutRequest }) => put(PutRequest ?? {})));
}

/** An update that does not write the whole state leaves the item about as it was. */
function sizeAfter(sizes: Sizes, write: Write): number {
  const key = write.Key ?? keyOf(write.Item ?? {});
  const attributes = write.Item ?? { ...write.Key, ...write.ExpressionAttributeValues };
  const size = Math.max(bytesOf(attributes), write.Item ? 0 : (sizes.get(nameOf(key)) ?? 0));
  sizes.set(nameOf(key), size);
  return size;
}

function keyOf({ pk, sk }: Attributes): Attributes {
  return { ...(pk && { pk }), ...(sk && { sk }) };
}

const nameOf = (key: Attributes = {}): string => `${key['pk']?.S} ${key['sk']?.S}`;

function bytesOf(attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (total, [name, value]) => total + Buffer.byteLength(name) + bytesOfValue(value),
    0,
  );
}

function bytesOfValue({ S, N, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  // Two digits a byte, and one more.
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (L !== undefined) {
    return L.reduce((total, one) => total + MEMBER_BYTES + bytesOfValue(one), CONTAINER_BYTES);
  }
  if (M !== undefined) {
    return CONTAINER_BYTES + MEMBER_BYTES * Object.keys(M).length + bytesOf(M);
  }
  return 1;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
