/** The functions may do what they call, and nothing that they do not. */
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import { Slack } from '../../infra/slack.ts';
import { aService, aSite, type Site, warningsOf } from './a-healed-app.ts';
import { lengthsOf } from './filled-in.ts';
import { reachableFrom } from './jsii-package.ts';

beforeAll(async () => {
  await bundle();
});

/** IAM asks for the members of a transaction, which are an update and a put. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:TransactWriteItems': ['dynamodb:UpdateItem', 'dynamodb:PutItem'],
};

/** What Lambda, X-Ray and the keys ask for, and no line of ours. */
const NOT_OURS =
  /^(xray:|kms:|logs:(Create|Put)|sqs:(Receive|ChangeMessage|GetQueue|DeleteMessage))/;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

function documentsOf(template: Template): readonly { readonly Statement: readonly Statement[] }[] {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    Object.values(template.findResources(type)).map(
      (resource) => resource['Properties'].PolicyDocument,
    ),
  );
}

/** Two healers: one reads its webhook from a secret, the other from a parameter. */
function withBothWebhooks(): Template {
  const site = aSite();
  const parameter = StringParameter.fromSecureStringParameterAttributes(site.stack, 'Parameter', {
    parameterName: '/shop/slack-webhook',
  });
  const second = new SelfHealing(site.stack, 'Second', {
    slack: Slack.webhookParameter(parameter),
  });
  site.healing.guard(aService(site, 'One').service);
  second.guard(aService(site, 'Two').service);
  return Template.fromStack(site.stack);
}

test('each call of a function is granted, and nothing else', async () => {
  const handlers = ['functions/handlers/remediate.ts', 'functions/handlers/notify.ts'];
  const sources = await Promise.all(handlers.map(reachableFrom));
  const called = sources
    .flat()
    .flatMap(({ text }) => [...text.matchAll(/(?:calling|translate)\(\s*(?:error, )?'(\w+:\w+)'/g)])
    .flatMap(([, action = '']) => MEMBERS[action] ?? [action]);
  const granted = documentsOf(withBothWebhooks())
    .flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action))
    .filter((action) => action.startsWith('ecs:') || !NOT_OURS.test(action))
    .filter((action) => !action.startsWith('iam:'));
  const ofTask = ['ecr:', 'ssmmessages:'];
  const ours = granted.filter((action) => !ofTask.some((prefix) => action.startsWith(prefix)));

  expect([...new Set(ours)].sort()).toEqual([...new Set(called)].sort());
});

