/** Permissions in the lab, with the real SDK's clients over the real gateway. */

import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { aLab, CLUSTER, type Lab, SESSION, STOP_ONE, TASK } from './iam/sample-lab.ts';
import { isIdle, mergeUsages, neededBy, needsTable, renderUsage } from './iam/usage.ts';
import { ACCOUNT, CALLER, REGION } from './names.ts';

function stop(lab: Lab, task = TASK, cluster = CLUSTER): Promise<unknown> {
  const client = new ecs.ECSClient(lab.config('HEALER'));
  return client.send(new ecs.StopTaskCommand({ cluster, task }));
}

describe('a call', () => {
  test('that the role grants is run', async () => {
    const lab = await aLab(STOP_ONE);

    await stop(lab);
    await stop(lab, 't2', 'shop');

    expect(lab.ran).toEqual(['StopTask', 'StopTask']);
  });

  test('that it does not grant is refused in the words of AWS, recorded, and not run', async () => {
    const lab = await aLab({ ...STOP_ONE, Action: 'ecs:DescribeTasks' });

    await expect(stop(lab)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        `User: ${SESSION} is not authorized to perform: ecs:StopTask on resource: ${TASK} ` +
        'because no identity-based policy allows the ecs:StopTask action',
    });
    expect(lab.ran).toEqual([]);
    expect(lab.events.calls()).toMatchObject([
      { caller: 'HEALER', operation: 'StopTask', status: 403, error: 'AccessDeniedException' },
    ]);
  });

  test('that an explicit Deny names is refused, whatever grants it', async () => {
    const lab = await aLab(STOP_ONE, { Effect: 'Deny', Action: 'ecs:*', Resource: '*' });

    await expect(stop(lab)).rejects.toThrow(
      /ecs:StopTask on resource: \S+ with an explicit deny in an identity-based policy$/,
    );
  });

  test('in another cluster than that of the condition is refused', async () => {
    const lab = await aLab({ ...STOP_ONE, Resource: '*' });
    const elsewhere = CLUSTER.replace('shop', 'bank');

    await expect(stop(lab, 't1', elsewhere)).rejects.toThrow('not authorized');
    await expect(stop(lab, TASK.replace('shop', 'bank'), 'bank')).rejects.toThrow('not authorized');
    await stop(lab);
  });

  test('about several tasks is refused when one of them is out of reach', async () => {
    const lab = await aLab(STOP_ONE);
    const client = new ecs.ECSClient(lab.config('HEALER'));
    const other = TASK.replace('shop', 'bank');
    const both = new ecs.DescribeTasksCommand({ cluster: CLUSTER, tasks: [TASK, other] });

    await expect(client.send(both)).rejects.toThrow(`on resource: ${other} because`);
  });

  test('of a caller without a role is run', async () => {
    const lab = await aLab();
    const client = new ecs.ECSClient(lab.config('PLATFORM'));

    await client.send(new ecs.StopTaskCommand({ cluster: CLUSTER, task: TASK }));

    expect(lab.ran).toEqual(['StopTask']);
  });

  test('that nobody can judge is refused, and says what to do', async () => {
    const lab = await aLab({ Effect: 'Allow', Action: '*', Resource: '*' });
    const client = new ecs.ECSClient(lab.config('HEALER'));

    await expect(client.send(new ecs.ListClustersCommand({}))).rejects.toThrow(
      'ecs:ListClusters: the lab does not know what it asks of IAM, want it in',
    );
    expect(lab.ran).toEqual([]);
  });

  test('that is refused leaves a fault for the next one', async () => {
    const lab = await aLab(STOP_ONE);
    const target = { service: 'ecs', operation: 'StopTask', times: 1 } as const;
    const fault = lab.gateway.faults.inject({ ...target, kind: 'throttle' });

    await expect(stop(lab, 't1', 'bank')).rejects.toThrow('not authorized');

    expect(fault.remaining()).toBe(1);
    await expect(stop(lab)).rejects.toThrow('Rate exceeded');
  });
});

