/** Rights on guarded services: added with each of them, or given up front by the names of clusters. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { HealingPermissions } from '../healing-permissions.ts';
import { allow } from './place.ts';

export interface GuardedResources {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly logGroupName: string | undefined;
}

/** What a function does with the tasks of a service. */
interface OnTasks {
  /** Name of the statement, without its number. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly readsLogs: boolean;
}

/** Resources in one statement; a role's policies are split between statements only. */
const RESOURCES_MAX = 20;

interface NamedCluster {
  readonly name: string;
  readonly arn: string;
}

export class ServicePermissions {
  readonly #role: Role;
  readonly #onTasks: OnTasks;
  readonly #upFront: boolean;
  readonly #clusters = new Set<string>();
  readonly #services: GrowingStatement;
  readonly #logGroups: GrowingStatement;
  #statements = 0;

  constructor(role: Role, onTasks: OnTasks, permissions: HealingPermissions) {
    this.#role = role;
    this.#onTasks = onTasks;
    this.#upFront = permissions.clusterNames.length > 0;
    this.#services = new GrowingStatement(role, 'LookAtServices', ['ecs:DescribeServices']);
    this.#logGroups = new GrowingStatement(role, 'ReadServiceLogs', [
      'logs:FilterLogEvents',
      'logs:StartQuery',
    ]);
    if (this.#upFront) this.#addNamed(permissions);
  }

  /** Lets it look at one service, and at the tasks of its cluster. */
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
    const { sid, actions } = this.#onTasks;
    const number = this.#statements;
    // A task's ARN does not name its service, nor is there a condition key for it: the cluster is
    // the border. One statement for all of them: a role's policies end at some 60,000 characters.
    const tasks = clusters.map(({ name }) => this.#ecs('task', `${name}/*`));
    allow(this.#role, `${sid}${number}`, actions, tasks, conditions);
    // Its resource would be a container instance, which Fargate has none of.
    allow(this.#role, `FindTasks${number}`, ['ecs:ListTasks'], ['*'], conditions);
  }

  #addLogGroup(resourceName: string): void {
    if (!this.#onTasks.readsLogs) return;
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

/** A statement that takes resources until it is full, and goes on in the next. */
export class GrowingStatement {
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
      this.#current = new PolicyStatement({
        sid: `${this.#sid}${this.#count}`,
        actions: this.#actions,
        resources: [...added],
      });
      this.#role.addToPolicy(this.#current);
    } else {
      this.#current.addResources(...added);
    }
  }
}
