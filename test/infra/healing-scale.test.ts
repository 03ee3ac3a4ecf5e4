/** One healer for five hundred services in many stacks stays within the quotas of AWS. */
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import type { ServiceGuard } from '../../infra/healing/service-guard.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { Slack } from '../../infra/slack.ts';
import { aHealedSite } from './a-healed-app.ts';
import { fill, lengthsOf } from './filled-in.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const STACKS = 10;
const SERVICES = 50;
const CLUSTERS = 5;
/** Of CloudFormation: resources of a stack, bytes of its template. */
const RESOURCES_MAX = 500;
const TEMPLATE_MAX = 1_000_000;
/** Of IAM: characters of a role's inline policies. */
const INLINE_MAX = 10_240;
/** Of EventBridge: rules of an account and Region, characters of a pattern. */
const RULES_MAX = 300;
const PATTERN_MAX = 2_048;
/** Of Parameter Store: characters of a value, parameters that one call reads. */
const VALUE_MAX = 8_192;
const PARAMETERS_IN_A_CALL = 10;
/** Where each service had its own parameter, there were fifty. */
const CALLS_MAX = 15;
/** Of an alarm with a name of a hundred characters. */
const ARN_LENGTH = 160;

const RIGHTS = HealingPermissions.clusters(['shop-*'], { logGroups: ['/ecs/*'] });

function aHealer(app: App, props: Partial<SelfHealingProps> = {}): SelfHealing {
  const care = new Stack(app, 'Care');
  const secret = Secret.fromSecretNameV2(care, 'Hook', 'shop/slack-webhook');
  return new SelfHealing(care, 'Healing', { slack: Slack.webhook(secret), ...props });
}

interface CloudFormationTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: object }>
  >;
}

function propertiesOf(templates: readonly CloudFormationTemplate[], type: string): object[] {
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  return resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
}

interface Rule {
  readonly Description: string;
  readonly EventPattern: { readonly resources: readonly unknown[] };
}

/** So few that the bus takes them, and each alarm of each stack in one of them. */
function expectRules(templates: readonly CloudFormationTemplate[]): void {
  const rules = propertiesOf(templates, 'AWS::Events::Rule') as readonly Rule[];
  expect(rules.length).toBeLessThan(RULES_MAX);
  // The others are on the healer itself, and its clock.
  const ofServices = rules.filter(({ Description: text }) => text.includes('guarded services'));
  const patterns = ofServices.map(({ EventPattern }) => EventPattern);
  expect(patterns.flatMap(({ resources }) => resources)).toHaveLength(2 * STACKS * SERVICES);
  const filled = patterns.map((pattern) => ({
    ...pattern,
    resources: pattern.resources.map(() => 'x'.repeat(ARN_LENGTH)),
  }));
  const lengths = filled.map((pattern) => JSON.stringify(pattern).length);
  expect(Math.max(...lengths)).toBeLessThan(PATTERN_MAX);
}

/** So few that a cold start reads them soon, each short enough, and all services in them. */
function expectParameters(templates: readonly CloudFormationTemplate[]): void {
  const values = propertiesOf(templates, 'AWS::SSM::Parameter').map((parameter) =>
    JSON.stringify(fill((parameter as { readonly Value: unknown }).Value)),
  );
  expect(values.length / PARAMETERS_IN_A_CALL).toBeLessThan(CALLS_MAX);
  expect(Math.max(...values.map((value) => value.length))).toBeLessThan(VALUE_MAX);
  const named = values.join('').match(/\\"service\\":/g) ?? [];
  expect(named).toHaveLength(STACKS * SERVICES);
}

/** The service of this number, with a load balancer and alarms of the healer's making. */
function guardIn(healing: SelfHealing, scope: Stack, number: number): ServiceGuard {
  const place = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
  const targetGroup = ApplicationTargetGroup.fromTargetGroupAttributes(scope, `Group${number}`, {
    targetGroupArn: `${place}:targetgroup/service-${number}/0123456789abcdef`,
    loadBalancerArns: `${place}:loadbalancer/app/shop/fedcba9876543210`,
  });
  const service = GuardedService.fromAttributes(scope, `Service${number}`, {
    clusterName: `shop-${number % CLUSTERS}`,
    serviceName: `service-${number}`,
    targetGroups: [targetGroup],
    logGroup: LogGroup.fromLogGroupName(scope, `Logs${number}`, `/ecs/service-${number}`),
  });
  return healing.guard(service, { scope });
}

