/** That CloudFormation knows every type, property and kind of value of what is deployed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type App, Duration } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, test } from 'vitest';
import { GuardedService } from '../../infra/guarded-service.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import { Slack } from '../../infra/slack.ts';
import { parseSettings } from '../../infra/stacks/settings.ts';
import {
  anAlarm,
  anUnattached,
  aService,
  aSite,
  aWholeSite,
  blueGreen,
  type Site,
} from './a-healed-app.ts';
import type { Finding } from './schema/findings.ts';
import { intrinsicOf, isObject, type Json, type Template } from './schema/intrinsics.ts';
import { findMistakes } from './schema/template.ts';
import { anApp } from './stacks-template.ts';

function templatesOf(app: App): readonly Template[] {
  return app.synth().stacks.map(({ template }) => template as Template);
}

function mistakesIn(app: App): readonly Finding[] {
  const templates = templatesOf(app);
  expect(templates).not.toEqual([]);
  return templates.flatMap(findMistakes);
}

const CATALOG = { catalogUrl: 'https://catalog.example.com' };
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout';
const DEPLOYMENTS = ['code-deploy', 'rolling', 'blue-green'];

const PIPELINE = {
  connectionArn: 'arn:aws:codeconnections:eu-west-1:123456789012:connection/shop',
  repository: 'shop/checkout',
};

const CHOICES: readonly Readonly<Record<string, unknown>>[] = [
  ...DEPLOYMENTS.flatMap((deployment) => [
    { deployment, egress: 'nat' },
    { deployment, egress: 'nat', secondTier: true },
    { deployment, egress: 'endpoints', ...CATALOG },
    { deployment, egress: 'endpoints', secondTier: true },
    { deployment, desiredCount: 0 },
    {
      deployment,
      services: [
        { name: 'checkout', paths: ['/*'] },
        { name: 'cart', paths: ['/cart', '/cart/*'], image: `${ECR}@sha256:${'a'.repeat(64)}` },
      ],
    },
  ]),
  { image: 'asset', secondTier: true },
  { image: `${ECR}:0123abc`, environment: 'staging', logRetentionDays: 7 },
  { certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/shop', ...CATALOG },
  { slackSecret: 'shop/slack-webhook' },
  {
    slackChannel: 'C0123456789',
    slackMention: 'S0123456789',
    slackUsers: 'U0123456789',
    slackSigningSecret: 'shop/slack-signing',
    drills: 'faults',
    environment: 'staging',
  },
  { slackUsers: 'U0123456789', drills: 'wiring', productionDrills: true },
  { desiredCount: 1, maxCount: 1, cpuPercent: 50, requestsPerMinute: 100 },
  { startSeconds: 120, intervalSeconds: 30, timeoutSeconds: 10, graceSeconds: 300 },
  ...DEPLOYMENTS.map((deployment) => ({ deployment, image: 'asset', pipeline: PIPELINE })),
  { githubRepository: 'shop/checkout' },
];

/** As the app itself lists them to who misspells one. */
function choosableKeys(): readonly string[] {
  try {
    parseSettings({ unknown: true });
  } catch (error) {
    return /wanted one of ([\w, ]+)/.exec(String(error))?.[1]?.split(', ') ?? [];
  }
  return [];
}

describe('the app', { timeout: 60_000 }, () => {
  test.each(CHOICES)('is one that CloudFormation takes, with %j', (context) => {
    expect(mistakesIn(anApp(context).app)).toEqual([]);
  });

  test('has no choice that is not among these', () => {
    const made = CHOICES.flatMap((context) => Object.keys(context));

    expect(new Set(made)).toEqual(new Set(choosableKeys()));
  });
});

