import { describe, expect, test } from 'vitest';
import { DEFAULT_LOG_FIELDS, parseGuardedServices } from '../../functions/core/guarded-service.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { ALARM_ARN, TARGET_GROUP } from './builders.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-prod';

/** One service as configuration writes it, with the least that it must say. */
function anEntry(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const entry = {
    cluster: CLUSTER,
    service: 'checkout-api',
    environment: 'prod',
    alarms: [ALARM_ARN],
  };
  return { ...entry, ...overrides };
}

function problemsOf(value: unknown): readonly string[] {
  try {
    parseGuardedServices(value);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'config.invalid', retryable: false });
    const { message } = error as Error;
    return message.replace('list of guarded services is invalid: ', '').split('; ');
  }
}

describe('a guarded service', () => {
  test('needs a cluster, a name, an environment and an alarm; the rest has defaults', () => {
    expect(parseGuardedServices([anEntry()])).toEqual([
      {
        id: 'shop-prod/checkout-api',
        name: 'checkout-api',
        clusterName: 'shop-prod',
        clusterArn: CLUSTER,
        environment: 'prod',
        alarmArns: [ALARM_ARN],
        targetGroupArns: [],
        logFields: DEFAULT_LOG_FIELDS,
        downstream: [],
        policy: DEFAULT_POLICY,
      },
    ]);
  });

  test('may name target groups, a log group, the fields of its logs and limits', () => {
    const [service] = parseGuardedServices([
      anEntry({
        targetGroups: [TARGET_GROUP],
        logGroup: '/ecs/checkout-api',
        logFields: { status: 'http.status_code' },
        policy: { budget: 1 },
      }),
    ]);

    expect(service).toMatchObject({
      targetGroupArns: [TARGET_GROUP],
      logGroup: '/ecs/checkout-api',
      logFields: { ...DEFAULT_LOG_FIELDS, status: ['http.status_code'] },
      policy: { ...DEFAULT_POLICY, budget: 1 },
    });
  });

  test.each([
    ['arn:aws-cn:ecs:cn-north-1:123456789012:cluster/shop', 'shop'],
    ['arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/shop_1', 'shop_1'],
  ])('lives in any partition: %s', (cluster, name) => {
    const [service] = parseGuardedServices([anEntry({ cluster })]);

    expect(service?.clusterName).toBe(name);
  });
});

describe('several services', () => {
  test('keep their order', () => {
    const others = [
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a',
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:b',
    ].map((alarm, index) => anEntry({ service: `tier-${index}`, alarms: [alarm] }));

    expect(parseGuardedServices(others).map(({ name }) => name)).toEqual(['tier-0', 'tier-1']);
  });

  test('may be none', () => {
    expect(parseGuardedServices([])).toEqual([]);
  });

  test('fail when two share an alarm, which could not be told apart', () => {
    expect(problemsOf([anEntry(), anEntry({ service: 'cart-api' })])).toEqual([
      `${ALARM_ARN}: got "shop-prod/checkout-api and shop-prod/cart-api", wanted one owner`,
    ]);
  });

  test('fail when one is listed twice', () => {
    expect(
      problemsOf([
        anEntry(),
        anEntry({ alarms: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:other'] }),
      ]),
    ).toEqual([expect.stringMatching('^service shop-prod/checkout-api: ')]);
  });

  test('may have the same name in two clusters', () => {
    const cluster = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-test';

    expect(
      problemsOf([
        anEntry(),
        anEntry({ cluster, alarms: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:other'] }),
      ]),
    ).toEqual([]);
  });

  test('fail with all problems of all of them at once', () => {
    const problems = problemsOf([
      anEntry({ environment: '', alarms: [] }),
      anEntry({ cluster: 'shop', policy: { budget: -1, retries: 2 } }),
    ]);

    expect(problems).toEqual([
      expect.stringContaining('services[0].environment'),
      expect.stringContaining('services[0].alarms'),
      expect.stringContaining('services[1].cluster'),
      expect.stringContaining('services[1].policy.retries'),
      expect.stringContaining('services[1].policy.budget'),
    ]);
  });
});

describe('a list fails', () => {
  test.each([undefined, null, {}, 'checkout-api'])('when it is %j', (value) => {
    expect(problemsOf(value)).toEqual([expect.stringMatching('^services: got .*a list of')]);
  });

  test.each([
    ['cluster', 'shop-prod', 'an ECS cluster ARN'],
    ['cluster', `${CLUSTER}/extra`, 'an ECS cluster ARN'],
    ['cluster', '', 'an ECS cluster ARN'],
    ['service', undefined, 'the name of an ECS service, not its ARN'],
    ['environment', 7, 'a name such as "prod"'],
    ['alarms', undefined, '1 or more of alarm ARNs'],
    ['alarms', [], '1 or more of alarm ARNs'],
    ['alarms', ALARM_ARN, '1 or more of alarm ARNs'],
    ['targetGroups', TARGET_GROUP, '0 or more of target group ARNs'],
    ['logGroup', '', 'a non-empty string'],
  ])('when %s is %j', (field, value, wanted) => {
    const got = value === undefined ? 'nothing' : JSON.stringify(value);

    expect(problemsOf([anEntry({ [field]: value })])).toEqual([
      `services[0].${field}: got ${got}, wanted ${wanted}`,
    ]);
  });

  test('when one of several alarms is empty', () => {
    expect(problemsOf([anEntry({ alarms: [ALARM_ARN, ''] })])).toEqual([
      'services[0].alarms[1]: got "", wanted alarm ARNs',
    ]);
  });

  test('when a field is misspelt', () => {
    expect(problemsOf([anEntry({ targetGroup: TARGET_GROUP })])).toEqual([
      expect.stringContaining('services[0].targetGroup: got "targetGroup", wanted one of cluster'),
    ]);
  });

  test.each(['$.status', 'http status', 'a"b', 'x}'])(
    'when a log field could change the filter it goes into: %j',
    (status) => {
      expect(problemsOf([anEntry({ logFields: { status } })])).toEqual([
        expect.stringContaining('services[0].logFields.status'),
      ]);
    },
  );
});