/** So many services with an alarm that is brought along: two resources each. */
function guardMany(healing: SelfHealing, scope: Stack, count: number, first = 0): void {
  for (let number = first; number < first + count; number += 1) {
    const service = GuardedService.fromAttributes(scope, `Service${number}`, {
      clusterName: `shop-${number % CLUSTERS}`,
      serviceName: `service-${number}-with-a-name-of-some-length`,
      logGroup: LogGroup.fromLogGroupName(scope, `Logs${number}`, `/ecs/service-${number}`),
    });
    const alarms = [Alarm.fromAlarmName(scope, `Alarm${number}`, `service-${number}-errors`)];
    healing.guard(service, { scope, alarms });
  }
}

describe('one healer', () => {
  test('guards five hundred services of ten stacks', { timeout: 120_000 }, () => {
    const app = new App();
    const healing = aHealer(app, { permissions: RIGHTS });
    const names = Array.from({ length: STACKS }, (_, number) => `Shop${number}`);
    for (const [number, name] of names.entries()) {
      const stack = new Stack(app, name);
      const numbers = Array.from({ length: SERVICES }, (_, index) => number * SERVICES + index);
      for (const each of numbers) guardIn(healing, stack, each);
    }
    const stacks = app.synth().stacks;
    const templates = stacks.map(({ template }) => template as CloudFormationTemplate);
    const care = Template.fromStack(Stack.of(healing));

    const counts = templates.map(({ Resources }) => Object.keys(Resources).length);
    const lengths = templates.map((template) => JSON.stringify(template).length);
    expect(Math.max(...counts)).toBeLessThan(RESOURCES_MAX);
    expect(Math.max(...lengths)).toBeLessThan(TEMPLATE_MAX);
    expect(lengthsOf(care, 'AWS::IAM::ManagedPolicy')).toEqual([]);
    expect(Math.max(...lengthsOf(care, 'AWS::IAM::Policy'))).toBeLessThan(INLINE_MAX);
    expectRules(templates);
    expectParameters(templates);
    // The stacks of the services wait for the healer's, which waits for none.
    const waiting = stacks.filter((one) => one.dependencies.some(({ id }) => id === 'Care'));
    expect(waiting.map(({ id }) => id).sort()).toEqual(names);
    expect(JSON.stringify(care.toJSON())).not.toContain('Fn::ImportValue');
  });
});

describe('synth warns', () => {
  test('when a stack with guards nears the resources that it may have', () => {
    const app = new App();
    const healing = aHealer(app, { permissions: RIGHTS });
    guardMany(healing, Stack.of(healing), 215);
    const stack = new Stack(app, 'Shop');
    guardMany(healing, stack, 215, 215);
    app.synth();
    const warnings = (of: Stack): string =>
      JSON.stringify(Annotations.fromStack(of).findWarning('*', Match.anyValue()));

    expect(warnings(Stack.of(healing))).toMatch(/with 215 guards has 4[5-9]\d of the 500/);
    expect(warnings(stack)).not.toContain('of the 500');
  });

  test('when the guards need more rules than EventBridge takes', { timeout: 60_000 }, () => {
    const app = new App();
    const healing = aHealer(app, { permissions: RIGHTS });
    for (let number = 0; number <= RULES_MAX; number += 1) {
      guardMany(healing, new Stack(app, `Shop${number}`), 1, number);
    }
    app.synth();

    Annotations.fromStack(Stack.of(healing)).hasWarning(
      '/Care/Healing',
      Match.stringLikeRegexp('need 301 rules.*quota raised'),
    );
  });
});

describe('synth refuses', () => {
  test('more resources in a stack than CloudFormation takes', () => {
    const app = new App();
    const healing = aHealer(app);
    guardMany(healing, Stack.of(healing), 240);

    expect(() => app.synth()).toThrow(/stack Care with 240 guards has 5\d\d of the 500.*scope/);
  });

  test('more policies at the role than IAM attaches', () => {
    const app = new App();
    const healing = aHealer(app);
    for (let number = 0; number < 2; number += 1) {
      guardMany(healing, new Stack(app, `Shop${number}`), 200, number * 200);
    }

    expect(() => app.synth()).toThrow(/need \d\d managed policies.*HealingPermissions\.clusters/);
  });
});
