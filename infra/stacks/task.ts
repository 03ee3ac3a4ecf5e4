/** The task definition of a service of `workload/`, and the two roles it needs. */
import { CfnDeletionPolicy, Duration, Stack } from 'aws-cdk-lib';
import {
  type CfnTaskDefinition,
  Secret as ContainerSecret,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { accept } from './findings.ts';
import { type ImageSettings, imageOf } from './image.ts';
import { makeLogGroup } from './log-group.ts';
import type { Settings } from './settings.ts';

export const CONTAINER = 'app';
export const CONTAINER_PORT = 8080;

/**
 * `StopTask` does not drain the load balancer first: users report requests for 3 to 5 s after the
 * stop signal. So the service answers on for longer than that.
 */
const DRAIN = Duration.seconds(15);
/** Above the drain, with time for the last requests; Fargate allows 120 s. */
const STOP_TIMEOUT = Duration.seconds(45);

interface TaskProps {
  readonly name: string;
  readonly image: ImageSettings;
  readonly catalogUrl: string;
  readonly settings: Settings;
  /** With it drills may make tasks ill, by requests that are signed with it. */
  readonly drillToken: ISecret | undefined;
}

export class Task extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: TaskProps) {
    super(scope, id);
    this.logGroup = makeLogGroup(this, 'Log', props.settings.logRetentionDays);
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: 256,
      memoryLimitMiB: 512,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: this.#makeRole(),
      // CDK makes the execution role: this one repository, this one log group.
    });
    keepOldRevisions(this.definition);
    this.#addContainer(props);
    accept(this.definition, 'plainVariables');
    accept(this.definition.obtainExecutionRole(), 'registryLogin');
  }

  /** The service calls nothing of AWS, so its role may do nothing; it is there to be granted to. */
  #makeRole(): Role {
    return new Role(this, 'Role', {
      description: 'What the code of the service may do',
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        // Against a confused deputy: only for tasks of this account.
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
  }

  #addContainer({ name, image: chosen, catalogUrl, drillToken }: TaskProps): void {
    const { image, revision } = imageOf(this, chosen);
    this.definition.addContainer(CONTAINER, {
      image,
      environment: {
        SERVICE_NAME: name,
        REVISION: revision,
        PORT: String(CONTAINER_PORT),
        CATALOG_URL: catalogUrl,
        DRAIN_MS: String(DRAIN.toMilliseconds()),
        ...(drillToken === undefined ? {} : { DRILLS_ENABLED: 'true' }),
      },
      ...(drillToken === undefined
        ? {}
        : { secrets: { DRILL_TOKEN: ContainerSecret.fromSecretsManager(drillToken) } }),
      portMappings: [{ containerPort: CONTAINER_PORT }],
      stopTimeout: STOP_TIMEOUT,
      readonlyRootFilesystem: true,
      // One stream for each task: what tells the tasks apart is read from it.
      logging: LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: name }),
    });
  }
}

/**
 * A new revision replaces the resource; the old one must stay, because running tasks are of it and
 * CodeDeploy goes back to it.
 */
function keepOldRevisions(definition: FargateTaskDefinition): void {
  const resource = definition.node.defaultChild as CfnTaskDefinition;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
}
