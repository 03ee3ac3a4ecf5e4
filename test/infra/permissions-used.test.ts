/**
 * The roles of the template against what the functions really call: every port of the healer is
 * used once, and each call is evaluated against the role.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { RolePolicies } from '../lab/iam/authorizer.ts';
import { CALLER } from '../lab/names.ts';
import { aHealedSite } from './a-healed-app.ts';
import { type DeployedHealer, deployedHealer } from './deployed-healer.ts';
import { deploy, healAll, lookOnce, poll, refusedToLambda } from './healer-calls.ts';
import { HEALERS } from './healer-variants.ts';
import { click, rehearse, tell } from './telling-calls.ts';

const OF_LAMBDA = 'Lambda alone uses it, to join the functions to their network';
/** Granted actions that no call here can use, and why. */
const NOT_SEEN: Readonly<Record<string, string>> = {
  'kms:Decrypt': 'nothing in the lab is encrypted',
  'kms:GenerateDataKey': 'nothing in the lab is encrypted',
  'sqs:ChangeMessageVisibility': 'CDK grants it to every function that reads a queue',
  'sqs:GetQueueUrl': 'CDK grants it to every function that reads a queue',
  'ec2:CreateNetworkInterface': OF_LAMBDA,
  'ec2:DescribeNetworkInterfaces': OF_LAMBDA,
  'ec2:DescribeSubnets': OF_LAMBDA,
  'ec2:DeleteNetworkInterface': OF_LAMBDA,
  'ec2:AssignPrivateIpAddresses': OF_LAMBDA,
  'ec2:UnassignPrivateIpAddresses': OF_LAMBDA,
};

function superfluous({ authorizer }: Awaited<ReturnType<typeof deploy>>): readonly string[] {
  return authorizer
    .usage()
    .unused.filter(({ action }) => NOT_SEEN[action] === undefined)
    .map(({ caller, sid, action }) => `${caller} ${sid} ${action}`);
}

const TIMES = { timeout: 120_000 };

describe('the roles', TIMES, () => {
  test.each(HEALERS)('of %s grant what is called, and nothing else', async (_, make) => {
    const healer = deployedHealer(make());
    const lab = await deploy(healer);

    await healAll(healer, lab.url);
    await tell(healer, lab.url);
    await click(healer, lab.url);
    await rehearse(healer, lab.url);
    await poll(healer, lab.url);

    expect(lab.events.calls().filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await refusedToLambda(healer, lab.authorizer)).toEqual([]);
    expect(superfluous(lab)).toEqual([]);
  });
});

interface Statement {
  readonly Sid?: string;
}

/** The healer with other statements for remediate. */
function edited(
  healer: DeployedHealer,
  edit: (statements: readonly Statement[]) => readonly Statement[],
): DeployedHealer {
  const { role } = healer.remediate;
  const documents = role.documents.map((document) => {
    const { Statement } = document as { readonly Statement: readonly Statement[] };
    return { Version: '2012-10-17', Statement: edit(Statement) };
  });
  const changed: RolePolicies = { ...role, documents };
  return { ...healer, remediate: { ...healer.remediate, role: changed } };
}

describe('a mistake', TIMES, () => {
  let whole: DeployedHealer;
  beforeAll(() => {
    whole = deployedHealer(aHealedSite().template);
  });

  test.each([
    ['LookAtServices1', 'ecs:DescribeServices: AccessDeniedException'],
    ['FindTasks1', 'ecs:ListTasks: AccessDeniedException'],
    ['ReadTargetHealth', 'elasticloadbalancing:DescribeTargetHealth: AccessDenied'],
    ['ReadServiceLogs1', 'logs:FilterLogEvents: AccessDeniedException'],
    ['KeepLocksAndIncidents', 'dynamodb:GetItem: AccessDeniedException'],
    ['LookAgainLater', 'sqs:SendMessage: AccessDenied'],
    ['TellIncidents', 'sns:Publish: AuthorizationErrorException'],
    ['ReadGuardedServices', 'ssm:GetParametersByPath: AccessDeniedException'],
  ])('without %s the healer fails at its call', async (sid, message) => {
    const healer = edited(whole, (all) => all.filter(({ Sid }) => Sid !== sid));
    const { url } = await deploy(healer);

    await expect(healAll(healer, url)).rejects.toThrow(message);
  });

  test.each([
    ['LookAtServices1', ['service']],
    ['FindTasks1', ['tasks', 'stopped']],
    ['LookAtTasksAndStopOne1', ['tasks']],
    ['ReadAlarms', ['alarms']],
    ['ReadTargetHealth', ['targets']],
    ['ReadServiceLogs1', ['traffic']],
    ['KeepLocksAndIncidents', ['lock', 'account']],
  ])('without %s the watchdog is blind, and says for what', async (sid, sources) => {
    const healer = edited(whole, (all) => all.filter(({ Sid }) => Sid !== sid));
    const { url } = await deploy(healer);

    const { unreadable } = await lookOnce(healer, url);

    expect(unreadable.map(({ source }) => source)).toEqual(expect.arrayContaining(sources));
    expect(new Set(unreadable.map(({ code }) => code))).toEqual(new Set(['dependency.refused']));
  });

  test('with all of its rights the watchdog sees', async () => {
    const { url } = await deploy(whole);

    expect((await lookOnce(whole, url)).unreadable).toEqual([]);
  });

  test('a log that cannot be written is found, though no call of ours needs it', async () => {
    const healer = edited(whole, (all) => all.filter(({ Sid }) => Sid !== 'WriteOwnLog'));
    const { authorizer } = await deploy(healer);

    expect(await refusedToLambda(healer, authorizer)).toEqual([
      expect.stringContaining('logs:CreateLogStream'),
      expect.stringContaining('logs:PutLogEvents'),
    ]);
  });

  test('a permission that nothing needs is found', async () => {
    const idle = { Sid: 'Idle', Effect: 'Allow', Action: 'ecs:UpdateService', Resource: '*' };
    const healer = edited(whole, (all) => [...all, idle]);
    const lab = await deploy(healer);

    await healAll(healer, lab.url);

    expect(superfluous(lab)).toContain(`${CALLER.remediate} Idle ecs:UpdateService`);
  });
});
