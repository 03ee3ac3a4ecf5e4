/** Queues, topics, rules and the table of a template. */
import * as v from 'valibot';
import type {
  Deployment,
  QueueSpec,
  RuleSpec,
  TableSpec,
  TargetSpec,
} from '../healer/deployment.ts';
import type { PolicyDocument } from '../healer/policy-document.ts';
import { nameOf, patternOf } from './functions.ts';
import { type Resolver, wrong } from './intrinsics.ts';
import { readProperties } from './properties.ts';
import { DOCUMENT } from './roles.ts';
import { resourcesOf, type Template } from './template.ts';

const maybe = v.exactOptional;
const from = (min: number, max: number) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));

const QUEUE = {
  VisibilityTimeout: maybe(from(0, 43_200)),
  MessageRetentionPeriod: maybe(from(60, 1_209_600)),
  RedrivePolicy: maybe(
    v.strictObject({ deadLetterTargetArn: v.string(), maxReceiveCount: from(1, 1_000) }),
  ),
};
/** The lab keeps messages in memory; under whose key is for the tests of the construct. */
const QUEUE_IGNORED = ['SqsManagedSseEnabled', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'];

const QUEUE_POLICY = { PolicyDocument: DOCUMENT, Queues: v.array(v.string()) };

export function readQueues(template: Template, resolver: Resolver): readonly QueueSpec[] {
  const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy').map((each) =>
    readProperties(resolver, each, QUEUE_POLICY),
  );
  return resourcesOf(template, 'AWS::SQS::Queue').map((each) => {
    const [id] = each;
    const own = readProperties(resolver, each, QUEUE, QUEUE_IGNORED);
    const url = resolver.attribute(id, 'Ref', id);
    const documents: readonly PolicyDocument[] = policies
      .filter(({ Queues: urls }) => urls.includes(url))
      .map(({ PolicyDocument: document }) => document);
    const { RedrivePolicy: redrive, VisibilityTimeout: visible } = own;
    return {
      name: id,
      arn: resolver.attribute(id, 'Arn', id),
      url,
      policies: documents,
      ...(visible !== undefined && { visibilityTimeoutSeconds: visible }),
      ...(own.MessageRetentionPeriod !== undefined && {
        retentionSeconds: own.MessageRetentionPeriod,
      }),
      ...(redrive && {
        redrive: {
          deadLetterArn: redrive.deadLetterTargetArn,
          maxReceiveCount: redrive.maxReceiveCount,
        },
      }),
    };
  });
}

export function readTopics(template: Template, resolver: Resolver): Deployment['topics'] {
  return resourcesOf(template, 'AWS::SNS::Topic').map((each) => {
    readProperties(resolver, each, {}, ['KmsMasterKeyId']);
    return { name: each[0], arn: resolver.attribute(each[0], 'Ref', each[0]) };
  });
}

const RULE = {
  EventPattern: maybe(v.record(v.string(), v.unknown())),
  ScheduleExpression: maybe(
    v.pipe(v.string(), v.regex(/^(?:cron|rate)\([^()]+\)$/, 'cron(…) or rate(…)')),
  ),
  State: maybe(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
  Targets: maybe(
    v.array(
      v.strictObject({
        Arn: v.string(),
        Id: v.string(),
        Input: maybe(v.string()),
        DeadLetterConfig: maybe(v.strictObject({ Arn: v.string() })),
        // The lab's queue is always there: a try is enough.
        RetryPolicy: maybe(v.unknown()),
      }),
    ),
    [],
  ),
};

export function readRules(template: Template, resolver: Resolver): readonly RuleSpec[] {
  return resourcesOf(template, 'AWS::Events::Rule').map((each) => {
    const [id] = each;
    const own = readProperties(resolver, each, RULE);
    const { EventPattern: pattern, ScheduleExpression: schedule } = own;
    if ((pattern === undefined) === (schedule === undefined)) {
      throw wrong(`${id}.EventPattern`, pattern, 'it or a ScheduleExpression, and not both');
    }
    return {
      arn: resolver.attribute(id, 'Arn', id),
      enabled: own.State === 'ENABLED',
      ...(schedule !== undefined && { schedule }),
      ...(pattern !== undefined && {
        pattern: {
          matches: patternOf(`${id}.EventPattern`, pattern),
          json: JSON.stringify(pattern),
        },
      }),
      targets: own.Targets.map((target) => targetOf(target)),
    };
  });
}

interface Target {
  readonly Arn: string;
  readonly Input?: string;
  readonly DeadLetterConfig?: { readonly Arn: string };
}

function targetOf({ Arn: arn, Input: input, DeadLetterConfig: dead }: Target): TargetSpec {
  const deadLetters = dead && { deadLetterArn: dead.Arn };
  const given = input !== undefined && { input: JSON.parse(input) as unknown };
  const place = arn.includes(':lambda:') ? { functionName: nameOf(arn) } : { queueArn: arn };
  return { ...place, ...given, ...deadLetters };
}

const TABLE = {
  AttributeDefinitions: v.array(
    v.strictObject({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) }),
  ),
  KeySchema: v.array(
    v.strictObject({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }),
  ),
  BillingMode: v.literal('PAY_PER_REQUEST'),
  TimeToLiveSpecification: maybe(
    v.strictObject({ AttributeName: v.string(), Enabled: v.boolean() }),
  ),
};
/** What becomes of a table that is lost or stolen is no part of a drill. */
const TABLE_IGNORED = [
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
];

export function readTable(template: Template, resolver: Resolver): TableSpec {
  const [table, ...others] = resourcesOf(template, 'AWS::DynamoDB::Table');
  if (table === undefined || others.length > 0) {
    throw wrong(`${template.file}: tables`, table === undefined ? 0 : others.length + 1, '1');
  }
  const own = readProperties(resolver, table, TABLE, TABLE_IGNORED);
  const { TimeToLiveSpecification: ttl } = own;
  return {
    name: resolver.attribute(table[0], 'Ref', table[0]),
    attributes: own.AttributeDefinitions.map(({ AttributeName: name, AttributeType: type }) => ({
      name,
      type,
    })),
    keys: own.KeySchema.map(({ AttributeName: name, KeyType: type }) => ({ name, type })),
    ...(ttl?.Enabled === true && { timeToLive: ttl.AttributeName }),
  };
}
