/**
 * What IAM is asked for each call of the functions: the actions, on which resources, with which
 * condition keys. Keys of KMS are not among them: the lab's services encrypt nothing.
 */
import type { DescribeAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import type {
  CreateLogStreamCommandInput,
  FilterLogEventsCommandInput,
  StartQueryCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type {
  AttributeValue,
  BatchWriteItemCommandInput,
  QueryCommandInput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type {
  DescribeServicesCommandInput,
  DescribeTasksCommandInput,
  ListTasksCommandInput,
  StopTaskCommandInput,
} from '@aws-sdk/client-ecs';
import type {
  GetParameterCommandInput,
  GetParametersByPathCommandInput,
} from '@aws-sdk/client-ssm';
import { type AwsPlace, clusterArn, nameOf, serviceArn, taskArn } from '../ecs/arns.ts';
import type { AuthorizedCall } from '../gateway/exchange.ts';
import { secretArn } from '../parameters/secrets-service.ts';

/** One question to IAM. */
export interface PermissionCheck {
  /** Such as `ecs:StopTask`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  /** Values of condition keys. */
  readonly context: Readonly<Record<string, string | string[]>>;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs of different calls, each typed where it is read.
type Asked = (input: any, place: AwsPlace) => readonly PermissionCheck[];

/** Of the healer's table; a policy can be limited to some of its values. */
const PARTITION_KEY = 'pk';
const MEMBER_ACTIONS = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
} as const;

/** By signing name and operation; a call that is not here cannot be judged, and is denied. */
const CALLS: Readonly<Record<string, Asked>> = {
  // Its resource would be a container instance, which Fargate has none of.
  'ecs:ListTasks': ({ cluster }: ListTasksCommandInput, place) =>
    inCluster(place, cluster, 'ecs:ListTasks', ['*']),
  'ecs:DescribeTasks': (input, place) => ofTasks('ecs:DescribeTasks', input, place),
  'ecs:GetTaskProtection': (input, place) => ofTasks('ecs:GetTaskProtection', input, place),
  'ecs:StopTask': ({ cluster, task = '' }: StopTaskCommandInput, place) =>
    ofTasks('ecs:StopTask', { cluster, tasks: [task] }, place),
  'ecs:DescribeServices': ({ cluster, services = [] }: DescribeServicesCommandInput, place) => {
    const arns = services.map((service) =>
      isArn(service) ? service : serviceArn(place, nameOf(cluster ?? 'default'), service),
    );
    return inCluster(place, cluster, 'ecs:DescribeServices', arns);
  },
  'dynamodb:GetItem': (input, place) => [ofItem('dynamodb:GetItem', input, place)],
  'dynamodb:PutItem': (input, place) => [ofItem('dynamodb:PutItem', input, place)],
  'dynamodb:UpdateItem': (input, place) => [ofItem('dynamodb:UpdateItem', input, place)],
  'dynamodb:Query': (input: QueryCommandInput, place) => [ofQuery(input, place)],
  'dynamodb:BatchWriteItem': ({ RequestItems = {} }: BatchWriteItemCommandInput, place) =>
    Object.entries(RequestItems).map(([TableName, requests]) => {
      const items = requests.map(
        (request) => request.PutRequest?.Item ?? request.DeleteRequest?.Key,
      );
      return ofItems('dynamodb:BatchWriteItem', TableName, items, place);
    }),
  'dynamodb:TransactWriteItems': ({ TransactItems = [] }: TransactWriteItemsCommandInput, place) =>
    TransactItems.flatMap((member) => ofMember(member, place)),
  'sqs:SendMessage': (input, place) => [ofQueue('sqs:SendMessage', input, place)],
  // Lambda polls in the name of the function's role.
  'sqs:ReceiveMessage': (input, place) => [ofQueue('sqs:ReceiveMessage', input, place)],
  'sqs:DeleteMessage': (input, place) => [ofQueue('sqs:DeleteMessage', input, place)],
  'sqs:DeleteMessageBatch': (input, place) => [ofQueue('sqs:DeleteMessage', input, place)],
  'sqs:GetQueueAttributes': (input, place) => [ofQueue('sqs:GetQueueAttributes', input, place)],
  'sns:Publish': ({ TopicArn = '' }) => [check('sns:Publish', TopicArn)],
  'logs:FilterLogEvents': (
    { logGroupName, logGroupIdentifier }: FilterLogEventsCommandInput,
    place,
  ) => ofLogGroups('logs:FilterLogEvents', [logGroupName, logGroupIdentifier], place),
  'logs:StartQuery': (
    { logGroupName, logGroupNames = [], logGroupIdentifiers = [] }: StartQueryCommandInput,
    place,
  ) => {
    const groups = [logGroupName, ...logGroupNames, ...logGroupIdentifiers];
    return ofLogGroups('logs:StartQuery', groups, place);
  },
  // Lambda writes a function's log, and sends its traces, in the name of its role.
  'logs:CreateLogStream': (input, place) => [ofLogStream('logs:CreateLogStream', input, place)],
  'logs:PutLogEvents': (input, place) => [ofLogStream('logs:PutLogEvents', input, place)],
  'xray:PutTraceSegments': () => [check('xray:PutTraceSegments', '*')],
  'xray:PutTelemetryRecords': () => [check('xray:PutTelemetryRecords', '*')],
  // A query's results are named by its id alone.
  'logs:GetQueryResults': () => [check('logs:GetQueryResults', '*')],
  'ssm:GetParameter': ({ Name = '' }: GetParameterCommandInput, place) => [
    check('ssm:GetParameter', parameterArn(Name, place)),
  ],
  'ssm:GetParametersByPath': (
    { Path = '', Recursive = false }: GetParametersByPathCommandInput,
    place,
  ) => {
    const context = { 'ssm:Recursive': String(Recursive) };
    return [check('ssm:GetParametersByPath', parameterArn(Path, place), context)];
  },
  'secretsmanager:GetSecretValue': ({ SecretId = '' }, place) => {
    const context = { 'secretsmanager:SecretId': SecretId };
    return [check('secretsmanager:GetSecretValue', wholeSecretArn(SecretId, place), context)];
  },
  // Composite alarms are told only to who may read all alarms.
  'monitoring:DescribeAlarms': ({ AlarmTypes }: DescribeAlarmsCommandInput, place) => {
    const all = AlarmTypes?.includes('CompositeAlarm') === true;
    const alarms = `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:*`;
    return [check('cloudwatch:DescribeAlarms', all ? '*' : alarms)];
  },
  'monitoring:SetAlarmState': ({ AlarmName = '' }, { region, account }) => [
    check('cloudwatch:SetAlarmState', `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}`),
  ],
  'elasticloadbalancing:DescribeTargetHealth': () => [
    check('elasticloadbalancing:DescribeTargetHealth', '*'),
  ],
};

/** Every call that can be judged, as `<signing name>:<operation>`. */
export const KNOWN_CALLS: readonly string[] = Object.keys(CALLS);

/** @returns what IAM is asked, every part of which must be granted; undefined for an unknown call. */
export function permissionChecks(
  { service, operation, input }: Omit<AuthorizedCall, 'caller'>,
  place: AwsPlace,
): readonly PermissionCheck[] | undefined {
  return CALLS[`${service}:${operation}`]?.(input ?? {}, place);
}

function check(
  action: string,
  resource: string,
  context: PermissionCheck['context'] = {},
): PermissionCheck {
  return { action, resource, context };
}

function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

function inCluster(
  place: AwsPlace,
  cluster: string | undefined,
  action: string,
  resources: readonly string[],
): readonly PermissionCheck[] {
  // Who names no cluster means the one called default.
  const named = cluster ?? 'default';
  const arn = isArn(named) ? named : clusterArn(place, named);
  return resources.map((resource) => check(action, resource, { 'ecs:cluster': arn }));
}

function ofTasks(
  action: string,
  { cluster, tasks = [] }: Pick<DescribeTasksCommandInput, 'cluster' | 'tasks'>,
  place: AwsPlace,
): readonly PermissionCheck[] {
  // An ARN is judged as it is, also one of another cluster.
  const arns = tasks.map((task) =>
    isArn(task) ? task : taskArn(place, nameOf(cluster ?? 'default'), task),
  );
  return inCluster(place, cluster, action, arns);
}

type Item = Readonly<Record<string, AttributeValue>>;

interface ItemCall {
  readonly TableName?: string | undefined;
  readonly Key?: Item | undefined;
  readonly Item?: Item | undefined;
}

function ofItem(action: string, input: ItemCall, place: AwsPlace): PermissionCheck {
  return ofItems(action, input.TableName ?? '', [input.Key ?? input.Item], place);
}

function ofItems(
  action: string,
  table: string,
  items: readonly (Item | undefined)[],
  { region, account }: AwsPlace,
): PermissionCheck {
  const arn = isArn(table) ? table : `arn:aws:dynamodb:${region}:${account}:table/${table}`;
  const keys = items.map((item) => item?.[PARTITION_KEY]?.S ?? '');
  return check(action, arn, { 'dynamodb:LeadingKeys': [...new Set(keys)] });
}

const PARTITION = new RegExp(`\\b${PARTITION_KEY} = (:\\w+)`);

/** A query is of one partition, which its condition names. */
function ofQuery(input: QueryCommandInput, place: AwsPlace): PermissionCheck {
  const { KeyConditionExpression: condition = '', ExpressionAttributeValues: values = {} } = input;
  const [, name = ''] = PARTITION.exec(condition) ?? [];
  const value = values[name];
  const Key = value === undefined ? undefined : { [PARTITION_KEY]: value };
  return ofItem('dynamodb:Query', { TableName: input.TableName, Key }, place);
}

/** A transaction has no permission of its own: each member needs that of the call that it stands for. */
function ofMember(member: TransactWriteItem, place: AwsPlace): readonly PermissionCheck[] {
  return Object.entries(MEMBER_ACTIONS).flatMap(([kind, action]) => {
    const input = member[kind as keyof typeof MEMBER_ACTIONS];
    if (input === undefined) return [];
    const asked = ofItem(action, input, place);
    // A condition check is part of a transaction always: AWS has no key that says so.
    if (kind === 'ConditionCheck') return [asked];
    const context = { ...asked.context, 'dynamodb:EnclosingOperation': 'TransactWriteItems' };
    return [{ ...asked, context }];
  });
}

/** The account is that of the URL: the lab's queues have one of their own. */
function ofQueue(
  action: string,
  { QueueUrl = '' }: { readonly QueueUrl?: string },
  { region }: AwsPlace,
): PermissionCheck {
  const [name = '', account = ''] = QueueUrl.split('/').reverse();
  return check(action, `arn:aws:sqs:${region}:${account}:${name}`);
}

function ofLogGroups(
  action: string,
  groups: readonly (string | undefined)[],
  { region, account }: AwsPlace,
): readonly PermissionCheck[] {
  return (
    groups
      .filter((group) => group !== undefined)
      .map((group) =>
        isArn(group) ? group : `arn:aws:logs:${region}:${account}:log-group:${group}`,
      )
      // Reading is asked for an unnamed stream of the group: a policy without `:*` does not match.
      .map((arn) => check(action, `${arn.replace(/:\*$/, '')}:log-stream:`))
  );
}

function ofLogStream(
  action: string,
  { logGroupName = '', logStreamName = '' }: Partial<CreateLogStreamCommandInput>,
  { region, account }: AwsPlace,
): PermissionCheck {
  const arn = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;
  return check(action, `${arn}:log-stream:${logStreamName}`);
}

/** A name's first slash is the one that the ARN has anyway. */
function parameterArn(name: string, { region, account }: AwsPlace): string {
  return isArn(name)
    ? name
    : `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
}

/** Ends a secret's whole ARN. */
const RANDOM_PART = /-[A-Za-z0-9]{6}$/;

/** A secret that is named without the random part of its ARN has one all the same. */
function wholeSecretArn(secretId: string, { region, account }: AwsPlace): string {
  if (isArn(secretId) && RANDOM_PART.test(secretId)) return secretId;
  const name = isArn(secretId) ? secretId.split(':').slice(6).join(':') : secretId;
  return secretArn(name, region, account);
}
