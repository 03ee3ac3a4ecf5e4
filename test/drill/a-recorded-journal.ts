/** A journal as a drill writes it: one ill task of four is stopped, and replaced, in twenty seconds. */
import type { Entry } from '../../functions/core/entry.ts';
import type { EpochMillis } from '../../functions/core/time.ts';
import type { LabEvent } from '../lab/events.ts';
import { CALLER, SERVICE_ID } from '../lab/names.ts';
import { aJournal, anActivity } from './a-journal.ts';
import type { Journal } from './journal.ts';
import { type Answer, byStatus, isFailed } from './load.ts';

const START = Date.parse('2026-11-20T10:03:41.516Z');
const FAULT = 5_000;
const ALARM = 10_000;
const STOP = 10_400;
const RECOVERED = 18_000;
const END = 20_000;
const PER_SECOND = 40;

const arnOf = (id: string): string => `arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/${id}`;
const IDS = ['aaaaaaaa1', 'bbbbbbbb2', 'cccccccc3', 'dddddddd4'];
const ILL = IDS[1] ?? '';
const NEW = 'eeeeeeee5';

const at = (ms: number): number => START + ms;

/** Every second request fails while the task is ill. */
function answers(): readonly Answer[] {
  return Array.from({ length: (END / 1_000) * PER_SECOND }, (_, index) => {
    const ms = (index * 1_000) / PER_SECOND;
    const fails = ms >= FAULT && ms < STOP && index % 2 === 0;
    return { at: at(ms), durationMs: 5 + (index % 7), status: fails ? 500 : 200 };
  });
}

function entry(ms: number, kind: Entry['kind'], over: Partial<Entry> = {}): Entry {
  const seq = ms;
  return {
    id: `inc-20261120-100351-3f9c2k#${seq}`,
    incidentId: 'inc-20261120-100351-3f9c2k',
    seq,
    at: at(ms) as EpochMillis,
    kind,
    announce: kind === 'stopped' || kind === 'recovered',
    serviceId: SERVICE_ID,
    environment: 'prod',
    trigger: 'alarm checkout-api-5xx-rate ALARM',
    detail: `what ${kind} says`,
    stopped: 1,
    reopened: 0,
    facts: { alarms: [], stopsUsed: 1, stopsAllowed: 3 },
    ledger: {},
    ...over,
  };
}

function weighed(): string {
  const tasks = IDS.map((id) => ({
    arn: arnOf(id),
    id,
    zone: 'eu-west-1a',
    revision: 'checkout-api:1',
    lastStatus: 'RUNNING',
  }));
  const traffic = IDS.map((id) => ({ taskId: id, requests: 50, errors: id === ILL ? 40 : 0 }));
  return JSON.stringify({
    message: 'weighed',
    verdict: 'act',
    input: {
      observation: {
        tasks: { kind: 'read', value: tasks },
        traffic: { kind: 'read', value: { tasks: traffic } },
      },
      service: { id: SERVICE_ID, policy: { minErrorShare: 0.1, minSlowShare: 0.25 } },
    },
  });
}

export function aMessage(text: string): object {
  const section = (own: string) => ({ type: 'section', text: { type: 'mrkdwn', text: own } });
  return { text, blocks: [section(`:gear: *${text}*\n\`code\` and \`\`\`a log line\`\`\``)] };
}

const MESSAGES = [
  aMessage('ACTING checkout-api (prod): stopped 1 ill task of 4.'),
  aMessage('RECOVERED checkout-api (prod) in 8 s. No action needed.'),
];

function events(): readonly LabEvent[] {
  const alarm = (ms: number, from: string, to: string): LabEvent => ({
    kind: 'alarm-state',
    at: at(ms),
    alarmName: 'checkout-api-5xx-rate',
    alarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-api-5xx-rate',
    from,
    to,
    reason: 'r',
  });
  const task = (ms: number, id: string, status: string): LabEvent => ({
    kind: 'task-status',
    at: at(ms),
    taskArn: arnOf(id),
    status,
  });
  const slack = (ms: number, payload: unknown): LabEvent => ({
    kind: 'slack',
    at: at(ms),
    status: 200,
    answer: 'ok',
    payload,
  });
  return [
    ...IDS.map((id) => task(500, id, 'RUNNING')),
    alarm(2_000, 'INSUFFICIENT_DATA', 'OK'),
    alarm(ALARM, 'OK', 'ALARM'),
    { kind: 'function-log', at: at(STOP - 50), functionName: 'remediate', line: weighed() },
    {
      kind: 'call',
      at: at(STOP - 20),
      endedAt: at(STOP),
      caller: CALLER.remediate,
      service: 'ecs',
      operation: 'StopTask',
      input: { task: arnOf(ILL) },
      status: 200,
    },
    slack(STOP + 200, MESSAGES[0]),
    task(12_000, NEW, 'RUNNING'),
    task(13_000, ILL, 'STOPPED'),
    alarm(17_000, 'ALARM', 'OK'),
    slack(RECOVERED + 50, MESSAGES[1]),
  ];
}

const INCIDENTS: readonly (readonly [number, string])[] = [
  [0, 'none'],
  [11_000, 'verifying (settling)'],
  [18_000, 'recovered'],
];

function states(): Journal['states'] {
  return Array.from({ length: 20 }, (_, second) => {
    const ms = second * 1_000;
    const incident = INCIDENTS.findLast(([from]) => from <= ms)?.[1] ?? 'none';
    return { at: at(ms), healthy: second >= 11 && second < 13 ? 3 : 4, desired: 4, incident };
  });
}

/** @param overrides - over everything; measures and limits are those of `aJournal`. */
export function aRecordedJournal(overrides: Partial<Journal> = {}): Journal {
  const sent = answers();
  const failed = sent.filter(isFailed).length;
  const victim = { taskArn: arnOf(ILL), taskId: ILL, revision: 'checkout-api:1' };
  return aJournal({
    start: new Date(at(0)).toISOString(),
    end: new Date(at(END)).toISOString(),
    faultAt: new Date(at(FAULT)).toISOString(),
    run: [anActivity({ type: 'action', name: 'make one task fail', start: iso(FAULT) })],
    rollbacks: [
      anActivity({ type: 'action', name: 'mend what still runs', start: iso(RECOVERED) }),
    ],
    requests: {
      perSecond: PER_SECOND,
      sent: sent.length,
      failed,
      byStatus: byStatus(sent),
      sinceFault: { sent: 600, failed },
      answers: sent,
    },
    decisions: [
      { at: at(STOP - 60), trigger: 'alarm', verdict: 'act', calls: 9, roundTrips: 4 },
      {
        at: at(13_000),
        trigger: 're-check',
        verdict: 'hold',
        reason: 'settling',
        calls: 5,
        roundTrips: 2,
      },
      {
        at: at(15_000),
        trigger: 're-check',
        verdict: 'hold',
        reason: 'settling',
        calls: 6,
        roundTrips: 2,
      },
    ],
    faults: [{ from: at(FAULT), to: at(STOP) }],
    states: states(),
    timeline: [
      entry(STOP - 60, 'opened'),
      entry(STOP - 60, 'claimed', {
        victim: { ...victim, why: 'w', lastErrors: [], traceIds: [] },
      }),
      entry(STOP, 'stopped'),
      entry(RECOVERED, 'recovered'),
    ],
    messages: MESSAGES,
    events: events(),
    ...overrides,
  });
}

function iso(ms: number): string {
  return new Date(at(ms)).toISOString();
}
