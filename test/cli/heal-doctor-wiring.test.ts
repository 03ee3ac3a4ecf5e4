import { describe, expect, test } from 'vitest';
import { ALARM_ARN } from '../core/builders.ts';
import type { OfferedRule } from '../lab/events-api.ts';
import { diagnose, examination, readFindings } from './heal-diagnosis.ts';
import { offer } from './heal-functions.ts';
import { ruleOfAlarms } from './heal-scene.ts';
import { type Deployment, useWorld } from './heal-world.ts';

let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});

const signal = new AbortController().signal;
const findings = (...options: readonly string[]) => diagnose(healer, ...options);

describe('alarm rules', () => {
  const rule = (part: Partial<OfferedRule>) => ruleOfAlarms(healer.inbox.arn, part);
  const other = (name: string) => rule({ name, pattern: JSON.stringify({ resources: ['other'] }) });

  test('are looked for on every page', async () => {
    healer.scene.rules = [other('a'), other('b'), other('c'), rule({ name: 'last' })];

    const { code, of } = await findings();

    expect(code).toBe(0);
    expect(of('alarm rules', 'well')).toContain('4 enabled rules to the inbox');
  });

  test.each<[string, () => OfferedRule[], string]>([
    ['that are not there', () => [], 'no rule takes it'],
    ['of another queue', () => [rule({ targetArns: ['arn:aws:sqs:x'] })], 'no rule takes it'],
    ['that are disabled', () => [rule({ enabled: false })], 'alarms is DISABLED'],
    ['of other alarms', () => [other('others')], 'no rule takes it'],
  ])('%s', async (_, rules, why) => {
    healer.scene.rules = rules();

    const { code, of } = await findings();

    expect(code).toBe(1);
    for (const state of ['ALARM', 'OK']) {
      expect(of('alarm rules', 'wrong')).toContain(
        `shop-prod/checkout-api: ${state} of ${ALARM_ARN} does not reach the inbox: ${why}`,
      );
    }
  });

  test('that do not hear of the recovery', async () => {
    const pattern = JSON.stringify({
      resources: [ALARM_ARN],
      detail: { state: { value: ['ALARM'] } },
    });
    healer.scene.rules = [rule({ pattern })];

    const { of } = await findings();

    expect(of('alarm rules', 'wrong').split('\n')).toEqual([expect.stringContaining(': OK of ')]);
  });

  test.each([
    [{ resources: [{ prefix: 'arn:aws:cloudwatch:' }] }, 'well'],
    [{ detail: { alarmName: [{ suffix: '-rate' }] }, resources: [ALARM_ARN, 'other'] }, 'well'],
    [{ source: ['aws.ecs'], resources: [ALARM_ARN] }, 'wrong'],
    [{ resources: [{ wildcard: '*' }] }, 'note'],
    [{ resources: [ALARM_ARN], detail: { previousState: { value: ['OK'] } } }, 'note'],
  ])('with the pattern %j are %s', async (pattern, finding) => {
    healer.scene.rules = [rule({ pattern: JSON.stringify(pattern) })];

    expect((await findings()).found).toContain(`alarm rules: ${finding}`);
  });

  test('cannot be looked for without the inbox', async () => {
    const { of } = readFindings(await healer.heal(['doctor', '--json']));

    expect(of('alarm rules', 'note')).toContain('no URL of the inbox → name it with --inbox');
  });

  test('that may not be read are unknown', async () => {
    const { gateway } = healer;
    const refused = { kind: 'error', code: 'AccessDeniedException', status: 403 } as const;
    gateway.faults.inject({ service: 'events', operation: 'DescribeRule', times: 1, ...refused });

    const { code, of } = await findings();

    expect(code).toBe(5);
    expect(of('alarm rules', 'unknown')).toContain('events:DescribeRule: AccessDeniedException');
  });
});

describe('functions', () => {
  const change = (part: object): void => {
    const [remediate] = healer.scene.functions;
    healer.scene.functions = remediate === undefined ? [] : [{ ...remediate, ...part }];
  };

  test.each([
    [{ shown: { State: 'Failed' } }, 'state: got Failed, wanted Active'],
    [{ shown: { LastUpdateStatus: 'Failed' } }, 'last update: got Failed, wanted Successful'],
    [{ shown: { Runtime: 'nodejs20.x' } }, 'runtime: got nodejs20.x, wanted nodejs24.x'],
    [{ sources: [] }, 'event source mapping of inbox-'],
    [{ environment: {} }, 'TABLE_NAME: got nothing, wanted healer-'],
  ] as const)('that have %j', async (part, words) => {
    change(part);

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('functions', 'wrong')).toContain(`remediate: ${words}`);
  });

  test('that are no longer fed', async () => {
    change({ sources: [{ arn: healer.inbox.arn, enabled: false }] });

    const { of } = await findings();

    expect(of('functions', 'wrong')).toContain('got one that is disabled, wanted an enabled one');
  });

  test('that are not there', async () => {
    const { code, of } = await findings('--notify-function', 'notify');

    expect(code).toBe(1);
    expect(of('functions', 'wrong')).toContain('Function not found: notify');
    expect(of('functions', 'well')).toContain('remediate is active on nodejs24.x');
  });

  test('include drill, when it is named, and its own queue', async () => {
    const { table: TABLE_NAME, path: GUARDED_SERVICES_PATH } = healer;
    const DRILL_QUEUE_URL = 'https://sqs/1/drill-looks';
    const environment = { TABLE_NAME, GUARDED_SERVICES_PATH, DRILL_QUEUE_URL };
    const sources = [{ arn: 'arn:aws:sqs:eu-west-1:1:drill-looks', enabled: true }];
    const run = async () => null;
    healer.scene.functions.push(offer({ name: 'drill', environment, sources, run }));

    const { of } = await findings('--drill-function', 'drill');

    expect(of('functions', 'well')).toContain(
      'drill is active on nodejs24.x, as deployed, and its',
    );
  });

  test('of another healer', async () => {
    const { of } = await findings('--inbox', healer.inbox.deadLetter?.url ?? '');

    expect(of('functions', 'wrong')).toContain('→ look at the same healer');
  });

  test('that nobody named are a note', async () => {
    const { of } = readFindings(await healer.heal(['doctor', '--json']));

    expect(of('functions', 'note')).toContain('none named → name them: --function');
  });
});

describe('rights', () => {
  test('of remediate that are missing are told in its own words', async () => {
    const { gateway } = healer;
    const refused = { kind: 'error', code: 'AccessDeniedException', status: 403 } as const;
    const operation = { service: 'ecs', operation: 'GetTaskProtection', times: 9 };
    const fault = gateway.faults.inject({ ...operation, ...refused });

    const { code, of } = await findings();
    fault.cancel();

    expect(code).toBe(1);
    expect(of('rights', 'wrong')).toContain('shop-prod/checkout-api: remediate cannot read');
    expect(of('rights', 'wrong')).toContain('AccessDeniedException');
  });

  test('are looked at only when it is asked to try, and nothing is written then', async () => {
    const without = examination(healer).filter((option) => option !== '--try');

    const { of } = readFindings(await healer.heal([...without, '--json']));
    await findings();

    expect(of('rights', 'note')).toContain('it was not asked to try → name --function and give');
    const { version } = await healer.store.read('shop-prod/checkout-api', signal);
    expect(version).toBe(0);
  });
});
