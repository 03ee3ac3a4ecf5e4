/** Recordings for tests of what is measured: one task is ill, another is not, and a second lasts ten. */
import type { LabEvent, RecordedCall } from '../lab/events.ts';
import { CALLER } from '../lab/names.ts';
import type { Answer } from './load.ts';
import type { Recording } from './measure.ts';

const FAULT_AT = 1_000_000;
export const ILL = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/ill';
export const OTHER = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/other';

/** Times are milliseconds after the fault. */
export const at = (ms: number): number => FAULT_AT + ms;

export function aRecording(overrides: Partial<Recording> = {}): Recording {
  return {
    events: [],
    answers: [],
    faultAt: FAULT_AT,
    factor: 10,
    faults: [],
    illTasks: new Set([ILL]),
    ownTasks: new Set([ILL, OTHER]),
    tasks: 2,
    floor: 1,
    timeline: [],
    ...overrides,
  };
}

export function aCall(
  from: number,
  to: number,
  overrides: Partial<RecordedCall> = {},
): RecordedCall {
  return {
    kind: 'call',
    at: at(from),
    endedAt: at(to),
    caller: CALLER.remediate,
    service: 'ecs',
    operation: 'DescribeServices',
    traceId: 'Root=1',
    input: {},
    status: 200,
    ...overrides,
  };
}

export const stopOf = (
  task: string,
  from: number,
  to: number,
  overrides: Partial<RecordedCall> = {},
) => aCall(from, to, { operation: 'StopTask', input: { task }, ...overrides });

export function alarm(ms: number, to: string): LabEvent {
  const alarmArn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a';
  return {
    kind: 'alarm-state',
    at: at(ms),
    alarmName: 'a',
    alarmArn,
    from: 'OK',
    to,
    reason: 'r',
  };
}

export function target(ms: number, id: string, state: string, taskArn = OTHER): LabEvent {
  return { kind: 'target-state', at: at(ms), targetGroupArn: 'tg', target: id, taskArn, state };
}

export function slack(ms: number, text: string, status = 200): LabEvent {
  return { kind: 'slack', at: at(ms), status, answer: 'ok', payload: { text } };
}

export function answer(ms: number, status: Answer['status']): Answer {
  return { at: at(ms), durationMs: 1, status };
}
