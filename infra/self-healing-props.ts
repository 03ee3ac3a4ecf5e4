/** How a healer is set up. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { HealingPermissions } from './healing-permissions.ts';
import type { HealingAccountLimits, HealingPolicy } from './healing-policy.ts';
import type { Slack, SlackButtons } from './slack.ts';

/** Rehearsals of the healing, by a function of their own. */
export interface HealingDrills {
  /**
   * How often the wiring of every guarded service is drilled: one of its alarms is set to ALARM, and
   * the healer must notice it, hold, tell, and see it end. Nothing is stopped. Whole days, from one
   * to six; each service at a time of its own.
   *
   * @default - never: only people ask for drills
   */
  readonly every?: Duration;
  /**
   * Whether services whose environment looks like production may be drilled. Who asks for a drill
   * there must say so too.
   *
   * @default false: a drill rings alarms that others may listen to
   */
  readonly production?: boolean;
  /**
   * Signs the requests that make a task ill, to the fault switch that a service must have; holds it
   * bare, or as `{ "drillToken": "…" }`. Which services have one, `faultUrl` of a guard says.
   *
   * @default - none: wiring can be drilled, no task is made ill
   */
  readonly faultSecret?: ISecret;
}

/**
 * Only `slack` is required.
 *
 * What is not here is reached by the parts of the healer, such as `remediate.function`, and by CDK's
 * own means: `Tags.of(healing)`, `PermissionsBoundary.of(healing)`, `node.defaultChild`.
 */
export interface SelfHealingProps {
  /** Where incidents are told. */
  readonly slack: Slack;
  /**
   * Buttons under the messages: acknowledge, pause, resume, stop one more. They need a Slack app whose
   * interactivity asks `respondUrl`.
   *
   * @default - none: links, and the commands to type
   */
  readonly buttons?: SlackButtons;
  /**
   * Whether the week's incidents are told on Mondays.
   *
   * @default true: what heals itself again and again would go unseen
   */
  readonly digest?: boolean;
  /**
   * Page of your runbook, to which messages link with the reason as anchor.
   *
   * @default - no link
   */
  readonly runbookUrl?: string;
  /**
   * Limits of every guarded service, unless it has its own.
   *
   * @default - the defaults of each limit
   */
  readonly policy?: HealingPolicy;
  /**
   * Limits over all guarded services together.
   *
   * @default - the defaults of each limit
   */
  readonly accountLimits?: HealingAccountLimits;
  /**
   * Named by every message, such as `prod`.
   *
   * @default - name of the stage, or of the stack where there is none: unlike in all deployments of
   * an app
   */
  readonly environment?: string;
  /**
   * What the alarms on the healer itself do.
   *
   * @default - nothing but ring: the healer cannot tell its own failure, so give it a way that does
   * not lead through it
   */
  readonly alarmActions?: IAlarmAction[];
  /**
   * Key of the table, if one is made, and of the topic. One that is imported must let
   * `cloudwatch.amazonaws.com` and `events.amazonaws.com` use it; one of the app is told so.
   *
   * @default - DynamoDB's own key for the table, and a new key for the topic, which CloudWatch
   * could not use otherwise
   */
  readonly encryptionKey?: IKey;
  /**
   * How long the functions' logs are kept: each decision with all it was made by.
   *
   * @default RetentionDays.THREE_MONTHS: as long as a quarter's review looks back
   */
  readonly logRetention?: RetentionDays;
  /**
   * What becomes of table and logs when they are removed from the app.
   *
   * @default RemovalPolicy.RETAIN: they hold the history of incidents
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * How the healer's role comes by its rights on clusters, services and logs.
   *
   * @default HealingPermissions.eachService(): no more than the guarded services need
   */
  readonly permissions?: HealingPermissions;
  /**
   * A table that is there already, so that several healers share it: their locks, and the limits
   * over all services. Needs the keys `pk` and `sk`, both text, and expiry by `expiresAt`; import it
   * with its key when it is under one of yours. `removalPolicy` is then the table's own.
   *
   * @default - a new table: on demand, encrypted, with point-in-time recovery
   */
  readonly table?: ITable;
  /**
   * Rehearsals: a function that runs drills, for who asks and by the clock.
   *
   * @default - none: drills run on a laptop, and by who may `grantDrill`
   */
  readonly drills?: HealingDrills;
  /**
   * Longest time without a drill that passed; an alarm rings then. From one hour to seven days, the
   * longest that CloudWatch looks back. Any service's drill counts.
   *
   * @default - twice `drills.every` and an hour, seven days at most: one drill may fail to pass. No
   * such alarm without a schedule: it would ring all the time
   */
  readonly drillWithin?: Duration;
  /**
   * Whether it looks every five minutes whether it can read all that it decides by, at one guarded
   * service after the other. Nothing is decided by it, and nothing told but by alarms.
   *
   * @default true: an alarm that finds it blind, or not running, comes too late
   */
  readonly watchdog?: boolean;
  /**
   * Longest time without a look that could read everything; an alarm rings then, also when it does
   * not run at all. From ten minutes to a day, in steps of five minutes.
   *
   * @default Duration.minutes(15): one look may fail, and one be late
   */
  readonly blindWithin?: Duration;
  /**
   * Whether to make a dashboard: incidents, decisions, failures, queues, functions, and the alarms
   * of the services that are guarded in the healer's stack.
   *
   * @default false: CloudWatch charges for a dashboard by the month
   */
  readonly dashboard?: boolean;
  /**
   * Memory of each function in MB, from 256 to 10240; the CPU goes with it.
   *
   * @default 512: with less a cold start takes longer than the decision
   */
  readonly memorySize?: number;
  /**
   * Network of the functions. From there they must reach the APIs of AWS that they call, by
   * endpoints or NAT, and Slack, which has no endpoint.
   *
   * @default - none: a function needs no network of yours, and fails when its NAT does
   */
  readonly vpc?: IVpc;
  /**
   * Subnets of the functions; only with `vpc`.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Security groups of the functions; only with `vpc`.
   *
   * @default - a new one for each function, which lets everything out and nothing in
   */
  readonly securityGroups?: ISecurityGroup[];
}