describe('conditions', () => {
  test('of DynamoDB see the partition keys, and that a write is part of a transaction', async () => {
    const lab = await aLab({
      Effect: 'Allow',
      Action: 'dynamodb:PutItem',
      Resource: '*',
      Condition: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SERVICE#*'] },
        StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' },
      },
    });
    const client = new dynamodb.DynamoDBClient(lab.config('HEALER'));
    const item = (pk: string) => ({ TableName: 'locks', Item: { pk: { S: pk } } });
    const writing = (pk: string) =>
      client.send(new dynamodb.TransactWriteItemsCommand({ TransactItems: [{ Put: item(pk) }] }));

    await writing('SERVICE#shop');
    await expect(writing('ACCOUNT')).rejects.toThrow('not authorized');
    await expect(client.send(new dynamodb.PutItemCommand(item('SERVICE#shop')))).rejects.toThrow(
      'not authorized',
    );
  });

  test('a log group granted without its streams cannot be read', async () => {
    const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/shop`;
    const reading = async (resource: string) => {
      const grant = { Effect: 'Allow', Action: 'logs:FilterLogEvents', Resource: resource };
      const lab = await aLab(grant);
      const client = new logs.CloudWatchLogsClient(lab.config('HEALER'));
      return client.send(new logs.FilterLogEventsCommand({ logGroupName: '/ecs/shop' }));
    };

    await expect(reading(group)).rejects.toThrow('not authorized');
    await reading(`${group}:*`);
  });
});

describe('the usage', () => {
  test('tells what was granted and needed, and what was not', async () => {
    const read = { Sid: 'Look', Effect: 'Allow', Action: 'ecs:List*', Resource: '*' };
    const lab = await aLab(STOP_ONE, read, { ...STOP_ONE, Sid: '', Resource: '*' });
    const unnamed = { caller: 'HEALER', sid: '', resources: ['*'] };

    await stop(lab, 't1', 'shop');

    const { used, unused } = lab.authorizer.usage();
    expect(used).toEqual([
      { caller: 'HEALER', sid: 'StopOne', action: 'ecs:StopTask', resources: [STOP_ONE.Resource] },
      { ...unnamed, action: 'ecs:StopTask' },
    ]);
    expect(unused.map(({ action }) => action)).toEqual([
      'ecs:DescribeTasks',
      'ecs:List*',
      'ecs:DescribeTasks',
    ]);
    expect(renderUsage({ used, unused })).toEqual([
      'granted and not used in this run: HEALER StopOne: ecs:DescribeTasks',
      'granted and not used in this run: HEALER Look: ecs:List*',
      'granted and not used in this run: HEALER *: ecs:DescribeTasks',
    ]);
  });

  test('says nothing of what only AWS itself needs', async () => {
    const trace = { Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' };
    const { authorizer } = await aLab(trace, { ...trace, Action: 'kms:Decrypt' });

    expect(authorizer.usage().unused).toHaveLength(2);
    expect(renderUsage(authorizer.usage())).toEqual([]);
  });

  test('counts nothing that was refused', async () => {
    const lab = await aLab(STOP_ONE, { Effect: 'Deny', Action: 'ecs:StopTask', Resource: TASK });

    await expect(stop(lab)).rejects.toThrow('explicit deny');
    await expect(stop(lab, 't2', 'bank')).rejects.toThrow('not authorized');

    expect(lab.authorizer.usage().used).toEqual([]);
  });
});

test('over several runs, a permission is unused that none of them needed', () => {
  const grant = (action: string) => ({ caller: 'HEALER', sid: 'Work', action, resources: ['*'] });
  const [stop, list, read] = ['ecs:StopTask', 'ecs:ListTasks', 'logs:StartQuery'].map(grant) as [
    ReturnType<typeof grant>,
    ReturnType<typeof grant>,
    ReturnType<typeof grant>,
  ];

  expect(
    mergeUsages([
      { used: [stop], unused: [list, read] },
      { used: [list], unused: [grant('ecs:StopTask'), read] },
    ]),
  ).toEqual({ used: [stop, list], unused: [read] });
});

test('over a catalogue, each permission has its drills or a reason, or is idle', () => {
  const grant = (caller: string, sid: string, action: string) => ({
    caller,
    sid,
    action,
    resources: ['*'],
  });
  const stop = grant(CALLER.remediate, 'StopOne1', 'ecs:StopTask');
  const trace = grant(CALLER.remediate, '', 'xray:PutTraceSegments');
  const week = grant(CALLER.notify, 'ReadWeek', 'dynamodb:Query');
  const idle = grant(CALLER.remediate, 'Idle', 'ecs:UpdateService');
  const unused = [trace, week, idle];

  const needed = neededBy([
    { used: [stop], unused },
    { used: [stop], unused },
    { used: [], unused: [stop, ...unused] },
  ]);

  expect(needed.filter(isIdle)).toEqual([{ ...idle, drills: 0 }]);
  expect(needsTable(needed)).toEqual([
    ['role', 'statement', 'granted', 'drills', 'why, if none'],
    [CALLER.notify, 'ReadWeek', 'dynamodb:Query', '0', expect.stringContaining('once a week')],
    [CALLER.remediate, '-', 'xray:PutTraceSegments', '0', expect.stringContaining('Lambda')],
    [CALLER.remediate, 'Idle', 'ecs:UpdateService', 'NEVER', ''],
    [CALLER.remediate, 'StopOne1', 'ecs:StopTask', '2', ''],
  ]);
});
