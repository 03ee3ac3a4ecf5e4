/** What remediate may do; the name of each statement is its reason. */
import { Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { HealingPermissions } from '../healing-permissions.ts';
import type { Messaging } from './messaging.ts';
import { allow, type HealerPlace, onlyVia } from './place.ts';
import { limitPolicies } from './quotas.ts';
import { type GuardedResources, ServicePermissions } from './service-permissions.ts';
import { letKeepIncidents } from './table-permissions.ts';

type HealerResources = Pick<HealerPlace, 'table' | 'messaging' | 'servicesPath'>;

/** Everything of remediate; what belongs to guarded services is added with them or up front. */
export class RemediatePermissions {
  readonly #services: ServicePermissions;

  constructor(role: Role, resources: HealerResources, permissions: HealingPermissions) {
    grantOwn(role, resources);
    grantReads(role);
    const onTasks = {
      sid: 'LookAtTasksAndStopOne',
      actions: ['ecs:DescribeTasks', 'ecs:GetTaskProtection', 'ecs:StopTask'],
      readsLogs: true,
    };
    this.#services = new ServicePermissions(role, onTasks, permissions);
    limitPolicies(role);
  }

  /** Lets it look at one service, and stop tasks of its cluster. */
  add(guarded: GuardedResources): void {
    this.#services.add(guarded);
  }
}

/** The healer's own table, queue, topic and parameters. */
function grantOwn(role: Role, { table, messaging, servicesPath }: HealerResources): void {
  letKeepIncidents(role, table);
  allow(role, 'LookAgainLater', ['sqs:SendMessage'], [messaging.inbox.queueArn]);
  letUseTopic(role, 'TellIncidents', messaging.topic, messaging);
  letReadServices(role, servicesPath);
}

/** Lets a function publish; SNS encrypts in the name of who publishes. */
export function letUseTopic(
  role: Role,
  sid: string,
  { topicArn }: ITopic,
  { topicKey }: Messaging,
): void {
  allow(role, sid, ['sns:Publish'], [topicArn]);
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
  allow(role, 'UseTopicKey', actions, [topicKey.keyArn], onlyVia('sns'));
}

/** Lets a function read the list of the guarded services. */
export function letReadServices(role: Role, servicesPath: string): void {
  const parameters = Stack.of(role).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: servicesPath.replace(/^\//, ''),
  });
  const both = [parameters, `${parameters}/*`];
  allow(role, 'ReadGuardedServices', ['ssm:GetParametersByPath'], both);
}

/** Reads that no resource narrows; see `wildcards.ts`. */
function grantReads(role: Role): void {
  allow(role, 'ReadAlarms', ['cloudwatch:DescribeAlarms'], ['*']);
  allow(role, 'ReadTargetHealth', ['elasticloadbalancing:DescribeTargetHealth'], ['*']);
  // A query's results are named by its id alone; it could be started on the granted log groups
  // only.
  allow(role, 'ReadQueryResults', ['logs:GetQueryResults'], ['*']);
}
