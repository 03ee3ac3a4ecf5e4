import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { aTemplate, idOf, propertiesOf } from './stacks-template.ts';

const PARAMETER = 'AWS::SSM::Parameter';
const SECRET = 'AWS::SecretsManager::Secret';

interface Dependent {
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

/** The guarded services as the healer will read them, with logical ids in place of names. */
function guardedBy(template: Template): readonly string[] {
  return Object.values(propertiesOf(template, PARAMETER)).map(({ Value }) => JSON.stringify(Value));
}

describe('the healer', () => {
  const template = aTemplate();

  test('guards the service, with both target groups and its log', () => {
    const [guarded = '', ...more] = guardedBy(template);

    expect(more).toEqual([]);
    for (const [type, start] of [
      ['AWS::ElasticLoadBalancingV2::TargetGroup', 'checkoutTargetGroupsBlue'],
      ['AWS::ElasticLoadBalancingV2::TargetGroup', 'checkoutTargetGroupsGreen'],
      ['AWS::Logs::LogGroup', 'checkoutTaskLog'],
      ['AWS::ECS::Service', 'checkoutService'],
    ] as const) {
      expect(guarded).toContain(idOf(template, type, start));
    }
    expect(guarded).toContain(String.raw`\"environment\":\"prod\"`);
  });

  test('guards all tiers, and waits for the one behind', () => {
    const guarded = guardedBy(aTemplate({ secondTier: true }));
    const waiting = guarded.filter((text) => text.includes('dependsOn'));

    expect(guarded).toHaveLength(2);
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toMatch(/dependsOn.*catalogService/);
  });

  test('asks for as many healthy tasks as are wanted, once they may run', () => {
    const healthyOf = (made: Template) =>
      Object.entries(made.findResources('AWS::CloudWatch::Alarm')).flatMap(([id, alarm]) =>
        id.includes('FewHealthyTargets') ? [alarm as Dependent] : [],
      );
    const [few, ...more] = healthyOf(aTemplate({ desiredCount: 3 }));

    expect(more).toEqual([]);
    expect(few?.Properties).toMatchObject({ Threshold: 3 });
    expect(few?.DependsOn).toContain(idOf(template, 'AWS::ECS::Service', 'checkoutService'));
    expect(healthyOf(aTemplate({ desiredCount: 0 }))).toEqual([]);
  });

  test('makes a secret for the webhook, and says which', () => {
    template.resourceCountIs(SECRET, 1);
    template.hasOutput('*', {
      Description: Match.stringLikeRegexp('^aws secretsmanager put-secret-value'),
    });
  });

  test.each([
    'shop/slack',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/slack-a1b2c3',
  ])('reads the webhook from %s', (slackSecret) => {
    const named = aTemplate({ slackSecret });

    named.resourceCountIs(SECRET, 0);
    expect(JSON.stringify(propertiesOf(named, 'AWS::Lambda::Function'))).toContain(slackSecret);
  });

  test('tells by a bot, and says where clicks must go', () => {
    const made = aTemplate({ slackChannel: 'C0123456789', slackUsers: ['U0123456789'] });

    made.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          SLACK_CHANNEL_ID: 'C0123456789',
          SLACK_TOKEN_SECRET_ID: { Ref: idOf(made, SECRET, 'HealingSlackSecret') },
          SLACK_RESPONDS: 'true',
        }),
      },
    });
    made.hasOutput('*', { Description: "Request URL of the Slack app's interactivity" });
  });

  test('drills the wiring every three days, and makes no task ill unless it is told so', () => {
    const made = aTemplate({ drills: 'wiring', environment: 'staging' });

    made.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: Match.stringLikeRegexp(String.raw`^cron\(\d+ \d+ [123]/3 \* \? \*\)$`),
    });
    expect(JSON.stringify(made.toJSON())).not.toContain('DRILL_TOKEN');
  });

  test('makes tasks ill through the fault switch, which knows the same secret', () => {
    const made = aTemplate({ drills: 'faults', environment: 'staging' });
    const token = idOf(made, SECRET, 'DrillToken');

    made.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Environment: Match.arrayWith([{ Name: 'DRILLS_ENABLED', Value: 'true' }]),
          Secrets: [{ Name: 'DRILL_TOKEN', ValueFrom: { Ref: token } }],
        }),
      ],
    });
    made.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          DRILL_FAULT_SECRET_ID: { Ref: token },
          DRILL_FAULT_URLS: Match.anyValue(),
        }),
      },
    });
  });

  test('keeps its log as long as the services theirs', () => {
    aTemplate({ logRetentionDays: 90 }).allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 90,
    });
  });
});

describe('what holds state', () => {
  test('keeps its logical id, because a new one would replace it', () => {
    const template = aTemplate({ secondTier: true });
    const kept = [
      'AWS::EC2::VPC',
      'AWS::ECS::Cluster',
      'AWS::ECS::Service',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      SECRET,
    ].flatMap((type) => Object.keys(propertiesOf(template, type)));

    // What is the healer's own has its test beside the construct.
    expect(kept.filter((id) => !id.startsWith('HealingHealer'))).toEqual([
      'NetworkVpc7FB7348F',
      'ClusterEB0386A7',
      'catalogService69A255FF',
      'checkoutService795E6815',
      'PublicLoadBalancer9A8E475C',
      'InternalLoadBalancer08AA3557',
      'HealingSlackSecret8B294F9F',
    ]);
  });
});
