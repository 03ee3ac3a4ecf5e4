/** What the functions may do; the name of each statement is its reason. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { HealingPermissions } from '../healing-permissions.ts';
import type { Messaging } from './messaging.ts';
import { limitPolicies } from './quotas.ts';

export interface HealerResources {
  readonly table: ITable;
  readonly messaging: Messaging;
  /** Path of the parameters of the guarded services. */
  readonly servicesPath: string;
}

export interface GuardedResources {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly logGroupName: string | undefined;
}

/** Resources in one statement; a role's policies are split between statements only. */
const RESOURCES_MAX = 20;

interface NamedCluster {
  readonly name: string;
  readonly arn: string;
}

/** Everything of remediate; what belongs to guarded services is added with them or up front. */
export class RemediatePermissions {
  readonly #role: Role;
  readonly #upFront: boolean;
  readonly #clusters = new Set<string>();
  readonly #services: GrowingStatement;
  readonly #logGroups: GrowingStatement;
  #statements = 0;

  constructor(role: Role, resources: HealerResources, permissions: HealingPermissions) {
    this.#role = role;
    this.#upFront = permissions.clusterNames.length > 0;
    this.#services = new GrowingStatement(role, 'LookAtServices', ['ecs:DescribeServices']);
    this.#logGroups = new GrowingStatement(role, 'ReadServiceLogs', [
      'logs:FilterLogEvents',
      'logs:StartQuery',
    ]);
    for (const statement of ownStatements(role, resources)) role.addToPolicy(statement);
    for (const statement of readStatements()) role.addToPolicy(statement);
    if (this.#upFront) this.#addNamed(permissions);
    limitPolicies(role);
  }

  /** Lets it look at one service, and stop tasks of its cluster. */
  add({ clusterName, clusterArn, serviceArn, logGroupName }: GuardedResources): void {
    if (this.#upFront) return;
    if (!this.#clusters.has(clusterArn)) {
      this.#clusters.add(clusterArn);
      this.#addClusters('ArnEquals', [{ name: clusterName, arn: clusterArn }]);
    }
    this.#services.add(serviceArn);
    if (logGroupName !== undefined) this.#addLogGroup(logGroupName);
  }

  #addNamed({ clusterNames, logGroupNames }: HealingPermissions): void {
    const clusters = clusterNames.map((name) => ({ name, arn: this.#ecs('cluster', name) }));
    for (let start = 0; start < clusters.length; start += RESOURCES_MAX) {
      this.#addClusters('ArnLike', clusters.slice(start, start + RESOURCES_MAX));
    }
    for (const name of clusterNames) this.#services.add(this.#ecs('service', `${name}/*`));
    for (const name of logGroupNames) this.#addLogGroup(name);
  }

  #addClusters(operator: 'ArnEquals' | 'ArnLike', clusters: readonly NamedCluster[]): void {
    this.#statements += 1;
    const arns = clusters.map(({ arn }) => arn);
    const conditions = {
      [operator]: { 'ecs:cluster': operator === 'ArnEquals' ? arns[0] : arns },
    };
    const add = (sid: string, actions: string[], resources: string[]): void => {
      const named = { sid: `${sid}${this.#statements}`, actions, resources, conditions };
      this.#role.addToPolicy(new PolicyStatement(named));
    };
    // A task's ARN does not name its service, nor is there a condition key for it: the cluster is
    // the border. One statement for all three: a role's policies end at some 60,000 characters.
    add(
      'LookAtTasksAndStopOne',
      ['ecs:DescribeTasks', 'ecs:GetTaskProtection', 'ecs:StopTask'],
      clusters.map(({ name }) => this.#ecs('task', `${name}/*`)),
    );
    // Its resource would be a container instance, which Fargate has none of.
    add('FindTasks', ['ecs:ListTasks'], ['*']);
  }

  #addLogGroup(resourceName: string): void {
    const logGroup = Stack.of(this.#role).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // This form covers the group for all actions that read it.
    this.#logGroups.add(`${logGroup}:*`);
  }

  #ecs(resource: string, resourceName: string): string {
    return Stack.of(this.#role).formatArn({ service: 'ecs', resource, resourceName });
  }
}

/** The healer's own table, queue, topic and parameters. */
function ownStatements(
  role: Role,
  { table, messaging, servicesPath }: HealerResources,
): readonly PolicyStatement[] {
  const parameters = Stack.of(role).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: servicesPath.replace(/^\//, ''),
  });
  const { inbox, topic, topicKey } = messaging;
  return [
    // A transaction asks for the permissions of its members.
    allow(
      'KeepLocksAndIncidents',
      ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'],
      [table.tableArn],
    ),
    ...keyStatements('UseTableKey', table.encryptionKey?.keyArn, USE_TABLE_KEY),
    allow('LookAgainLater', ['sqs:SendMessage'], [inbox.queueArn]),
    allow('TellIncidents', ['sns:Publish'], [topic.topicArn]),
    ...keyStatements('UseTopicKey', topicKey.keyArn, USE_KEY),
    allow('ReadGuardedServices', ['ssm:GetParametersByPath'], [parameters, `${parameters}/*`]),
  ];
}

const USE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];
/** DynamoDB uses a customer's key in the name of who calls it. */
const USE_TABLE_KEY = [...USE_KEY, 'kms:Encrypt', 'kms:DescribeKey', 'kms:CreateGrant'];

function keyStatements(
  sid: string,
  keyArn: string | undefined,
  actions: string[],
): readonly PolicyStatement[] {
  return keyArn === undefined ? [] : [allow(sid, actions, [keyArn])];
}

/** Reads for which AWS knows no resources. */
function readStatements(): readonly PolicyStatement[] {
  return [
    allow('ReadAlarms', ['cloudwatch:DescribeAlarms'], ['*']),
    allow('ReadTargetHealth', ['elasticloadbalancing:DescribeTargetHealth'], ['*']),
    // A query's results are named by its id alone; it could be started on the granted log groups
    // only.
    allow('ReadQueryResults', ['logs:GetQueryResults'], ['*']),
  ];
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources });
}

/** A statement that takes resources until it is full, and goes on in the next. */
class GrowingStatement {
  readonly #role: Role;
  readonly #sid: string;
  readonly #actions: string[];
  readonly #known = new Set<string>();
  #current: PolicyStatement | undefined;
  #count = 0;

  constructor(role: Role, sid: string, actions: string[]) {
    this.#role = role;
    this.#sid = sid;
    this.#actions = actions;
  }

  add(...resources: readonly string[]): void {
    const added = resources.filter((resource) => !this.#known.has(resource));
    if (added.length === 0) return;
    for (const resource of added) this.#known.add(resource);
    if (this.#current === undefined || this.#current.resources.length >= RESOURCES_MAX) {
      this.#count += 1;
      this.#current = allow(`${this.#sid}${this.#count}`, this.#actions, [...added]);
      this.#role.addToPolicy(this.#current);
    } else {
      this.#current.addResources(...added);
    }
  }
}
