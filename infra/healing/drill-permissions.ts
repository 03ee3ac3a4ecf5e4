/** What the drill function may do; the name of each statement is its reason. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { HealingPermissions } from '../healing-permissions.ts';
import { grantKept } from './kept.ts';
import { letReadServices, letUseTopic } from './permissions.ts';
import { allow, type HealerPlace } from './place.ts';
import { limitPolicies } from './quotas.ts';
import {
  GrowingStatement,
  type GuardedResources,
  ServicePermissions,
} from './service-permissions.ts';
import { letKeepDrills } from './table-permissions.ts';

interface DrillResources extends Pick<HealerPlace, 'table' | 'messaging' | 'servicesPath'> {
  /** Its own next looks. */
  readonly queue: IQueue;
  readonly faultSecret: ISecret | undefined;
}

interface DrilledResources extends GuardedResources {
  /** ARNs. */
  readonly alarms: readonly string[];
}

/** It rings alarms and looks; it stops nothing, and writes no log of a service. */
export class DrillPermissions {
  readonly #services: ServicePermissions;
  readonly #alarms: GrowingStatement;
  readonly #alarmsUpFront: boolean;

  constructor(role: Role, resources: DrillResources, permissions: HealingPermissions) {
    grantOwn(role, resources);
    allow(role, 'ReadAlarms', ['cloudwatch:DescribeAlarms'], ['*']);
    allow(role, 'ReadTargetHealth', ['elasticloadbalancing:DescribeTargetHealth'], ['*']);
    const onTasks = {
      sid: 'LookAtTasks',
      actions: ['ecs:DescribeTasks', 'ecs:GetTaskProtection'],
      readsLogs: false,
    };
    this.#services = new ServicePermissions(role, onTasks, permissions);
    this.#alarms = new GrowingStatement(role, 'RingAlarms', ['cloudwatch:SetAlarmState']);
    this.#alarmsUpFront = permissions.alarmNames.length > 0;
    for (const resourceName of permissions.alarmNames) {
      this.#alarms.add(
        Stack.of(role).formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      );
    }
    limitPolicies(role);
  }

  /** Lets it ring the alarms of one service, and look at it. */
  add({ alarms, ...guarded }: DrilledResources): void {
    this.#services.add(guarded);
    this.#alarms.add(...this.needs(alarms));
  }

  /** @returns the alarms that the healer's stack must know of. */
  needs(alarms: readonly string[]): readonly string[] {
    return this.#alarmsUpFront ? [] : alarms;
  }
}

function grantOwn(role: Role, resources: DrillResources): void {
  const { table, messaging, servicesPath, queue, faultSecret } = resources;
  letKeepDrills(role, table);
  allow(role, 'LookAgainLater', ['sqs:SendMessage'], [queue.queueArn]);
  letUseTopic(role, 'TellDrills', messaging.topic, messaging);
  letReadServices(role, servicesPath);
  if (faultSecret !== undefined) grantKept(role, 'FaultSecret', { secret: faultSecret });
}
