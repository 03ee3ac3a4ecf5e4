import { describe, expect, test } from 'vitest';
import type { LabEvent } from '../lab/events.ts';
import { CALLER } from '../lab/names.ts';
import { describeEvent } from './describe-event.ts';

const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10';
const at = 0;

const alarm = (from: string, to: string): LabEvent => ({
  kind: 'alarm-state',
  at,
  alarmName: 'checkout-api-5xx-rate',
  alarmArn: 'a',
  from,
  to,
  reason: 'r',
});
const task = (status: string, reason?: string): LabEvent => ({
  kind: 'task-status',
  at,
  taskArn: TASK,
  status,
  ...(reason === undefined ? {} : { reason }),
});
const target = (state: string, given: { taskArn?: string; reason?: string }): LabEvent => ({
  kind: 'target-state',
  at,
  targetGroupArn: 'tg',
  target: '10.0.0.1:8080',
  state,
  ...given,
});
const call = (caller: string, operation: string, status = 200): LabEvent => ({
  kind: 'call',
  at,
  endedAt: at,
  caller,
  service: 'ecs',
  operation,
  input: { cluster: 'c', task: TASK },
  status,
});
const slack = (status: number, answer: string): LabEvent => ({
  kind: 'slack',
  at,
  status,
  answer,
  payload: {},
});
const invocation = (
  outcome: 'started' | 'succeeded' | 'failed' | 'timed-out',
  result?: unknown,
): LabEvent => ({
  kind: 'invocation',
  at,
  functionName: 'remediate',
  requestId: '1',
  traceId: '1',
  outcome,
  ...(result === undefined ? {} : { result }),
});

describe('an event in words', () => {
  test.for<readonly [LabEvent, string]>([
    [alarm('OK', 'ALARM'), '◆ alarm checkout-api-5xx-rate: OK → ALARM'],
    [
      alarm('INSUFFICIENT_DATA', 'ALARM'),
      '◆ alarm checkout-api-5xx-rate: INSUFFICIENT_DATA → ALARM',
    ],
    [task('RUNNING'), '· task 0f3c7a5d RUNNING'],
    [task('STOPPED', 'Task stopped by user'), '· task 0f3c7a5d STOPPED: Task stopped by user'],
    [target('healthy', { taskArn: TASK }), '· target of task 0f3c7a5d is healthy'],
    [
      target('unhealthy', { taskArn: TASK, reason: 'Target.Timeout' }),
      '· target of task 0f3c7a5d is unhealthy: Target.Timeout',
    ],
    [target('healthy', {}), '· target of task 10.0.0.1 is healthy'],
    [call(CALLER.remediate, 'StopTask'), '■ ecs:StopTask 0f3c7a5d → 200'],
    [call(CALLER.remediate, 'StopTask', 400), '■ ecs:StopTask 0f3c7a5d → 400'],
    [slack(429, 'rate_limited'), '! Slack answered 429 rate_limited'],
    [
      invocation('failed', { errorMessage: 'boom' }),
      '! function remediate failed: {"errorMessage":"boom"}',
    ],
    [invocation('timed-out'), '! function remediate timed-out'],
  ])('%#: says %o', ([event, words]) => {
    const told = describeEvent(event);

    expect(`${told?.mark} ${told?.text}`).toBe(words);
  });

  test.for<readonly [string, LabEvent]>([
    ['an alarm that has its first data', alarm('INSUFFICIENT_DATA', 'OK')],
    ['a step between start and end of a task', task('PENDING')],
    ['a target on its way', target('draining', { taskArn: TASK })],
    ['a call that only reads', call(CALLER.remediate, 'DescribeTasks')],
    ['a stop by somebody else', call(CALLER.drill, 'StopTask')],
    ['a message, which is shown whole', slack(200, 'ok')],
    ['a function that starts', invocation('started')],
    ['a function that succeeds', invocation('succeeded', null)],
    ['a line of a log', { kind: 'function-log', at, functionName: 'remediate', line: 'x' }],
    ['an event of the service', { kind: 'service-event', at, service: 's', message: 'm' }],
  ])('is not needed for %s', ([, event]) => {
    expect(describeEvent(event)).toBeUndefined();
  });
});
