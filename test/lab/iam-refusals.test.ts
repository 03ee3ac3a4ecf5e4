/** How each service of the lab says that a call is not granted, with the real SDK's clients. */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import { allowedContextKeysForRequest } from '@cloud-copilot/iam-simulate';
import { expect, test } from 'vitest';
import { translate } from '../../functions/adapters/aws/errors.ts';
import { KNOWN_CALLS, permissionChecks } from './iam/call-resources.ts';
import { aLab, type Lab, STOP_ONE } from './iam/sample-lab.ts';
import { ACCOUNT, REGION } from './names.ts';
import { secretArn } from './parameters/secrets-service.ts';

/** Calls without any permission: what is asked, and how each service says no. */
const REFUSED: readonly (readonly [
  action: string,
  resource: string,
  code: string,
  call: (config: ReturnType<Lab['config']>) => Promise<unknown>,
])[] = [
  [
    'ecs:ListTasks',
    '*',
    'AccessDeniedException',
    (config) => new ecs.ECSClient(config).send(new ecs.ListTasksCommand({ cluster: 'shop' })),
  ],
  [
    'dynamodb:GetItem',
    `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`,
    'AccessDeniedException',
    (config) =>
      new dynamodb.DynamoDBClient(config).send(
        new dynamodb.GetItemCommand({ TableName: 'locks', Key: { pk: { S: 'a' } } }),
      ),
  ],
  [
    'dynamodb:PutItem',
    `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`,
    'AccessDeniedException',
    (config) =>
      new dynamodb.DynamoDBClient(config).send(
        new dynamodb.TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: 'locks', Item: { pk: { S: 'a' } } } }],
        }),
      ),
  ],
  [
    'sqs:sendmessage',
    `arn:aws:sqs:${REGION}:000000000000:inbox`,
    'AccessDenied',
    (config) =>
      new sqs.SQSClient(config).send(
        new sqs.SendMessageCommand({
          QueueUrl: 'http://127.0.0.1/000000000000/inbox',
          MessageBody: 'x',
        }),
      ),
  ],
  [
    'SNS:Publish',
    `arn:aws:sns:${REGION}:000000000000:incidents`,
    'AuthorizationErrorException',
    (config) =>
      new sns.SNSClient(config).send(
        new sns.PublishCommand({
          TopicArn: `arn:aws:sns:${REGION}:000000000000:incidents`,
          Message: 'x',
        }),
      ),
  ],
  [
    'logs:FilterLogEvents',
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/shop:log-stream:`,
    'AccessDeniedException',
    (config) =>
      new logs.CloudWatchLogsClient(config).send(
        new logs.FilterLogEventsCommand({ logGroupName: '/ecs/shop' }),
      ),
  ],
  [
    'ssm:GetParametersByPath',
    `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/healer/services`,
    'AccessDeniedException',
    (config) =>
      new ssm.SSMClient(config).send(
        new ssm.GetParametersByPathCommand({ Path: '/healer/services' }),
      ),
  ],
  [
    'secretsmanager:GetSecretValue',
    secretArn('hook', REGION, ACCOUNT),
    'AccessDeniedException',
    (config) =>
      new secrets.SecretsManagerClient(config).send(
        new secrets.GetSecretValueCommand({ SecretId: 'hook' }),
      ),
  ],
  [
    'cloudwatch:DescribeAlarms',
    '*',
    'AccessDenied',
    (config) =>
      new cloudwatch.CloudWatchClient(config).send(
        new cloudwatch.DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }),
      ),
  ],
  [
    'elasticloadbalancing:DescribeTargetHealth',
    '*',
    'AccessDenied',
    (config) =>
      new elb.ElasticLoadBalancingV2Client(config).send(
        new elb.DescribeTargetHealthCommand({ TargetGroupArn: 'group' }),
      ),
  ],
];

test.each(REFUSED)('without %s on %s a call fails as %s', async (action, resource, code, call) => {
  const lab = await aLab(STOP_ONE);

  const refusal = await call(lab.config('HEALER')).catch((error: unknown) => error);

  expect(refusal).toMatchObject({
    name: code,
    message: expect.stringContaining(
      `to perform: ${action} on resource: ${resource} because no identity-based policy allows`,
    ),
  });
  // What waiting cannot mend must not look as if it could.
  expect(translate(refusal, action)).toMatchObject({
    code: 'dependency.refused',
    retryable: false,
  });
});

/** One input for each call that the lab can judge. */
const INPUTS: Readonly<Record<string, object>> = {
  'ecs:ListTasks': { cluster: 'shop' },
  'ecs:DescribeTasks': { cluster: 'shop', tasks: ['t1'] },
  'ecs:GetTaskProtection': { cluster: 'shop', tasks: ['t1'] },
  'ecs:StopTask': { cluster: 'bank', task: 't1' },
  'ecs:DescribeServices': { cluster: 'shop', services: ['front'] },
  'dynamodb:GetItem': { TableName: 'locks', Key: {} },
  'dynamodb:PutItem': { TableName: 'locks', Item: {} },
  'dynamodb:UpdateItem': { TableName: 'locks', Key: {} },
  'dynamodb:Query': { TableName: 'locks', KeyConditionExpression: 'pk = :pk' },
  'dynamodb:BatchWriteItem': { RequestItems: { locks: [{ PutRequest: { Item: {} } }] } },
  'dynamodb:TransactWriteItems': {
    TransactItems: [
      { Put: { TableName: 'locks' } },
      { Update: { TableName: 'locks' } },
      { Delete: { TableName: 'locks' } },
      { ConditionCheck: { TableName: 'locks' } },
    ],
  },
  'sqs:SendMessage': { QueueUrl: 'http://127.0.0.1/000000000000/inbox' },
  'sqs:ReceiveMessage': { QueueUrl: 'http://127.0.0.1/000000000000/inbox' },
  'sqs:DeleteMessage': { QueueUrl: 'http://127.0.0.1/000000000000/inbox' },
  'sqs:DeleteMessageBatch': { QueueUrl: 'http://127.0.0.1/000000000000/inbox' },
  'sqs:GetQueueAttributes': { QueueUrl: 'http://127.0.0.1/000000000000/inbox' },
  'sns:Publish': { TopicArn: `arn:aws:sns:${REGION}:000000000000:incidents` },
  'logs:FilterLogEvents': { logGroupName: '/ecs/shop' },
  'logs:StartQuery': { logGroupNames: ['/ecs/shop'] },
  'logs:CreateLogStream': { logGroupName: '/healer', logStreamName: 's' },
  'logs:PutLogEvents': { logGroupName: '/healer', logStreamName: 's' },
  'xray:PutTraceSegments': {},
  'xray:PutTelemetryRecords': {},
  'logs:GetQueryResults': { queryId: 'q' },
  'ssm:GetParameter': { Name: '/hook' },
  'ssm:GetParametersByPath': { Path: '/healer/services' },
  'secretsmanager:GetSecretValue': { SecretId: 'hook' },
  'monitoring:DescribeAlarms': { AlarmNames: ['errors'] },
  'monitoring:SetAlarmState': { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' },
  'elasticloadbalancing:DescribeTargetHealth': { TargetGroupArn: 'group' },
};

test('every call asks of IAM what IAM knows, and is refused without it', async () => {
  const nothing = { Effect: 'Allow', Action: 'ecs:CreateCluster', Resource: '*' };
  const { authorizer } = await aLab(nothing);

  expect(Object.keys(INPUTS)).toEqual(KNOWN_CALLS);
  for (const [call, input] of Object.entries(INPUTS)) {
    const [service = '', operation = ''] = call.split(':');
    // An action or a kind of resource that is not in AWS's own tables would throw.
    const denial = await authorizer.authorize({ caller: 'HEALER', service, operation, input });
    expect([call, denial?.message]).toEqual([call, expect.stringContaining('no identity-based')]);
  }
});

test.each(Object.entries(INPUTS))(
  '%s tells IAM no condition key that AWS does not',
  async (call, input) => {
    const [service = '', operation = ''] = call.split(':');
    const place = { region: REGION, account: ACCOUNT };

    const checks = permissionChecks({ service, operation, input }, place) ?? [];

    expect(checks.length).toBeGreaterThan(0);
    for (const { action, resource, context } of checks) {
      const [prefix = '', name = ''] = action.split(':');
      const known = await allowedContextKeysForRequest(prefix, name, resource, false, undefined);
      expect(known).toEqual(
        expect.arrayContaining(Object.keys(context).map((key) => key.toLowerCase())),
      );
    }
  },
);
