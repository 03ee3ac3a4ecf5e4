/**
 * The roles of the template against what the functions really call: every port of the healer is
 * used once, and each call is evaluated against the role.
 */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, test } from 'vitest';
import { GuardedService } from '../../infra/guarded-service.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import { Slack } from '../../infra/slack.ts';
import type { RolePolicies } from '../lab/iam/authorizer.ts';
import { CALLER } from '../lab/names.ts';
import { aHealedSite, aSite, aWholeSite } from './a-healed-app.ts';
import { type DeployedHealer, deployedHealer } from './deployed-healer.ts';
import { deploy, healAll, poll, refusedToLambda } from './healer-calls.ts';
import { aTemplate } from './stacks-template.ts';
import { click, rehearse, tell } from './telling-calls.ts';

/** For services made elsewhere: rights for their clusters, and a webhook in a parameter. */
function forImported(): Template {
  const stack = new Stack(new App(), 'Care');
  const slack = Slack.webhookParameter(
    StringParameter.fromSecureStringParameterAttributes(stack, 'Hook', {
      parameterName: '/shop/slack-webhook',
    }),
  );
  const permissions = HealingPermissions.clusters(['shop-*'], { logGroups: ['/ecs/*'] });
  const healing = new SelfHealing(stack, 'Healing', { slack, permissions });
  const place = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
  const targetGroup = ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Group', {
    targetGroupArn: `${place}:targetgroup/front/0123456789abcdef`,
    loadBalancerArns: `${place}:loadbalancer/app/shop/fedcba9876543210`,
  });
  const service = GuardedService.fromAttributes(stack, 'Service', {
    clusterName: 'shop-prod',
    serviceName: 'front',
    targetGroups: [targetGroup],
    logGroup: LogGroup.fromLogGroupName(stack, 'Logs', '/ecs/front'),
  });
  healing.guard(service, { alarms: [Alarm.fromAlarmName(stack, 'Alarm', 'front-errors')] });
  return Template.fromStack(stack);
}

function withEverything(): Template {
  const { stack, healing, service } = aWholeSite();
  healing.guard(service, { faultUrl: 'https://shop.example.com' });
  return Template.fromStack(stack);
}

function withTokenInParameter(): Template {
  const { stack } = aSite();
  const parameterName = '/shop/slack-token';
  const parameter = StringParameter.fromSecureStringParameterAttributes(stack, 'Token', {
    parameterName,
  });
  return aHealedSite({ slack: Slack.botParameter(parameter, { channel: 'C0123456789' }) }).template;
}

const TEMPLATES: readonly (readonly [name: string, make: () => Template])[] = [
  ['the app', () => aTemplate()],
  ['the app with a second tier', () => aTemplate({ secondTier: true })],
  ['a healer with a secret that is known by its name', () => aHealedSite().template],
  ['a healer of imported services', forImported],
  ['a healer with a bot, buttons and drills', withEverything],
  ['a healer whose bot has its token in a parameter', withTokenInParameter],
  ['a healer that tells Amazon Q', () => aHealedSite({ slack: Slack.amazonQ() }).template],
];

/** Granted actions that no call here can use, and why. */
const NOT_SEEN: Readonly<Record<string, string>> = {
  'kms:Decrypt': 'nothing in the lab is encrypted',
  'kms:GenerateDataKey': 'nothing in the lab is encrypted',
  'sqs:ChangeMessageVisibility': 'CDK grants it to every function that reads a queue',
  'sqs:GetQueueUrl': 'CDK grants it to every function that reads a queue',
};

function superfluous({ authorizer }: Awaited<ReturnType<typeof deploy>>): readonly string[] {
  return authorizer
    .usage()
    .unused.filter(({ action }) => NOT_SEEN[action] === undefined)
    .map(({ caller, sid, action }) => `${caller} ${sid} ${action}`);
}

const TIMES = { timeout: 60_000 };

describe('the roles', TIMES, () => {
  test.each(TEMPLATES)('of %s grant what is called, and nothing else', async (_, make) => {
    const healer = deployedHealer(make());
    const lab = await deploy(healer);

    await healAll(healer, lab.url);
    await tell(healer, lab.url);
    await click(healer, lab.url);
    await rehearse(healer, lab.url);
    await poll(healer, lab.url);

    expect(lab.events.calls().filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await refusedToLambda(healer, lab.authorizer)).toEqual([]);
    expect(superfluous(lab)).toEqual([]);
  });
});

interface Statement {
  readonly Sid?: string;
}

/** The healer with other statements for remediate. */
function edited(
  healer: DeployedHealer,
  edit: (statements: readonly Statement[]) => readonly Statement[],
): DeployedHealer {
  const { role } = healer.remediate;
  const documents = role.documents.map((document) => {
    const { Statement } = document as { readonly Statement: readonly Statement[] };
    return { Version: '2012-10-17', Statement: edit(Statement) };
  });
  const changed: RolePolicies = { ...role, documents };
  return { ...healer, remediate: { ...healer.remediate, role: changed } };
}

describe('a mistake', TIMES, () => {
  let whole: DeployedHealer;
  beforeAll(() => {
    whole = deployedHealer(aHealedSite().template);
  });

  test.each([
    ['LookAtServices1', 'ecs:DescribeServices: AccessDeniedException'],
    ['FindTasks1', 'ecs:ListTasks: AccessDeniedException'],
    ['ReadTargetHealth', 'elasticloadbalancing:DescribeTargetHealth: AccessDenied'],
    ['ReadServiceLogs1', 'logs:FilterLogEvents: AccessDeniedException'],
    ['KeepLocksAndIncidents', 'dynamodb:GetItem: AccessDeniedException'],
    ['LookAgainLater', 'sqs:SendMessage: AccessDenied'],
    ['TellIncidents', 'sns:Publish: AuthorizationErrorException'],
    ['ReadGuardedServices', 'ssm:GetParametersByPath: AccessDeniedException'],
  ])('without %s the healer fails at its call', async (sid, message) => {
    const healer = edited(whole, (all) => all.filter(({ Sid }) => Sid !== sid));
    const { url } = await deploy(healer);

    await expect(healAll(healer, url)).rejects.toThrow(message);
  });

  test('a log that cannot be written is found, though no call of ours needs it', async () => {
    const healer = edited(whole, (all) => all.filter(({ Sid }) => Sid !== 'WriteOwnLog'));
    const { authorizer } = await deploy(healer);

    expect(await refusedToLambda(healer, authorizer)).toEqual([
      expect.stringContaining('logs:CreateLogStream'),
      expect.stringContaining('logs:PutLogEvents'),
    ]);
  });

  test('a permission that nothing needs is found', async () => {
    const idle = { Sid: 'Idle', Effect: 'Allow', Action: 'ecs:UpdateService', Resource: '*' };
    const healer = edited(whole, (all) => [...all, idle]);
    const lab = await deploy(healer);

    await healAll(healer, lab.url);

    expect(superfluous(lab)).toContain(`${CALLER.remediate} Idle ecs:UpdateService`);
  });
});
