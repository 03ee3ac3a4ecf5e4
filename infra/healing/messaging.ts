/** The queues and the topic between CloudWatch, the functions and Slack. */
import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { FUNCTION_TIMEOUT } from './functions.ts';

export interface Messaging {
  /** What remediate works through: alarms, re-checks, people's requests. */
  readonly inbox: Queue;
  /** Inbox messages that failed five times. */
  readonly inboxDeadLetters: Queue;
  /** Alarms that EventBridge could not put into the inbox. */
  readonly ruleDeadLetters: Queue;
  /** Direct invocations that no function took. */
  readonly invocationDeadLetters: Queue;
  /** What notify works through: announcements, alarms on the healer, the week's digest. */
  readonly announcements: Queue;
  /** Announcements that could not be told. */
  readonly announcementDeadLetters: Queue;
  /** Announcements of incidents. */
  readonly topic: Topic;
  /** What Amazon Q Developer shows; only where it does the telling. */
  readonly chatTopic: Topic | undefined;
  readonly topicKey: IKey;
}

export interface MessagingProps {
  readonly encryptionKey: IKey | undefined;
  readonly withChatTopic: boolean;
}

/**
 * Twice the function's time. AWS advises six times, for batches that are retried while throttled;
 * here a batch is one message, and a claim whose function died is taken up only when its message
 * comes back: after the claim's lease of 90 seconds, and as soon as possible.
 */
export const VISIBILITY_TIMEOUT = Duration.seconds(2 * FUNCTION_TIMEOUT.toSeconds());
/**
 * Transient faults are gone by the fifth time; a message that is not understood must not come
 * forever.
 */
export const RECEIVES_MAX = 5;
/** The longest that SQS keeps a message: an alarm about it may ring on a Friday. */
const DEAD_LETTERS_KEPT = Duration.days(14);
/** An alarm older than a day is history, and every open incident is looked at anyway. */
const INBOX_KEPT = Duration.days(1);
/**
 * The most that SQS counts: each time the chat is down for another visibility timeout, more than a
 * day in all.
 */
const TELLINGS_MAX = 1_000;
/** Longer than all those tries take, so that what is given up is seen in the dead letters. */
const ANNOUNCEMENTS_KEPT = Duration.days(4);

const SENDERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com'];

export function makeMessaging(
  scope: Construct,
  { encryptionKey, withChatTopic }: MessagingProps,
): Messaging {
  const inboxDeadLetters = deadLetters(scope, 'InboxDeadLetters');
  const ruleDeadLetters = deadLetters(scope, 'RuleDeadLetters');
  const invocationDeadLetters = deadLetters(scope, 'InvocationDeadLetters');
  const inbox = new Queue(scope, 'Inbox', {
    // Of SQS itself: EventBridge could not write to a queue under the key of an AWS service.
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: VISIBILITY_TIMEOUT,
    retentionPeriod: INBOX_KEPT,
    deadLetterQueue: { queue: inboxDeadLetters, maxReceiveCount: RECEIVES_MAX },
  });
  const announcementDeadLetters = deadLetters(scope, 'AnnouncementDeadLetters');
  const announcements = makeAnnouncements(scope, announcementDeadLetters);
  for (const queue of [inbox, announcements, ruleDeadLetters]) letRulesSend(queue);
  const topicKey = encryptionKey ?? makeKey(scope);
  letAlarmsPublish(topicKey);
  const topic = new Topic(scope, 'Incidents', { masterKey: topicKey, enforceSSL: true });
  topic.addSubscription(
    new SqsSubscription(announcements, {
      // As it was published: a person reads it in the dead letters, and can send it again.
      rawMessageDelivery: true,
      deadLetterQueue: announcementDeadLetters,
    }),
  );
  const forAlarms = { inbox, inboxDeadLetters, ruleDeadLetters, invocationDeadLetters };
  const queues = { ...forAlarms, announcements, announcementDeadLetters };
  // SNS decrypts by itself before it delivers, so that who subscribes needs no right on the key.
  const chatTopic = withChatTopic
    ? new Topic(scope, 'Chat', { masterKey: topicKey, enforceSSL: true })
    : undefined;
  return { ...queues, topic, chatTopic, topicKey };
}

/** Between the topic and notify, so that what is told can wait for as long as the chat is down. */
function makeAnnouncements(scope: Construct, deadLetterQueue: Queue): Queue {
  return new Queue(scope, 'Announcements', {
    // Of SQS itself: SNS needs no right on a key then, nor does EventBridge.
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: VISIBILITY_TIMEOUT,
    retentionPeriod: ANNOUNCEMENTS_KEPT,
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: TELLINGS_MAX },
  });
}

export function deadLetters(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: DEAD_LETTERS_KEPT,
  });
  const reason = 'It is a dead-letter queue itself; an alarm tells when something is in it.';
  Validations.of(queue).acknowledge(
    { id: 'AwsSolutions::AwsSolutions-SQS3', reason },
    { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
  );
  return queue;
}

/**
 * One statement for all rules of this account and Region: a statement for each rule, as CDK's own
 * target makes it, ends at the twenty statements that a queue's policy may have.
 */
function letRulesSend(queue: Queue): void {
  const rules = Stack.of(queue).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: '*',
  });
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LetAlarmRulesSend',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': rules } },
    }),
  );
}

/**
 * A key of our own: under the AWS managed key of SNS neither CloudWatch nor EventBridge may
 * publish, and says so nowhere.
 */
function makeKey(scope: Construct): Key {
  return new Key(scope, 'TopicKey', {
    description: 'Encrypts the announcements of incidents while SNS holds them',
    enableKeyRotation: true,
    // Nothing at rest is under it: messages are gone within the hour.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/** Does nothing to a key that is imported: who owns it must let them. */
function letAlarmsPublish(key: IKey): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LetAlarmsPublish',
      principals: SENDERS.map((sender) => new ServicePrincipal(sender)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
}
