/** What people, pipelines and drills may be let to do with a healer. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { METRICS_NAMESPACE } from '../../functions/core/environment-variables.ts';

/** Lets a drill ring the guarded alarms, ask functions, and count that it passed. */
export function grantDrill(
  grantee: IGrantable,
  functions: readonly IFunction[],
  alarmArns: readonly string[],
): Grant {
  if (alarmArns.length === 0) {
    throw new Error('grantDrill: no service is guarded yet; call it after guard()');
  }
  const ring = Grant.addToPrincipal({
    grantee,
    actions: ['cloudwatch:SetAlarmState', 'cloudwatch:DescribeAlarms'],
    resourceArns: [...alarmArns],
  });
  return functions
    .reduce((all, each) => all.combine(each.grantInvoke(grantee)), ring)
    .combine(grantCountDrills(grantee));
}

/** AWS knows no resources for it, but the namespace is a condition. */
function grantCountDrills(grantee: IGrantable): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: ['cloudwatch:PutMetricData'],
    resourceArns: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': METRICS_NAMESPACE } },
  });
}

/** Lets a report or a person read incidents and their timelines. */
export function grantReadIncidents(grantee: IGrantable, table: ITable): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    resourceArns: [table.tableArn],
  }).combine(grantTableKey(grantee, table, READ_KEY));
}

/** DynamoDB uses a customer's key in the name of who calls it. */
const READ_KEY = ['kms:Decrypt', 'kms:DescribeKey'];

function grantTableKey(
  grantee: IGrantable,
  { encryptionKey }: ITable,
  actions: readonly string[],
): Grant {
  return encryptionKey?.grant(grantee, ...actions) ?? Grant.drop(grantee, 'no own key');
}
