/** What a template has beyond the defaults: a bot, buttons, drills, and the clock. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLUSTER, SERVICE } from './names.ts';
import { readDeployment } from './template/read-deployment.ts';
import { planted, Synthesised } from './template/synthesised.ts';

const PLACE = {
  gatewayUrl: 'http://127.0.0.1:4566',
  serviceHost: '127.0.0.1:8080',
  factor: 10,
  policy: {},
  targetGroups: {
    [SERVICE]: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/own/1'],
  },
};

describe('an app with a bot, buttons and drills', () => {
  const CHANNEL = 'C0123456789';
  let whole: Synthesised;
  beforeAll(async () => {
    whole = await Synthesised.app({
      slackChannel: CHANNEL,
      slackUsers: 'U0123456789',
      drills: 'faults',
      environment: 'staging',
    });
  });
  afterAll(() => whole.close());

  test('has four functions, each with its source', () => {
    const { functions, mappings, urls, permissions } = readDeployment(whole.template, PLACE);

    const names = functions.map(({ name }) => name).toSorted();
    expect(names).toEqual(['drill', 'notify', 'remediate', 'respond']);
    expect(new Set(functions.map(({ accessKeyId }) => accessKeyId)).size).toBe(4);
    const mapped = mappings.map(({ functionName }) => functionName);
    expect(mapped.toSorted()).toEqual(['drill', 'notify', 'remediate']);
    expect(urls).toEqual([{ functionName: 'respond' }]);
    const drill = functions.find(({ name }) => name === 'drill');
    expect(JSON.parse(drill?.environment['DRILL_FAULT_URLS'] ?? '')).toEqual({
      [`${CLUSTER}/${SERVICE}`]: 'http://127.0.0.1:8080/',
    });
    const open = permissions.filter(({ throughUrl }) => throughUrl === true);
    expect(open.map(({ action }) => action).toSorted()).toEqual([
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
    ]);
  });

  test('keeps three secrets, each for what it is', () => {
    const { secrets } = readDeployment(whole.template, PLACE);

    expect(secrets.map(({ holds }) => holds).toSorted()).toEqual([
      'botToken',
      'drillToken',
      'signingSecret',
    ]);
  });

  test('is asked by the clock for the digest and the drill, in the names of the lab', () => {
    const { rules, subscriptions } = readDeployment(whole.template, PLACE);
    const [announcing] = subscriptions;
    const clocks = rules.filter(({ schedule }) => schedule !== undefined);

    expect(clocks.map(({ targets }) => targets[0])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ queueArn: announcing?.queueArn, input: { kind: 'digest' } }),
        expect.objectContaining({
          functionName: 'drill',
          input: {
            kind: 'drill-run',
            service: `${CLUSTER}/${SERVICE}`,
            drill: 'wiring',
            by: 'schedule',
          },
        }),
      ]),
    );
  });

  test('is refused with an address that asks AWS for a signature: Slack has none', () => {
    const signed = planted(whole.template, ['AWS::Lambda::Url', 'Respond'], (own) => {
      own['AuthType'] = 'AWS_IAM';
    });

    expect(() => readDeployment(signed, PLACE)).toThrow(/Respond\w+\.AuthType: got "AWS_IAM"/);
  });

  test('is refused with a rule that is neither', () => {
    const idle = planted(whole.template, ['AWS::Events::Rule', 'HealerDigest'], (own) => {
      delete own['ScheduleExpression'];
    });

    expect(() => readDeployment(idle, PLACE)).toThrow(/Digest\w+\.EventPattern: got undefined/);
  });
});