describe('the construct', { timeout: 60_000 }, () => {
  const sites: Readonly<Record<string, () => Site>> = {
    'all defaults': () => {
      const site = aSite();
      site.healing.guard(aService(site).service);
      return site;
    },
    'all that an app may bring or add': () => {
      const site = aSite();
      const { stack } = site;
      const secret = StringParameter.fromSecureStringParameterAttributes(stack, 'Url', {
        parameterName: '/shop/slack-webhook',
      });
      const healing = new SelfHealing(stack, 'Second', {
        slack: Slack.webhookParameter(secret),
        encryptionKey: new Key(stack, 'Key'),
        alarmActions: [new SnsAction(new Topic(stack, 'OnCall'))],
        drillWithin: Duration.days(7),
        dashboard: true,
        vpc: site.cluster.vpc,
        vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      });
      const alarms = [anAlarm(stack, 'Brought')];
      healing.guard(anUnattached(site, 'Worker'), { alarms });
      site.healing.guard(aService(site).service);
      return site;
    },
    'a bot, buttons and drills': () => {
      const site = aWholeSite();
      site.healing.guard(site.service, { faultUrl: 'https://shop.example.com' });
      return site;
    },
    'Amazon Q': () => {
      const site = aSite({ slack: Slack.amazonQ() });
      site.healing.guard(aService(site).service);
      return site;
    },
    'several services, one of them blue/green': () => {
      const site = aSite();
      const { service, targetGroup } = blueGreen(site);
      const { vpc } = site.cluster;
      const green = new ApplicationTargetGroup(site.stack, 'Green', { port: 80, vpc });
      const behind = site.healing.guard(service, { targetGroups: [targetGroup, green] });
      site.healing.guard(aService(site).service, { dependsOn: [behind] });
      return site;
    },
    'a service of somebody else': () => {
      const site = aSite();
      const imported = GuardedService.fromAttributes(site.stack, 'Imported', {
        clusterName: 'shop',
        serviceName: 'checkout',
      });
      site.healing.guard(imported, { alarms: [anAlarm(site.stack, 'Brought')] });
      return site;
    },
  };

  test.each(Object.entries(sites))('is one that CloudFormation takes, with %s', (_, makeSite) => {
    expect(mistakesIn(makeSite().app)).toEqual([]);
  });
});

describe('an example', { timeout: 60_000 }, () => {
  const folder = path.resolve(import.meta.dirname, '../../docs/examples');

  test.each(readdirSync(folder))('is one that CloudFormation takes: %s', async (name) => {
    const { makeApp } = (await import(path.join(folder, name))) as { makeApp(): App };

    expect(mistakesIn(makeApp())).toEqual([]);
  });
});

/** The largest template, changed all over; each change must be found where it was made. */
describe('a mistake anywhere in the app', { timeout: 60_000 }, () => {
  let template: Template;

  beforeAll(() => {
    const context = { deployment: 'code-deploy', egress: 'endpoints', secondTier: true };
    [template = { Resources: {} }] = templatesOf(anApp(context).app);
  });

  /** Changes the properties of every resource by one rule. */
  function changed(change: (name: string, value: unknown) => readonly [string, unknown]): {
    readonly template: Template;
    /** Of all properties that the rule changed. */
    readonly paths: readonly string[];
  } {
    const paths: string[] = [];
    const resources = Object.entries(template.Resources).map(([id, resource]) => {
      const properties = Object.entries((resource['Properties'] ?? {}) as Json).map((before) => {
        const after = change(...before);
        const isChanged = after[0] !== before[0] || after[1] !== before[1];
        if (isChanged) paths.push(`Resources.${id}.Properties.${after[0]}`);
        return after;
      });
      return [id, { ...resource, Properties: Object.fromEntries(properties) }] as const;
    });
    return { template: { ...template, Resources: Object.fromEntries(resources) }, paths };
  }

  function unnoticed(change: Parameters<typeof changed>[0]): readonly string[] {
    const { template: wrong, paths } = changed(change);
    expect(paths.length).toBeGreaterThan(100);
    const found = new Set(findMistakes(wrong).map((finding) => finding.path));
    return paths.filter((each) => !found.has(each));
  }

  test('is found in the name of a property', () => {
    expect(unnoticed((name, value) => [`${name}s`, value])).toEqual([]);
  });

  test('is found in a number where an object or a list belongs', () => {
    const isPlain = (value: unknown) => typeof value === 'object' && !intrinsicOf(value);

    expect(unnoticed((name, value) => [name, isPlain(value) ? 7 : value])).toEqual([]);
  });

  test('is found in an object where a scalar belongs', () => {
    const planted = { planted: true };

    expect(unnoticed((name, value) => [name, typeof value === 'object' ? value : planted])).toEqual(
      [],
    );
  });

  test('is found in a reference', () => {
    const text = JSON.stringify(template);
    const referred = [...text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g)].filter(
      ([, ref, attribute]) => Object.hasOwn(template.Resources, ref ?? attribute ?? ''),
    );
    const renamed = Object.entries(template.Resources).map(([id, resource]) => [
      `${id}Renamed`,
      isObject(resource) ? { ...resource, DependsOn: [] } : resource,
    ]);
    const found = findMistakes({ ...template, Resources: Object.fromEntries(renamed) });

    expect(referred.length).toBeGreaterThan(100);
    expect(found).toHaveLength(referred.length);
  });
});
