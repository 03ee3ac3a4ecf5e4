/** Every message of the set, from plausible values. */
import type { SlackMessage } from '../../functions/adapters/slack/blocks.ts';
import type { RenderOptions } from '../../functions/adapters/slack/entry-links.ts';
import { renderSlack } from '../../functions/adapters/slack/render.ts';
import { renderNotice } from '../../functions/adapters/slack/render-notice.ts';
import { ENTRY_KINDS, type Entry, type EntryKind } from '../../functions/core/entry.ts';
import { later, minutes, seconds } from '../../functions/core/time.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { NOTICES } from './notices.ts';

export interface Sample {
  readonly name: string;
  readonly message: SlackMessage;
}

export const OPTIONS: RenderOptions = {
  runbookUrl: 'https://example.com/runbook',
  canRespond: true,
};

const WHERE = {
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-prod',
  logGroup: '/ecs/shop-prod/checkout-api',
};

const OF_A_PAUSE = {
  facts: { alarms: [], stopsUsed: 0, stopsAllowed: 3 },
  ledger: {},
  stopped: 0,
};

const OVERRIDES: Partial<Record<Entry['kind'], Partial<Entry>>> = {
  opened: { stopped: 0, ledger: {} },
  held: {
    reason: 'deployment-in-progress',
    detail: 'deployment ecs-svc/42 is running',
    stopped: 0,
  },
  escalated: { reason: 'attempts-failed', detail: '2 stops, as bad as before' },
  'stop-refused': { reason: 'stop-refused' },
  explained: {
    reason: 'storm',
    cause: {
      code: 'dependency',
      sentence: '4 failing tasks log the same error of what they call.',
      evidence: ['502 catalog answered 503'],
      fix: 'Heal what this line names, or the way to it.',
    },
  },
  recovered: { ledger: { act: seconds(62), replace: seconds(72), recover: seconds(134) } },
  reopened: { reopened: 1 },
  paused: {
    ...OF_A_PAUSE,
    trigger: 'pause by ana',
    detail: 'by ana: load test',
    until: later(NOW, minutes(30)),
  },
  resumed: { ...OF_A_PAUSE, trigger: 'resume by ana', detail: 'the pause by ana was ended' },
  acknowledged: { reason: 'attempts-failed', acknowledgedBy: 'ana (U0123456789)' },
};

/** As a webhook posts them. */
export function samples(): readonly Sample[] {
  const entries = ENTRY_KINDS.map((kind) => ({
    name: kind,
    message: renderSlack(sampleEntry(kind), OPTIONS),
  }));
  const observing = {
    ...sampleEntry('held'),
    reason: 'observe-only',
    detail: 'would stop 1 task',
  } as const;
  const drilled = { ...sampleEntry('escalated'), drill: 'drill-20261120-1' };
  return [
    ...entries,
    { name: 'observe', message: renderSlack(observing, OPTIONS) },
    { name: 'escalated in a drill', message: renderSlack(drilled, OPTIONS) },
    ...NOTICES.map(({ name, notice }) => ({ name, message: renderNotice(notice) })),
  ];
}

export function sampleEntry(kind: EntryKind): Entry {
  const { victim, ...entry } = anEntry({ kind, where: WHERE, ...OVERRIDES[kind] });
  // Only what is about a stop names its task.
  return WITH_TASK.includes(kind) && victim !== undefined ? { ...entry, victim } : entry;
}

const WITH_TASK: readonly EntryKind[] = ['claimed', 'stopped', 'stop-refused'];

const TASK_ID = '7f3c1b0e9a5d4c2f8e6b4d2a1c9f0e37';
const VICTIM = {
  taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/${TASK_ID}`,
  taskId: TASK_ID,
  why: "80.0 % of its 100 requests failed, 1.0 % of its peers'",
  lastErrors: ['500 GET /orders: connection pool exhausted', '500 POST /checkout: pool exhausted'],
  traceIds: ['1-691ee59d-0a1b2c3d4e5f60718293a4b5'],
};

/** One task was stopped, and that was it. */
export function recoveredIncident(drill?: string): readonly Entry[] {
  const ledger = { act: seconds(62), replace: seconds(72), recover: seconds(134) };
  return chain([{ kind: 'stopped' }, { ...over(), ledger }], drill);
}

function over(): Partial<Entry> {
  const { facts } = anEntry();
  const alarms = facts.alarms.map((alarm) => ({ ...alarm, state: 'OK' }));
  return {
    kind: 'recovered',
    detail: 'every alarm OK and 4 of 4 healthy for 1 min',
    facts: { ...facts, requests: 412, errors: 1, alarms },
  };
}

/** The stop did not help, and a person took it. */
export function escalatedIncident(): readonly Entry[] {
  const acknowledgedBy = 'ana (U0123456789)';
  return chain([
    { kind: 'stopped' },
    {
      kind: 'escalated',
      reason: 'attempts-failed',
      detail: '1 stop, and 41.0 % of requests still fail after 5 min',
      cause: {
        code: 'dependency',
        sentence: '3 failing tasks log the same error of what they call: orders-db is not reached.',
        evidence: ['500 POST /checkout no connection to orders-db'],
        fix: 'Heal what this line names, or the way to it: these tasks only pass its failure on.',
      },
    },
    { kind: 'acknowledged', acknowledgedBy },
    { ...over(), acknowledgedBy, ledger: { act: seconds(62), recover: seconds(660) } },
  ]);
}

function chain(steps: readonly Partial<Entry>[], drill?: string): readonly Entry[] {
  const incidentId = 'inc-20261120-100341-3f9c';
  const { victim, ...entry } = anEntry({ where: WHERE }, VICTIM);
  return steps.map((step, index) => ({
    ...entry,
    // Of those who are told, only a stop names its task.
    ...(step.kind === 'stopped' && victim !== undefined ? { victim } : {}),
    id: `${incidentId}#${index + 1}`,
    incidentId,
    seq: index + 1,
    at: later(NOW, seconds(72 * index)),
    ...step,
    ...(drill === undefined ? {} : { drill }),
  }));
}
