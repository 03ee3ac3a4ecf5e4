import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../functions/core/entry.ts';
import { anEntry } from '../../core/builders.ts';
import { OTHER, stopOf, ILL as TASK } from '../../drill/a-recording.ts';
import type { BotMessage } from '../slack/web-api.ts';
import { type Facts, judge, stoppedTasks, untold } from './judge.ts';

const INCIDENT = 'inc-1';

function anEntryOf(seq: number, overrides: Partial<Entry> = {}): Entry {
  return { ...anEntry(), id: `${INCIDENT}#${seq}`, incidentId: INCIDENT, seq, ...overrides };
}

const victim = { ...anEntry({ kind: 'stopped' }).victim, taskArn: TASK } as Entry['victim'];
const TIMELINE = [
  anEntryOf(1, { kind: 'opened', announce: false }),
  anEntryOf(2, { kind: 'claimed', announce: false, ...(victim && { victim }) }),
  anEntryOf(3, { kind: 'stopped', announce: true }),
  anEntryOf(4, { kind: 'recovered', announce: true }),
];

function aPost(seq: number, threadTs?: string, incident = INCIDENT): BotMessage {
  return {
    ts: `1.${seq}`,
    channel: 'C',
    isBroadcast: false,
    states: [],
    metadata: { event_payload: { incident_id: incident, seq } },
    ...(threadTs !== undefined && { threadTs }),
  };
}

const POSTED = [aPost(3), aPost(3, '1.3'), aPost(4, '1.3')];

function facts(overrides: Partial<Facts> = {}): Facts {
  return {
    ill: [TASK],
    calls: [stopOf(TASK, 0, 1)],
    stillIll: [],
    timeline: TIMELINE,
    outbox: [],
    posted: POSTED,
    texts: [],
    dead: 0,
    ...overrides,
  };
}

/** The same facts, told by a webhook. */
function byWebhook(texts: readonly string[]): Facts {
  const { posted: _none, ...rest } = facts({ texts });
  return rest;
}

describe('a trouble', () => {
  test('broke nothing when the one ill task was stopped, and all was told', () => {
    expect(judge(facts())).toEqual([]);
    expect(judge(byWebhook(['acting', 'recovered']))).toEqual([]);
  });

  test('may repeat the stop of the same task, and be refused', () => {
    const calls = [stopOf(TASK, 0, 1), stopOf(TASK, 2, 3), stopOf(OTHER, 4, 5, { status: 400 })];
    expect(stoppedTasks(calls)).toEqual([TASK]);
    expect(judge(facts({ calls }))).toEqual([]);
  });

  test('may end with a person', () => {
    const timeline = [...TIMELINE.slice(0, 3), anEntryOf(4, { kind: 'escalated', announce: true })];
    expect(judge(facts({ timeline }))).toEqual([]);
  });

  test.each<[string, Partial<Facts>, RegExp]>([
    ['stops a healthy task', { calls: [stopOf(OTHER, 0, 1)] }, /healthy task was stopped: .*other/],
    ['stops without a claim', { timeline: [] }, /without a recorded claim/],
    ['says RECOVERED too early', { stillIll: [TASK] }, /while a task was ill: .*ill$/],
    [
      'neither ends nor calls a person',
      { timeline: TIMELINE.slice(0, 3) },
      /neither ended nor called/,
    ],
    ['records nothing', { timeline: [] }, /no incident was recorded/],
    ['loses an entry', { timeline: TIMELINE.toSpliced(1, 1) }, /gaps: got 1, 3, 4/],
    ['never tells one', { posted: POSTED.slice(0, 2) }, /never told: inc-1#4 recovered/],
    ['tells another incident', { posted: [aPost(3, undefined, 'x')] }, /never told: inc-1#3/],
    ['tells one twice', { posted: [...POSTED, aPost(4, '1.3')] }, /repeats: 3, 4, 4/],
    ['tells out of order', { posted: [aPost(3), aPost(4, '1'), aPost(3, '1')] }, /repeats: 4, 3/],
    ['opens two messages', { posted: [...POSTED, aPost(4)] }, /has 2 messages/],
    ['keeps one to itself', { outbox: ['inc-1#4'] }, /left in the outbox: inc-1#4/],
    ['gives one up', { dead: 1 }, /1 messages are in dead-letter/],
  ])('that %s is broken', (_what, change, problem) => {
    expect(judge(facts(change)).join('\n')).toMatch(problem);
  });

  test('is broken when a webhook tells too little or too much', () => {
    expect(judge(byWebhook(['acting'])).join()).toMatch(/never told: inc-1#4/);
    expect(judge(byWebhook(['a', 'b', 'b'])).join()).toMatch(/told 3 times, want 2/);
  });

  test('is judged for each incident', () => {
    const second = TIMELINE.map((entry) => ({ ...entry, incidentId: 'inc-2' }));
    const posted = [...POSTED, aPost(3, undefined, 'inc-2'), aPost(4, '1.3', 'inc-2')];
    const both = { timeline: [...TIMELINE, ...second], posted };
    expect(judge(facts(both))).toEqual([]);
    expect(judge(facts({ ...both, posted: POSTED })).length).toBe(2);
  });

  test('is told by its root where no reply repeats it', () => {
    const timeline = [anEntryOf(1, { kind: 'paused', announce: true })];
    expect(untold({ timeline, posted: [aPost(1)], texts: [] })).toEqual([]);
  });
});
