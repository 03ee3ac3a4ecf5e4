/** What people are told of a drill: before it, when it begins, and when it is over. */
import { describe, expect, test } from 'vitest';
import { noticeOf } from '../../functions/core/drill/notice.ts';
import { planDrill } from '../../functions/core/drill/plan.ts';
import { aLock, NOW } from './builders.ts';
import { aDrill, aRequest, aSight, FAULT, plus, SETTING, UNDONE } from './drill-builders.ts';
import { ROWS } from './drill-rows.ts';

describe('what is told of a drill', () => {
  const downstream = [{ serviceId: 'shop-prod/stock', alarmArns: [] }] as never;
  const stopConditions = { alarms: ['arn:aws:cloudwatch:eu-west-1:1:alarm:payments-down'] };

  test('that begins: what is done, how far it reaches, and what ends it', () => {
    const sight = aSight({ at: plus(3), service: { downstream } });
    const state = aDrill({}, { stopConditions });

    expect(noticeOf(state, sight)).toEqual({
      kind: 'drill',
      drillId: state.id,
      serviceId: 'shop-prod/checkout-api',
      environment: 'staging',
      level: 'wiring',
      lead: 'ana',
      method: 'ring the alarm by hand; the healer looks, and waits; take the alarm back',
      blastRadius: 'one alarm, with all its actions; no task',
      stopConditions: [
        'alarm payments-down is in ALARM',
        'an alarm of shop-prod/stock is in ALARM',
        'fewer than 3 healthy tasks',
        'somebody pauses healing',
      ],
      stopCommand: 'heal drill stop shop-prod/checkout-api',
      at: plus(3),
      endsBy: state.endsBy,
    });
  });

  test('that makes a task ill', () => {
    const state = aDrill(
      {},
      { level: 'fault', method: [FAULT], stopConditions: { healthyBelow: 4 } },
    );

    expect(noticeOf(state, aSight())).toMatchObject({
      level: 'fault',
      blastRadius: 'one running task, which mends itself',
      stopConditions: [
        'fewer than 4 healthy tasks',
        'somebody pauses healing',
        'another service falls ill',
      ],
    });
  });

  test('that is over: each limit, and what was undone', () => {
    const state = aDrill({
      verdict: 'fail',
      rows: ROWS,
      rollbacks: [UNDONE, { ...UNDONE, name: 'take the alarm back', status: 'failed' }],
    });

    expect(noticeOf(state, aSight()).end).toEqual({
      verdict: 'fail',
      summary: 'not held: timeline entries, incident ends',
      assertions: [
        { name: 'time to recover', measured: '151 s', limit: 'at most 300 s', holds: true },
        { name: 'timeline entries', measured: '1', limit: 'at least 2', holds: false },
        { name: 'incident ends', measured: 'not seen', limit: 'recovered', holds: false },
      ],
      rollback: 'mend the task: succeeded; take the alarm back: failed',
    });
  });

  test('that passed, or was refused', () => {
    const refusal = { code: 'storm', got: 'until noon', wanted: 'no storm' } as const;
    const taken = { code: 'paused', got: 'by ben', wanted: 'no pause' } as const;
    const abort = { code: 'not-steady', detail: 'it storms', at: NOW };
    const refused = aDrill({ verdict: 'aborted', abort, refusals: [refusal, taken] });
    const passed = aDrill({ verdict: 'pass', rows: ROWS.slice(0, 1).concat(ROWS.slice(4)) });

    expect(noticeOf(passed, aSight()).end).toMatchObject({
      summary: 'recovered in 2 min 31 s (limit 5 min), 1 limit held, 1 not measured',
      rollback: 'nothing to undo',
    });
    expect(noticeOf(refused, aSight()).end).toEqual({
      verdict: 'aborted',
      summary: 'not-steady: it storms',
      assertions: [
        { name: 'storm', measured: 'until noon', limit: 'no storm', holds: false },
        { name: 'paused', measured: 'by ben', limit: 'no pause', holds: false },
      ],
      rollback:
        'nothing was done: storm: got until noon, wanted no storm; paused: got by ben, wanted no pause',
    });
  });
});

describe('a plan', () => {
  const asked = { ...aRequest(), id: 'drill-1', by: 'ana', request: 'r' };

  test('says what would be done, and that it may be', () => {
    const { stopConditions, ...plan } = planDrill(
      asked,
      aSight({ lock: aLock(), shared: aLock() }),
      SETTING,
    );

    expect(stopConditions).toHaveLength(2);
    expect(plan).toEqual({
      kind: 'plan',
      service: 'shop-prod/checkout-api',
      environment: 'staging',
      drill: 'wiring',
      title: 'An alarm is rung by hand while every task is well',
      hypothesis:
        'An incident opens within two minutes, nothing is stopped, and it ends by itself.',
      level: 'wiring',
      method: ['ring the alarm by hand', 'the healer looks, and waits', 'take the alarm back'],
      rollbacks: ['the alarm is OK again'],
      blastRadius: 'one alarm, with all its actions; no task',
      endsBy: '2026-11-20T10:39:41.516Z',
      limits: [
        'open: most 120',
        'recover: most 600',
        'stops: exactly 0',
        'stoppedOther: exactly 0',
        'floorBreaches: exactly 0',
        'falseRecovered: exactly 0',
        'incidents: exactly 1',
        'entries: least 2',
        'state: exactly recovered',
      ],
      unmeasured: [
        'floorBreaches: exactly 0: what the load balancer saw at the moment of a stop is not recorded',
      ],
      mayRun: true,
      refusals: [],
    });
  });

  test('names the task that would be made ill, and what forbids it', () => {
    const fault = { ...asked, ...aRequest({ level: 'fault', method: [FAULT] }) };
    const plan = planDrill(fault, aSight(), SETTING);

    expect(plan).toMatchObject({
      target: 'task 02020202 in eu-west-1c',
      level: 'fault',
      mayRun: false,
    });
    expect(plan.refusals.map(({ code }) => code)).toEqual(['another-drill']);
  });
});
