/** Each example is what a newcomer copies first: it must synthesise, and do what it says. */
import { globSync } from 'node:fs';
import path from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeApp as amazonQ } from '../../docs/examples/amazon-q.ts';
import { makeApp as blueGreen } from '../../docs/examples/blue-green.ts';
import { makeApp as drills } from '../../docs/examples/drills.ts';
import { makeApp as escapeHatches } from '../../docs/examples/escape-hatches.ts';
import { makeApp as importedService } from '../../docs/examples/imported-service.ts';
import { makeApp as manyServices } from '../../docs/examples/many-services.ts';
import { makeApp as manyStacks } from '../../docs/examples/many-stacks.ts';
import { makeApp as minimal } from '../../docs/examples/minimal.ts';
import { makeApp as ownAlarms } from '../../docs/examples/own-alarms.ts';
import { makeApp as slackBot } from '../../docs/examples/slack-bot.ts';
import { bundle } from '../../infra/bundle.ts';

beforeAll(async () => {
  await bundle();
});

/** With what they have more than the two functions. */
const MORE: Readonly<Record<string, number>> = { 'slack-bot': 1, drills: 1 };

const EXAMPLES: readonly (readonly [name: string, makeApp: () => App])[] = [
  ['minimal', minimal],
  ['imported-service', importedService],
  ['many-services', manyServices],
  ['blue-green', blueGreen],
  ['own-alarms', ownAlarms],
  ['escape-hatches', escapeHatches],
  ['many-stacks', manyStacks],
  ['slack-bot', slackBot],
  ['amazon-q', amazonQ],
  ['drills', drills],
];

/** In the order in which they are deployed. */
function stacksOf(app: App): readonly Stack[] {
  return app.node.children.filter((child) => child instanceof Stack);
}

interface Entry {
  readonly service: unknown;
  readonly alarms: readonly unknown[];
  readonly targetGroups: readonly unknown[];
  readonly dependsOn?: readonly string[];
  readonly policy: Readonly<Record<string, unknown>>;
}

/** What the healer reads, with a stand-in for each name that only CloudFormation will know. */
function entriesOf(template: Template): readonly Entry[] {
  return Object.values(template.findResources('AWS::SSM::Parameter')).flatMap((resource) => {
    const value = resource['Properties'].Value as
      | string
      | { 'Fn::Join': [string, readonly unknown[]] };
    const parts = typeof value === 'string' ? [value] : value['Fn::Join'][1];
    const text = parts.map((part) => (typeof part === 'string' ? part : 'known-later')).join('');
    return JSON.parse(text) as readonly Entry[];
  });
}

/** Of an example's first stack, the one with the healer. */
function templateOf(makeApp: () => App): Template {
  const [stack] = stacksOf(makeApp());
  if (stack === undefined) throw new Error('the example has no stack');
  return Template.fromStack(stack);
}

test('every example is tested', () => {
  const files = globSync('docs/examples/*.ts').map((file) => path.basename(file, '.ts'));

  expect(EXAMPLES.map(([name]) => name).sort()).toEqual(files.sort());
});

test.each(EXAMPLES)('%s synthesises, without a warning', (name, makeApp) => {
  const app = makeApp();

  templateOf(() => app).resourceCountIs('AWS::Lambda::Function', 2 + (MORE[name] ?? 0));
  const warnings = stacksOf(app).flatMap((stack) =>
    Annotations.fromStack(stack).findWarning('*', Match.anyValue()),
  );
  expect(warnings.map(({ entry }) => String(entry.data))).toEqual([]);
});

describe('the example', () => {
  test('slack-bot has an address for clicks, which is shown', () => {
    const template = templateOf(slackBot);

    template.hasOutput('SlackRequestUrl', { Value: { 'Fn::GetAtt': Match.anyValue() } });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ SLACK_RESPONDS: 'true' }) },
    });
  });

  test('amazon-q is subscribed to the messages for people', () => {
    const template = templateOf(amazonQ);
    const topics = Object.keys(template.findResources('AWS::SNS::Topic'));

    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SnsTopicArns: [{ Ref: topics.find((id) => id.includes('Chat')) }],
    });
  });

  test('drills asks by the clock, and knows where the fault switch is', () => {
    const template = templateOf(drills);

    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: Match.stringLikeRegexp('^cron'),
      Description: 'Drills the wiring of a guarded service',
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ DRILL_FAULT_URLS: Match.anyValue() }) },
    });
  });

  test('minimal guards its one service with the default alarms', () => {
    const template = templateOf(minimal);
    const [entry] = entriesOf(template);

    expect(entry?.alarms).toHaveLength(2);
    expect(entry?.targetGroups).toHaveLength(1);
    expect(entry?.policy).toEqual({});
  });

  test('imported-service makes no service, and guards the one that it names', () => {
    const template = templateOf(importedService);
    const [entry] = entriesOf(template);

    template.resourceCountIs('AWS::ECS::Service', 0);
    expect(entry).toMatchObject({ service: 'checkout', policy: { startGraceSeconds: 90 } });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['ecs:StopTask']),
            Condition: Match.anyValue(),
          }),
        ]),
      },
    });
  });

  test('many-services tells who calls whom, and lets one be observed only', () => {
    const entries = entriesOf(templateOf(manyServices));

    expect(entries).toHaveLength(4);
    expect(entries.map(({ dependsOn = [] }) => dependsOn.length).sort()).toEqual([0, 0, 1, 2]);
    expect(entries.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ mode: 'observe' }),
        expect.objectContaining({ budget: 1, startGraceSeconds: 90 }),
      ]),
    );
  });

  test('blue-green guards both target groups, and its alarms take a release back', () => {
    const template = templateOf(blueGreen);
    const [entry] = entriesOf(template);
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
    const [group] = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
    const rollback = JSON.stringify(group?.['Properties'].AlarmConfiguration);

    expect(entry?.targetGroups).toHaveLength(2);
    expect(entry?.alarms).toHaveLength(3);
    expect(alarms.filter((id) => id.startsWith('HealingShopCheckout'))).toHaveLength(3);
    for (const id of alarms.filter((name) => name.startsWith('HealingShopCheckout'))) {
      expect(rollback).toContain(`"Ref":"${id}"`);
    }
  });

  test('own-alarms brings three alarms, of which one is composite, and none is made', () => {
    const template = templateOf(ownAlarms);
    const [entry] = entriesOf(template);

    expect(entry?.alarms).toHaveLength(3);
    template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 1);
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      { Namespace: 'AWS/ApplicationELB' },
      0,
    );
  });

  test('escape-hatches reaches what has no prop', () => {
    const template = templateOf(escapeHatches);

    template.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_LOG_LEVEL: 'DEBUG' }) },
    });
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.anyValue() });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email' });
    template.hasResourceProperties('AWS::SQS::Queue', {
      Tags: Match.arrayWith([{ Key: 'team', Value: 'payments' }]),
    });
  });

  test('many-stacks guards each service in its own stack, and stops tasks of its clusters only', () => {
    const [healer, ...teams] = stacksOf(manyStacks()).map((stack) => Template.fromStack(stack));

    healer?.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(teams).toHaveLength(2);
    for (const team of teams) {
      team.resourceCountIs('AWS::SSM::Parameter', 2);
      team.resourceCountIs('AWS::Lambda::Function', 0);
    }
    const policies = JSON.stringify(healer?.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(':task/prod-*/*');
    expect(policies).not.toContain('prod-shop');
  });
});
