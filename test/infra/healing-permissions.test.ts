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
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { Slack } from '../../infra/slack.ts';
import { aService, aSite, aWholeSite, everything, type Site, warningsOf } from './a-healed-app.ts';
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
  readonly Sid?: string;
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

/** Healers that tell in every way there is. */
function withEveryWay(): Template {
  const site = aSite();
  const { stack } = site;
  const named = (name: string) =>
    StringParameter.fromSecureStringParameterAttributes(stack, name, { parameterName: name });
  const channel = 'C0123456789';
  const others: readonly Partial<SelfHealingProps>[] = [
    { slack: Slack.webhookParameter(named('/shop/webhook')) },
    { slack: Slack.botParameter(named('/shop/token'), { channel }) },
    { slack: Slack.amazonQ() },
    everything(stack),
  ];
  const all = others.map((props, index) => {
    const slack = Slack.amazonQ();
    return new SelfHealing(stack, `Other${index}`, { slack, ...props });
  });
  for (const [index, healing] of [site.healing, ...all].entries()) {
    const { service } = aService(site, `Service${index}`);
    const faultUrl = index === all.length ? 'https://shop.example.com' : undefined;
    healing.guard(service, faultUrl === undefined ? {} : { faultUrl });
  }
  return Template.fromStack(stack);
}

/** Calls that the code knows and the construct has no use for. */
const NOT_WANTED: Readonly<Record<string, readonly string[]>> = {
  // Both are kept in Secrets Manager alone.
  respond: ['ssm:GetParameter'],
  // It keeps no incident: it marks the lock, and reads.
  drill: ['ssm:GetParameter', 'dynamodb:BatchWriteItem'],
};

describe('each call of a function is granted, and nothing else', () => {
  let policies: readonly (readonly [id: string, statements: readonly Statement[]])[];
  beforeAll(() => {
    const resources = withEveryWay().findResources('AWS::IAM::Policy');
    policies = Object.entries(resources).map(([id, { Properties }]) => [
      id,
      Properties.PolicyDocument.Statement,
    ]);
  });

  test.each([['remediate'], ['notify'], ['respond'], ['drill']])('of %s', async (name) => {
    const sources = await reachableFrom(`functions/handlers/${name}.ts`);
    const called = sources
      .flatMap(({ text }) => [
        ...text.matchAll(/(?:calling|patiently|translate)\(\s*(?:error, )?'(\w+:\w+)'/g),
      ])
      .flatMap(([, action = '']) => MEMBERS[action] ?? [action])
      .filter((action) => NOT_WANTED[name]?.includes(action) !== true);
    const role = `${name[0]?.toUpperCase()}${name.slice(1)}Role`;
    const granted = policies
      .filter(([id]) => id.includes(role))
      .flatMap(([, statements]) => statements)
      .flatMap(({ Sid, Action }) => (isOfLambda(Sid, Action) ? [] : [Action].flat()))
      .filter((action) => !NOT_OURS.test(action));

    expect([...new Set(granted)].sort()).toEqual([...new Set(called)].sort());
  });
});

const WRITES = /^dynamodb:(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/;

/** Roles that may write items under a partition key of services, which a lock is. */
function writersOfLocks(template: Template): readonly string[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => {
    const statements: readonly Statement[] = Properties.PolicyDocument.Statement;
    const mayWrite = statements.some(({ Action, Condition }) => {
      const isWrite = [Action].flat().some((action) => WRITES.test(action));
      const limits = JSON.stringify(Condition ?? {});
      return isWrite && (!limits.includes('dynamodb:LeadingKeys') || limits.includes('SERVICE#'));
    });
    return mayWrite ? [JSON.stringify(Properties.Roles)] : [];
  });
}

test('writes locks by remediate and drill alone', () => {
  const { stack, healing, service } = aWholeSite();
  healing.guard(service);
  const writers = writersOfLocks(Template.fromStack(stack));

  const names = writers.map((roles) => /Healing(\w+?)Role/.exec(roles)?.[1]).sort();
  expect(names).toEqual(['Drill', 'Remediate']);
});

/** CDK names none of its own: dead letters, traces, the polling of a queue. */
function isOfLambda(sid: string | undefined, action: Statement['Action']): boolean {
  return sid === undefined && [action].flat().includes('sqs:SendMessage');
}

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
  // One for each; and the digest, the watchdog, and two for the alarms on the healer itself.
  template.resourceCountIs('AWS::Events::Rule', 104);
  expect(Math.max(...lengthsOf(template, 'AWS::IAM::Policy'))).toBeLessThan(INLINE_MAX);
  expect(lengthsOf(template, 'AWS::IAM::ManagedPolicy').length).toBeLessThanOrEqual(ATTACHED_MAX);
  expect(Math.max(0, ...lengthsOf(template, 'AWS::IAM::ManagedPolicy'))).toBeLessThan(MANAGED_MAX);
});

/** Characters of a role's inline policies and of a managed one, and how many of these it takes. */
const INLINE_MAX = 10_240;
const MANAGED_MAX = 6_144;
const ATTACHED_MAX = 10;
