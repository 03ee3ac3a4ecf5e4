/** Guards in the stacks of their services, and the order in which stacks can be deployed. */
import { Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { Slack } from '../../infra/slack.ts';
import { aHealedSite, anAlarm, aService, aSite, type Site } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const RIGHTS = HealingPermissions.clusters(['Shop-*'], { logGroups: ['Shop-*'] });

interface Apart {
  /** Where the services are. */
  readonly site: Site;
  readonly care: Stack;
  readonly healing: SelfHealing;
}

/** A healer in a stack of its own, beside a stack of services with another that is content. */
function apart(props: Partial<SelfHealingProps> = {}): Apart {
  const site = aSite();
  site.healing.guard(aService(site, 'Content').service);
  const care = new Stack(site.app, 'Care');
  const secret = Secret.fromSecretNameV2(care, 'Hook', 'shop/slack-webhook');
  const healing = new SelfHealing(care, 'Care', { slack: Slack.webhook(secret), ...props });
  return { site, care, healing };
}

function aRole(scope: Construct): IRole {
  return new Role(scope, 'Drill', { assumedBy: new ServicePrincipal('codebuild.amazonaws.com') });
}

/** Stacks of the app that a stack waits for. */
function behind({ site }: Apart, name: string): readonly string[] {
  const { stacks } = site.app.synth();
  const ids = stacks.map(({ id }) => id);
  const dependencies = stacks.find(({ id }) => id === name)?.dependencies ?? [];
  return dependencies.map(({ id }) => id).filter((id) => ids.includes(id));
}

describe('a guard in the stack of its service', () => {
  test('is made there, and sends to the queue of the healer', () => {
    const all = apart({ permissions: RIGHTS });
    const guard = all.healing.guard(aService(all.site).service, { scope: all.site.stack });
    const template = Template.fromStack(all.site.stack);

    expect(Stack.of(guard.parameter)).toBe(all.site.stack);
    expect(guard.ownAlarms.map((alarm) => Stack.of(alarm))).toEqual([
      all.site.stack,
      all.site.stack,
    ]);
    const targets = Object.values(template.findResources('AWS::Events::Rule')).map(
      ({ Properties }) => JSON.stringify(Properties.Targets),
    );
    expect(targets.filter((text) => /ImportValue.*CareInbox/.test(text))).toHaveLength(1);
    Template.fromStack(all.care).resourceCountIs('AWS::SSM::Parameter', 0);
  });

  test('lets the stack of the healer be deployed first', () => {
    const all = apart({ permissions: RIGHTS });
    all.healing.guard(aService(all.site).service, { scope: all.site.stack });

    expect(behind(all, 'Shop')).toEqual(['Care']);
    expect(behind(all, 'Care')).toEqual([]);
  });

  test('needs no names of clusters where the service is imported by its own', () => {
    const all = apart();
    const { stack } = all.site;
    const service = GuardedService.fromAttributes(stack, 'Invoices', {
      clusterName: 'billing',
      serviceName: 'invoices',
    });
    all.healing.guard(service, { scope: stack, alarms: [anAlarm(stack, 'Errors')] });

    expect(behind(all, 'Shop')).toEqual(['Care']);
  });

  test('may be in a nested stack of the healer, with the rights of each service', () => {
    const site = aSite();
    const scope = new NestedStack(site.stack, 'Nested');
    const guard = site.healing.guard(aService(site).service, { scope });
    site.app.synth();

    expect(Stack.of(guard)).toBe(scope);
    Template.fromStack(scope).resourceCountIs('AWS::SSM::Parameter', 1);
  });
});

describe('services of another stack', () => {
  /** The alarms of each rule of the healer that stands in a stack. */
  function patternsIn(stack: Stack): readonly (readonly unknown[])[] {
    const rules = Template.fromStack(stack).findResources('AWS::Events::Rule');
    const shared = Object.entries(rules).filter(([id]) => id.startsWith('CareAlarmChanges'));
    return shared.map(([, { Properties }]) => Properties.EventPattern.resources as unknown[]);
  }

  function guarding(ids: readonly string[]): Stack {
    const { site, healing } = apart({ permissions: RIGHTS });
    for (const id of ids) healing.guard(aService(site, id).service, { scope: site.stack });
    return site.stack;
  }

  const IDS = Array.from({ length: 12 }, (_, index) => `Service${index}`);

  test('share rules, each alarm in one of them', () => {
    const patterns = patternsIn(guarding(IDS));

    expect(patterns.length).toBeLessThan(IDS.length);
    expect(Math.max(...patterns.map((alarms) => alarms.length))).toBeLessThanOrEqual(10);
    const all = patterns.flat().map((alarm) => JSON.stringify(alarm));
    expect(new Set(all).size).toBe(2 * IDS.length);
    expect(all).toHaveLength(2 * IDS.length);
  });

  test('keep their rules when one is added before them', () => {
    const rules = (ids: readonly string[]): readonly string[] =>
      Object.entries(Template.fromStack(guarding(ids)).findResources('AWS::Events::Rule'))
        .filter(([, rule]) => JSON.stringify(rule).includes('ShopFront'))
        .map(([id]) => id);
    expect(rules(['New', 'Front'])).toEqual(rules(['Front']));
  });

  test('are configured after those that they depend on', () => {
    const all = apart({ permissions: RIGHTS });
    const back = new Stack(all.site.app, 'Back');
    const service = GuardedService.fromAttributes(back, 'Invoices', {
      clusterName: 'Shop-billing',
      serviceName: 'invoices',
    });
    const behindIt = all.healing.guard(service, { scope: back, alarms: [anAlarm(back, 'Errors')] });
    const front = aService(all.site).service;
    all.healing.guard(front, { scope: all.site.stack, dependsOn: [behindIt] });

    expect(behind(all, 'Shop')).toEqual(expect.arrayContaining(['Back', 'Care']));
  });

  test('cannot be what one beside the healer depends on', () => {
    const { site, care, healing } = apart({ permissions: RIGHTS });
    const { service } = aService(site);
    const behindIt = healing.guard(service, { scope: site.stack });
    const front = GuardedService.fromAttributes(care, 'Front', {
      clusterName: 'Shop-web',
      serviceName: 'front',
    });
    const alarms = [anAlarm(care, 'Errors')];

    expect(() => healing.guard(front, { alarms, dependsOn: [behindIt] })).toThrow('circle');
  });

  test('share parameters, each in one of them', () => {
    const { site, healing } = apart({ permissions: RIGHTS });
    const guards = IDS.map((id) =>
      healing.guard(aService(site, id).service, { scope: site.stack }),
    );
    const parameters = Object.values(
      Template.fromStack(site.stack).findResources('AWS::SSM::Parameter'),
    ).map(({ Properties }) => JSON.stringify(Properties.Value));

    // One is of the healer of that stack.
    expect(parameters).toHaveLength(new Set(guards.map(({ parameter }) => parameter)).size + 1);
    expect(parameters.length).toBeLessThan(IDS.length);
    for (const id of IDS) {
      const name = new RegExp(`"Ref":"${id}Service|GetAtt":\\["${id}Service\\w+","Name`);
      expect(parameters.filter((value) => name.test(value))).toHaveLength(1);
    }
  });
});

test('a guard beside the healer lets its stack wait for that of the service', () => {
  const all = apart();
  all.healing.guard(aService(all.site).service);

  expect(behind(all, 'Care')).toEqual(['Shop']);
});

describe('guard refuses a circle of stacks', () => {
  test('by the rights of each service, with the fix', () => {
    const { site, healing } = apart();
    const { service } = aService(site);

    expect(() => healing.guard(service, { scope: site.stack })).toThrow(
      /stack Care.*stack Shop.*HealingPermissions\.clusters/,
    );
  });

  test('by two services of one stack of which one is guarded beside the healer', () => {
    const { site, healing } = apart({ permissions: RIGHTS });
    healing.guard(aService(site).service, { scope: site.stack });

    expect(() => healing.guard(aService(site, 'Second').service)).toThrow(/guard.*\{ scope \}/);
  });

  test('by the name of a cluster of that stack', () => {
    const site = aSite();
    const care = new Stack(site.app, 'Care');
    const secret = Secret.fromSecretNameV2(care, 'Hook', 'shop/slack-webhook');
    const permissions = HealingPermissions.clusters([site.cluster.clusterName], {
      logGroups: ['Shop-*'],
    });
    const healing = new SelfHealing(care, 'Care', { slack: Slack.webhook(secret), permissions });

    expect(() => healing.guard(aService(site).service, { scope: site.stack })).toThrow(
      'for its permissions',
    );
  });

  test('by a drill that may ring alarms of that stack', () => {
    const { site, care, healing } = apart({ permissions: RIGHTS });
    healing.guard(aService(site).service, { scope: site.stack });

    expect(() => healing.grantDrill(aRole(care))).toThrow('a role in a stack of its own');
    expect(() => healing.grantDrill(aRole(new Stack(site.app, 'Drills')))).not.toThrow();
    expect(() => site.app.synth()).not.toThrow();
  });
});

describe('guard refuses', () => {
  test('a scope in another Region', () => {
    const { site, healing } = apart({ permissions: RIGHTS });
    const scope = new Stack(site.app, 'Far', { env: { region: 'us-east-1' } });

    expect(() => healing.guard(aService(site).service, { scope })).toThrow('us-east-1');
  });

  test('one service twice, in two scopes', () => {
    const { site, healing } = apart({ permissions: RIGHTS });
    const { service } = aService(site);
    const alarmOptions = { latency: Duration.seconds(1) };
    healing.guard(service, { scope: site.stack });

    expect(() => healing.guard(service, { alarmOptions })).toThrow('once');
  });
});
