/** A journal for tests of what is shown of one. */
import { type Activity, JOURNAL_SCHEMA, type Journal } from './journal.ts';
import type { Measures } from './measure.ts';
import type { Tolerance } from './tolerance.ts';
import { judge } from './verdict.ts';

const TIME = '2026-11-20T10:03:41.516Z';

export function anActivity(overrides: Partial<Activity> = {}): Activity {
  return {
    type: 'probe',
    name: 'every alarm OK under load',
    status: 'succeeded',
    start: TIME,
    end: TIME,
    ...overrides,
  };
}

/** A drill of 20 seconds that held every limit, unless a test says otherwise. */
export function aJournal(
  overrides: Partial<Journal> = {},
  measures: Measures = { detect: 150, stops: 1, announced: 'ACTING, RECOVERED' },
  tolerances: readonly Tolerance[] = [
    { measure: 'detect', at: 'most', value: 240 },
    { measure: 'stops', at: 'exactly', value: 1 },
  ],
): Journal {
  const rows = judge(measures, tolerances);
  return {
    schema: JOURNAL_SCHEMA,
    node: 'v24.0.0',
    platform: 'linux x64',
    experiment: {
      name: 'grey-5xx',
      title: 't',
      description: 'd',
      hypothesis: 'h',
      method: [],
      until: 'recovered',
      rollbacks: [],
      tolerances,
      timeLimit: 900,
    },
    healer: true,
    timeFactor: 15,
    status: 'completed',
    deviated: rows.some(({ holds }) => holds === false),
    start: TIME,
    end: TIME,
    duration: 20.4,
    steady_states: { before: anActivity() },
    run: [],
    rollbacks: [],
    rows,
    requests: {
      perSecond: 40,
      sent: 800,
      failed: 26,
      byStatus: { 200: 774, 500: 26 },
      sinceFault: { sent: 700, failed: 26 },
      answers: [],
    },
    decisions: [],
    illTasks: ['arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/ill'],
    faults: [{ from: 0, to: 1 }],
    states: [],
    timeline: [],
    messages: [],
    events: [],
    ...overrides,
  };
}
