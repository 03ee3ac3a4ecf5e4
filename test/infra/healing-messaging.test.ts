/** Queues, topic and what carries messages between them, as they stand in the template. */
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { aHealedSite, aService, aSite } from './a-healed-app.ts';

/** Of a healer with all defaults and one service. */
let template: Template;

beforeAll(async () => {
  await bundle();
  template = aHealedSite().template;
});

interface Statement {
  readonly Sid?: string;
}

describe('the messaging', () => {
  test('gives a message more time than the function has, and five tries', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 120,
      SqsManagedSseEnabled: true,
      QueueName: Match.absent(),
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }),
    });
    template.allResourcesProperties('AWS::Lambda::Function', { Timeout: 60 });
    template.resourceCountIs('AWS::SQS::Queue', 6);
  });

  test('lets all rules of the account send by one statement, for any number of services', () => {
    const site = aSite();
    for (const id of ['One', 'Two', 'Three']) site.healing.guard(aService(site, id).service);
    const made = Template.fromStack(site.stack);

    const policies = Object.entries(made.findResources('AWS::SQS::QueuePolicy'));
    const inbox = policies.find(([id]) => id.startsWith('HealingInboxPolicy'))?.[1];
    const sids = inbox?.['Properties'].PolicyDocument.Statement.map(({ Sid }: Statement) => Sid);
    expect(sids).toEqual([undefined, 'LetAlarmRulesSend']);
    const rules = Object.values(made.findResources('AWS::Events::Rule'));
    const ofAlarms = rules.filter(
      ({ Properties: { EventPattern, Targets } }) =>
        EventPattern !== undefined && JSON.stringify(Targets).includes('HealingInbox'),
    );
    expect(ofAlarms).toHaveLength(3);
  });

  test('encrypts the topic by a key that CloudWatch and EventBridge may use', () => {
    template.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: Match.objectLike({ 'Fn::GetAtt': Match.anyValue() }),
      TopicName: Match.absent(),
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
          }),
        ]),
      },
    });
  });

  test('keeps what is to be told for longer than a chat is down', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 120,
      SqsManagedSseEnabled: true,
      // Each time after a visibility timeout, 33 hours in all.
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 1_000 }),
      MessageRetentionPeriod: 4 * 86_400,
    });
  });

  test('lets the topic put announcements into their queue, encrypted on the way only', () => {
    const policies = Object.entries(template.findResources('AWS::SQS::QueuePolicy'));
    const found = policies.find(([id]) => id.startsWith('HealingAnnouncementsPolicy'));
    const all = found?.[1]['Properties'].PolicyDocument.Statement ?? [];
    const open = (all as readonly { readonly Effect: string }[]).filter(
      ({ Effect }) => Effect === 'Allow',
    );

    expect(open).toEqual([
      expect.objectContaining({ Sid: 'LetAlarmRulesSend' }),
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Principal: { Service: 'sns.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: expect.stringMatching(/Incidents/) } } },
      }),
    ]);
  });

  test('hands each message to remediate by itself, and announcements to notify in batches', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      RawMessageDelivery: true,
      RedrivePolicy: Match.objectLike({ deadLetterTargetArn: Match.anyValue() }),
    });
  });
});
