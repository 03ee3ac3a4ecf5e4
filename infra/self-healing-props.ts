/** How a healer is set up. */
import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { HealingAccountLimits, HealingPolicy } from './healing-policy.ts';
import type { Slack } from './slack.ts';

/** Only `slack` is required. */
export interface SelfHealingProps {
  /** Where incidents are told. */
  readonly slack: Slack;
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
   * Key of the table and the topic.
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
}
