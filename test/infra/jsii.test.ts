import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { compile, ENTRY, type Package, reachableFrom } from './jsii-package.ts';

/** jsii reads all types of CDK, which takes most of it. */
const TIMEOUT_MS = 180_000;

/** What apps build on; a name that comes or goes is a change for them. */
const PUBLIC = [
  'interface ClusterPermissionsOptions',
  'interface GuardProps',
  'class GuardedService',
  'interface GuardedServiceAttributes',
  'class HealerFunction',
  'interface HealingAccountLimits',
  'interface HealingDrills',
  'class HealingMode',
  'class HealingPermissions',
  'interface HealingPolicy',
  'interface LogFieldNames',
  'class SelfHealing',
  'interface SelfHealingProps',
  'interface ServiceAlarmOptions',
  'class ServiceGuard',
  'class SingleTask',
  'class Slack',
  'interface SlackBotOptions',
  'class SlackBroadcast',
  'interface SlackButtons',
];

/** Prints the runtimes of the functions. */
const APP = `
  const { App, Stack } = require('aws-cdk-lib');
  const { Alarm } = require('aws-cdk-lib/aws-cloudwatch');
  const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
  const { GuardedService, SelfHealing, Slack } = require('./infra');
  const stack = new Stack(new App(), 'Shop');
  const secret = Secret.fromSecretNameV2(stack, 'Hook', 'shop/slack-webhook');
  const healing = new SelfHealing(stack, 'Healing', { slack: Slack.webhook(secret) });
  const names = { clusterName: 'shop', serviceName: 'front' };
  const service = GuardedService.fromAttributes(stack, 'Front', names);
  const arn = stack.formatArn({ service: 'cloudwatch', resource: 'alarm:front' });
  healing.guard(service, { alarms: [Alarm.fromAlarmArn(stack, 'Alarm', arn)] });
  const { Resources } = require('aws-cdk-lib/assertions').Template.fromStack(stack).toJSON();
  const runtimes = Object.values(Resources).map(({ Properties }) => Properties.Runtime);
  process.stdout.write(JSON.stringify(runtimes.filter(Boolean)));
`;

describe('the construct in other languages', () => {
  let compiled: Package;

  beforeAll(async () => {
    await bundle();
    compiled = await compile(await reachableFrom(ENTRY));
  }, TIMEOUT_MS);

  afterAll(async () => {
    await compiled[Symbol.asyncDispose]();
  });

  test('compiles with jsii, without a warning', () => {
    expect(compiled.output).toContain('Errors: 0 | Warnings: 0');
    expect(compiled.assembly).toBeDefined();
  });

  test('offers these types and no others', () => {
    const types = Object.values(compiled.assembly?.types ?? {});

    expect(types.map(({ kind, name }) => `${kind} ${name}`)).toEqual(PUBLIC);
  });

  test('makes structs of its props, with words for each and a default for what may be left out', () => {
    const structs = Object.values(compiled.assembly?.types ?? {}).filter(
      ({ kind }) => kind === 'interface',
    );
    const unsaid = structs.flatMap(({ name, datatype, properties = [] }) => [
      ...(datatype === true ? [] : [`${name} is no struct`]),
      ...properties
        .filter(({ docs }) => docs?.summary === undefined)
        .map((property) => `${name}.${property.name}: no docstring`),
      ...properties
        .filter(({ optional, docs }) => optional === true && docs?.default === undefined)
        .map((property) => `${name}.${property.name}: no @default`),
    ]);

    expect(structs.length).toBeGreaterThan(5);
    expect(unsaid).toEqual([]);
  });

  test('works as it was compiled', async () => {
    expect(JSON.parse(await compiled.run(APP))).toEqual(['nodejs24.x', 'nodejs24.x']);
  });
});

describe('the check itself', () => {
  test.each([
    ['a type without a name', 'readonly at: { readonly arn: string };', 'JSII1003'],
    ['a type that is not public', 'readonly hidden?: Hidden;', 'JSII3001'],
  ])(
    'finds %s',
    async (_, member, code) => {
      const text = `interface Hidden {\n  readonly a: string;\n}\n\nexport interface Planted {\n  ${member}\n}\n`;
      await using planted = await compile([{ path: ENTRY, text: `/** Planted. */\n${text}` }]);

      expect(planted.assembly).toBeUndefined();
      expect(planted.output).toContain(code);
    },
    TIMEOUT_MS,
  );
});