describe('rights by the names of clusters', () => {
  const permissions = HealingPermissions.clusters(['shop-*', 'billing'], { logGroups: ['/ecs/*'] });

  /** A healer that guards one imported service. */
  function guarding(clusterName: string, logGroupName?: string): Site {
    const site = aSite({ permissions });
    const service = GuardedService.fromAttributes(site.stack, 'Service', {
      clusterName,
      serviceName: 'front',
      ...(logGroupName === undefined
        ? {}
        : { logGroup: LogGroup.fromLogGroupName(site.stack, 'Logs', logGroupName) }),
    });
    const alarms = [Alarm.fromAlarmName(site.stack, 'Alarm', 'errors')];
    site.healing.guard(service, { alarms });
    return site;
  }

  test('stop tasks of these clusters and of no others', () => {
    const statements = documentsOf(Template.fromStack(guarding('shop-1').stack))
      .flatMap(({ Statement }) => Statement)
      .filter(({ Action }) => [Action].flat().includes('ecs:StopTask'));

    expect(statements).toHaveLength(1);
    expect(JSON.stringify(statements[0]?.Resource)).toMatch(/task\/shop-\*\/\*.*task\/billing\/\*/);
    expect(JSON.stringify(statements[0]?.Condition)).toMatch(
      /ArnLike.*ecs:cluster.*cluster\/shop-\*.*cluster\/billing"/,
    );
  });

  test('do not grow with the services', () => {
    const one = guarding('shop-1', '/ecs/front');
    const two = guarding('shop-1', '/ecs/front');
    two.healing.guard(
      GuardedService.fromAttributes(two.stack, 'More', {
        clusterName: 'shop-2',
        serviceName: 'more',
        logGroup: LogGroup.fromLogGroupName(two.stack, 'MoreLogs', '/ecs/more'),
      }),
      { alarms: [Alarm.fromAlarmName(two.stack, 'MoreErrors', 'more-errors')] },
    );
    const [ofOne, ofTwo] = [one, two].map(({ stack }) => documentsOf(Template.fromStack(stack)));

    expect(ofTwo).toEqual(ofOne);
  });

  test('must cover the cluster and the log group of each service', () => {
    expect(() => guarding('web')).toThrow("cluster 'web' is not covered by permissions.clusters");
    expect(() => guarding('billing-2')).toThrow("['shop-*', 'billing']");
    expect(() => guarding('billing', '/aws/front')).toThrow("log group '/aws/front'");
    expect(() => guarding('billing', '/ecs/front')).not.toThrow();
  });

  test('know names that CloudFormation makes up from the names of stacks', () => {
    const rights = HealingPermissions.clusters(['Shop-*'], { logGroups: ['Shop-*'] });
    const site = aSite({ permissions: rights });
    site.healing.guard(aService(site).service);

    expect(warningsOf(site)).not.toContain('permissions');
  });

  test('know names that the app gives', () => {
    const site = aSite({ permissions: HealingPermissions.clusters(['Shop-*']) });
    const logGroup = new LogGroup(site.stack, 'Given', { logGroupName: '/web' }) as ILogGroup;
    const { service } = aService(site);

    expect(() => site.healing.guard(service, { logGroup })).toThrow("log group '/web'");
  });

  test('warn of a name that only the deployment shows', () => {
    const site = aSite({ permissions });
    site.healing.guard(aService(site).service);

    expect(warningsOf(site)).toMatch(/name of the cluster is known only at deployment/);
    expect(warningsOf(site)).toMatch(/name of the log group is known only at deployment/);
  });

  test.each([
    [[], 'got no name'],
    [['*'], "clusters: got '*'"],
    [['shop', '**'], "got '**'"],
    [['arn:aws:ecs:eu-west-1:123456789012:cluster/shop'], 'not its ARN'],
  ])('refuse %j', (names, message) => {
    expect(() => HealingPermissions.clusters(names)).toThrow(message);
  });

  test('refuse the logs of the whole account', () => {
    const logGroups = ['*'];

    expect(() => HealingPermissions.clusters(['shop'], { logGroups })).toThrow("'/ecs/*'");
  });
});

test('a hundred services fit: no policy grows beyond what IAM takes', () => {
  const { stack, healing } = aSite();
  for (let index = 0; index < 100; index += 1) {
    const service = GuardedService.fromAttributes(stack, `Service${index}`, {
      clusterName: `cluster-${index % 10}`,
      serviceName: `service-${index}`,
      logGroup: LogGroup.fromLogGroupName(stack, `Logs${index}`, `/ecs/service-${index}`),
    });
    healing.guard(service, {
      alarms: [Alarm.fromAlarmName(stack, `Alarm${index}`, `service-${index}-errors`)],
    });
  }
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SSM::Parameter', 100);
  template.resourceCountIs('AWS::Events::Rule', 100);
  expect(Math.max(...lengthsOf(template, 'AWS::IAM::Policy'))).toBeLessThan(INLINE_MAX);
  expect(lengthsOf(template, 'AWS::IAM::ManagedPolicy').length).toBeLessThanOrEqual(ATTACHED_MAX);
  expect(Math.max(0, ...lengthsOf(template, 'AWS::IAM::ManagedPolicy'))).toBeLessThan(MANAGED_MAX);
});

/** Characters of a role's inline policies and of a managed one, and how many of these it takes. */
const INLINE_MAX = 10_240;
const MANAGED_MAX = 6_144;
const ATTACHED_MAX = 10;
