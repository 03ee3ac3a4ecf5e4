/** What the list of guarded services says of other services, and what is refused in it, word for word. */
import { describe, expect, test } from 'vitest';
import { parseGuardedServices } from '../../functions/core/guarded-service.ts';
import { parsePolicy, policyOverrides } from '../../functions/core/policy.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';
const alarmOf = (name: string) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/cart/6d0e';

/** One service named like its alarm. */
function aTier(service: string, ...names: readonly string[]): Record<string, unknown> {
  const dependsOn = names.map((name) => `shop/${name}`);
  const alarms = [alarmOf(service)];
  return { cluster: CLUSTER, service, environment: 'prod', alarms, dependsOn };
}

function refusalOf(...services: readonly unknown[]): string {
  try {
    parseGuardedServices(services);
    return 'nothing';
  } catch (error) {
    return (error as Error).message.replace('list of guarded services is invalid: ', '');
  }
}

/** Of each service, who is behind it. */
function behind(...services: readonly unknown[]): Readonly<Record<string, readonly string[]>> {
  const parsed = parseGuardedServices(services);
  return Object.fromEntries(
    parsed.map(({ name, downstream }) => [name, downstream.map(({ serviceId }) => serviceId)]),
  );
}

describe('services behind a service', () => {
  test('are those that it names, and those behind them, the nearest first and each once', () => {
    const tiers = [
      aTier('web', 'cart', 'auth'),
      aTier('cart', 'stock', 'auth'),
      aTier('auth'),
      aTier('stock', 'auth'),
    ];

    expect(behind(...tiers)).toEqual({
      web: ['shop/cart', 'shop/auth', 'shop/stock'],
      cart: ['shop/stock', 'shop/auth'],
      auth: [],
      stock: ['shop/auth'],
    });
  });

  test('come with the alarms that speak for them', () => {
    const [web] = parseGuardedServices([aTier('web', 'cart'), aTier('cart')]);
    expect(web?.downstream).toEqual([{ serviceId: 'shop/cart', alarmArns: [alarmOf('cart')] }]);
  });

  test('must be guarded', () => {
    expect(refusalOf(aTier('web', 'cart', 'auth'), aTier('cart'))).toBe(
      'services[0].dependsOn: got "shop/auth", wanted the id of a guarded service',
    );
  });

  test('must not lead back to it', () => {
    expect(refusalOf(aTier('web', 'cart'), aTier('cart', 'stock'), aTier('stock', 'cart'))).toBe(
      'services[1].dependsOn: got "shop/cart", wanted no circle of dependencies; ' +
        'services[2].dependsOn: got "shop/stock", wanted no circle of dependencies',
    );
    expect(refusalOf(aTier('web', 'web'))).toContain('no circle of dependencies');
  });

  test('are named in a list', () => {
    expect(refusalOf({ ...aTier('web'), dependsOn: 'shop/cart' })).toBe(
      'services[0].dependsOn: got "shop/cart", wanted 0 or more of ids of guarded services',
    );
  });
});

describe('an entry is refused', () => {
  const arnWith = (arn: string, change: string) => arn.replace('arn:aws:', change);

  test.each<[string, Record<string, unknown>, string]>([
    ['cluster', { cluster: ` ${CLUSTER}` }, 'wanted an ECS cluster ARN'],
    ['cluster', { cluster: arnWith(CLUSTER, 'arn:aws7:') }, 'wanted an ECS cluster ARN'],
    ['service', { service: `${CLUSTER}/web` }, 'wanted the name of an ECS service, not its ARN'],
    ['service', { service: ' web' }, 'wanted the name of an ECS service, not its ARN'],
    ['service', { service: 'web ' }, 'wanted the name of an ECS service, not its ARN'],
    ['alarms[0]', { alarms: ['web-5xx'] }, 'wanted alarm ARN'],
    ['alarms[1]', { alarms: [alarmOf('a'), ` ${alarmOf('b')}`] }, 'wanted alarm ARN'],
    ['alarms[0]', { alarms: [`${alarmOf('a')}\nb`] }, 'wanted alarm ARN'],
    ['alarms[0]', { alarms: [arnWith(alarmOf('a'), 'arn:awsA:')] }, 'wanted alarm ARN'],
    ['targetGroups[0]', { targetGroups: [` ${TARGET_GROUP}`] }, 'wanted target group ARN'],
    ['targetGroups[0]', { targetGroups: [`${TARGET_GROUP}\nb`] }, 'wanted target group ARN'],
    ['targetGroups[0]', { targetGroups: ['cart'] }, 'wanted target group ARN'],
    ['logFields.level', { logFields: { level: '$.level' } }, 'wanted a JSON field name'],
    ['logFields.level', { logFields: { level: [] } }, 'wanted 1 or more of JSON field names'],
  ])('for its %s: %j', (field, part, wanted) => {
    const refusal = refusalOf({ ...aTier('web'), ...part });
    expect(refusal.startsWith(`services[0].${field}: got `)).toBe(true);
    expect(refusal.endsWith(wanted)).toBe(true);
    expect(refusal).not.toContain('; ');
  });

  test('for what it does not know, with all that it does', () => {
    expect(refusalOf({ ...aTier('web'), depends: [] })).toBe(
      'services[0].depends: got "depends", wanted one of cluster, service, environment, alarms, ' +
        'targetGroups, logGroup, logFields, dependsOn, policy',
    );
  });

  test('once for each thing that is missing', () => {
    expect(refusalOf({})).toBe(
      'services[0].cluster: got nothing, wanted an ECS cluster ARN; ' +
        'services[0].service: got nothing, wanted the name of an ECS service, not its ARN; ' +
        'services[0].environment: got nothing, wanted a name such as "prod"; ' +
        'services[0].alarms: got nothing, wanted 1 or more of alarm ARNs',
    );
  });
});

test.each(['aws-cn', 'aws-us-gov'])('ARNs of %s are as good', (partition) => {
  const of = (arn: string) => arn.replace('arn:aws:', `arn:${partition}:`);
  const entry = { ...aTier('web'), cluster: of(CLUSTER), alarms: [of(alarmOf('a'))] };
  expect(refusalOf({ ...entry, targetGroups: [of(TARGET_GROUP)] })).toBe('nothing');
});

test('two services of unknown names are not told apart from each other', () => {
  const nameless = { ...aTier('web'), cluster: 'shop', service: undefined };
  const other = { ...nameless, alarms: [alarmOf('b')] };
  expect(refusalOf(nameless, other)).toContain('service /: got "/ and /", wanted one owner');
});

test('a policy that is written out keeps what was chosen', () => {
  const chosen = parsePolicy({ mode: 'observe', singleTask: 'stop', budget: 1 });
  expect(policyOverrides(chosen)).toMatchObject({ mode: 'observe', singleTask: 'stop', budget: 1 });
});
