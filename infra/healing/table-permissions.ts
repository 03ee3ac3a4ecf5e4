/** What the functions may do in the healer's table: each with the items that are its own. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { allow, onlyVia } from './place.ts';

/** DynamoDB uses a customer's key in the name of who calls it. */
const USE_TABLE_KEY = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'kms:Encrypt',
  'kms:DescribeKey',
  'kms:CreateGrant',
];

/** Locks, incidents, timelines; not who clicked what. */
export function letKeepIncidents(role: Role, table: ITable): void {
  letOnKeys(role, table, {
    sid: 'KeepLocksAndIncidents',
    // A transaction asks for the permissions of its members.
    actions: [
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:PutItem',
      'dynamodb:BatchWriteItem',
    ],
    keys: ['SERVICE#*', 'INCIDENT#*', 'ACCOUNT'],
  });
}

/** What the week's digest counts. */
export function letReadWeek(role: Role, table: ITable): void {
  letOnKeys(role, table, {
    sid: 'ReadWeek',
    actions: ['dynamodb:Query'],
    keys: ['SERVICE#*'],
  });
}

/** What each incident went through, so that it is told in order. */
export function letReadTimelines(role: Role, table: ITable): void {
  letOnKeys(role, table, {
    sid: 'ReadTimelines',
    actions: ['dynamodb:Query'],
    keys: ['INCIDENT#*'],
  });
}

/** What was told of an incident, a drill or a pause, and where; never a lock. */
export function letKeepThreads(role: Role, table: ITable): void {
  letOnKeys(role, table, {
    sid: 'KeepThreads',
    actions: ['dynamodb:UpdateItem'],
    keys: ['INCIDENT#*'],
  });
}

/** Who clicked what, when; never a lock. */
export function letRecordClicks(role: Role, table: ITable): void {
  letOnKeys(role, table, {
    sid: 'RecordClicks',
    actions: ['dynamodb:PutItem'],
    keys: ['CLICK#*'],
  });
}

/** Drills, and the mark that one is on, which is in the lock. */
export function letKeepDrills(role: Role, table: ITable): void {
  letOnKeys(role, table, {
    sid: 'KeepDrills',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    keys: ['SERVICE#*'],
  });
  letOnKeys(role, table, {
    sid: 'FollowIncidents',
    actions: ['dynamodb:GetItem', 'dynamodb:Query'],
    keys: ['INCIDENT#*', 'ACCOUNT'],
  });
}

interface OnKeys {
  readonly sid: string;
  readonly actions: readonly string[];
  /** Partition keys, or their beginnings. */
  readonly keys: readonly string[];
}

function letOnKeys(role: Role, table: ITable, { sid, actions, keys }: OnKeys): void {
  allow(role, sid, actions, [table.tableArn], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...keys] },
  });
  letUseKey(role, table);
}

/** The same for every reason to use the table; CDK leaves out what a policy has already. */
function letUseKey(role: Role, { encryptionKey }: ITable): void {
  if (encryptionKey === undefined) return;
  allow(role, 'UseTableKey', USE_TABLE_KEY, [encryptionKey.keyArn], onlyVia('dynamodb'));
}
