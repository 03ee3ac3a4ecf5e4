import { describe, expect, test } from 'vitest';
import type { LabEvent } from '../lab/events.ts';
import { decisionsOf, summariseDecisions } from './decisions.ts';

const TRACE = 'Root=1-a;Parent=b;Sampled=0';

function aCall(at: number, endedAt: number, traceId = TRACE): LabEvent {
  return {
    kind: 'call',
    at,
    endedAt,
    traceId,
    caller: 'LABREMEDIATE',
    service: 'ecs',
    operation: 'X',
    input: {},
    status: 200,
  };
}

function aDecision(requestId: string, verdict: string, reason?: string): LabEvent {
  const line = JSON.stringify({
    level: 'INFO',
    message: 'decided',
    function_request_id: requestId,
    trigger: 'alarm x',
    verdict,
    reason,
  });
  return { kind: 'function-log', at: 9, functionName: 'remediate', line };
}

describe('the cost of decisions', () => {
  test('joins the log line of a decision to the calls of its invocation', () => {
    const started = {
      kind: 'invocation',
      at: 0,
      functionName: 'remediate',
      requestId: 'r',
      traceId: TRACE,
      outcome: 'started',
    } as const;
    const events = [
      started,
      aCall(0, 5),
      aCall(1, 6),
      aCall(7, 8),
      aCall(0, 9, 'other'),
      aDecision('r', 'hold', 'paused'),
    ];

    expect(decisionsOf(events)).toEqual([
      { at: 9, trigger: 'alarm x', verdict: 'hold', reason: 'paused', calls: 3, roundTrips: 2 },
    ]);
  });

  test('takes no other line of the log for a decision', () => {
    expect(
      decisionsOf([
        { kind: 'function-log', at: 1, functionName: 'remediate', line: 'START decided' },
      ]),
    ).toEqual([]);
  });

  test('is one line per kind, the most costly first', () => {
    const cost = {
      at: 0,
      trigger: 't',
      verdict: 'hold',
      reason: 'settling',
      calls: 9,
      roundTrips: 4,
    };

    expect(
      summariseDecisions([
        cost,
        { ...cost, calls: 8 },
        { at: 0, trigger: 't', verdict: 'act', calls: 15, roundTrips: 7 },
      ]),
    ).toEqual([
      'act: 1 decision, 15 calls, 7 round trips',
      'hold settling: 2 decisions, 8 to 9 calls, 4 round trips',
    ]);
  });
});
