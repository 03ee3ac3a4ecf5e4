/** The single table: locks, incidents, their timelines. */
import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  CfnGlobalTable,
  CfnTable,
  type ITable,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface HealerTableProps {
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey: IKey | undefined;
  /** One that is there already. */
  readonly table: ITable | undefined;
}

/** Its id is a promise: another one would replace the table, and forget every open incident. */
const TABLE_ID = 'Table';

const PARTITION_KEY = 'pk';
const SORT_KEY = 'sk';
const EXPIRY = 'expiresAt';

export function makeTable(
  scope: Construct,
  { removalPolicy, encryptionKey, table: given }: HealerTableProps,
): ITable {
  if (given !== undefined) return check(given);
  const table = new Table(scope, TABLE_ID, {
    partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
    sortKey: { name: SORT_KEY, type: AttributeType.STRING },
    timeToLiveAttribute: EXPIRY,
    // A healer is idle for weeks and then writes some dozen items.
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(encryptionKey === undefined
      ? { encryption: TableEncryption.AWS_MANAGED }
      : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    removalPolicy,
  });
  // CDK types its optional properties in a way that TypeScript's strictest setting finds unequal.
  return table as ITable;
}

interface Shape {
  readonly keySchema?: readonly { readonly attributeName: string }[];
  readonly attributeDefinitions?: readonly {
    readonly attributeName: string;
    readonly attributeType: string;
  }[];
  readonly timeToLiveSpecification?: { readonly attributeName?: string };
}

/** Of an imported table nothing is known; one that the app makes must be one that the store can use. */
function check(table: ITable): ITable {
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnTable || resource instanceof CfnGlobalTable)) return table;
  const { keySchema, attributeDefinitions, timeToLiveSpecification } = resource.stack.resolve({
    keySchema: resource.keySchema,
    attributeDefinitions: resource.attributeDefinitions,
    timeToLiveSpecification: resource.timeToLiveSpecification,
  }) as Shape;
  const typeOf = (name: string): string | undefined =>
    attributeDefinitions?.find(({ attributeName }) => attributeName === name)?.attributeType;
  const keys = keySchema?.map(({ attributeName: name }) => `${name} (${typeOf(name)})`);
  const got = [...(keys ?? []), `expiry by ${timeToLiveSpecification?.attributeName ?? 'nothing'}`];
  const wanted = [`${PARTITION_KEY} (S)`, `${SORT_KEY} (S)`, `expiry by ${EXPIRY}`];
  if (got.join() === wanted.join()) return table;
  throw new Error(
    `table ${table.node.path}: got keys and expiry ${got.join(', ')}, wanted ${wanted.join(', ')}`,
  );
}
