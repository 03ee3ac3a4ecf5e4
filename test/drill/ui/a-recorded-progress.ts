/** What a drill says while it runs, made from a journal of one: the page is fed with it in tests. */
import { aRecordedJournal } from '../a-recorded-journal.ts';
import type { Journal, TaskPlace } from '../journal.ts';
import { isFailed } from '../load.ts';
import type { Progress, Status } from '../progress.ts';

/** The journal beside which a progress makes sense: with the tasks, which it also tells. */
export function aJournalWithTasks(): Journal {
  const journal = aRecordedJournal();
  const arns = journal.events.flatMap((event) =>
    event.kind === 'task-status' ? [event.taskArn] : [],
  );
  const tasks = [...new Set(arns)].map(
    (arn, index): TaskPlace => ({
      arn,
      tier: 'checkout-api',
      zone: `eu-west-1${'abc'[index % 3]}`,
      revision: 'checkout-api:1',
    }),
  );
  const ill = tasks[1]?.arn ?? '';
  return { ...journal, version: '0.1.0', tasks, illTasks: [ill] };
}

/** @returns every event of it, in order, without the end. */
export function aRecordedProgress(journal = aJournalWithTasks()): readonly Progress[] {
  const startedAt = Date.parse(journal.start);
  const { title, hypothesis } = journal.experiment;
  const elapsed = (at: number): number => at - startedAt;
  const started: Progress = {
    kind: 'started',
    elapsedMs: 0,
    startedAt,
    title,
    hypothesis,
    factor: journal.timeFactor,
    healer: journal.healer,
  };
  const told: readonly Progress[] = [
    { kind: 'phase', elapsedMs: elapsed(Date.parse(journal.faultAt ?? '')), name: 'following' },
    ...journal.events.map(
      (event): Progress => ({ kind: 'lab', elapsedMs: elapsed(event.at), event }),
    ),
    ...journal.states.map(
      ({ at }, index): Progress => ({
        kind: 'status',
        elapsedMs: elapsed(at),
        status: statusAt(journal, index),
      }),
    ),
  ];
  return [started, ...told.toSorted((a, b) => a.elapsedMs - b.elapsedMs)];
}

function statusAt(journal: Journal, index: number): Status {
  const { states, faultAt = '', faults, tasks = [], illTasks, requests } = journal;
  const state = states[index];
  if (state === undefined) throw new Error(`states[${index}]: got nothing, wanted a sample`);
  const before = states[index - 1]?.at ?? 0;
  const so = requests.answers.filter(({ at }) => at < state.at);
  const latest = so.filter(({ at }) => at >= before);
  const isOn = state.at >= Date.parse(faultAt);
  return {
    ...state,
    sent: so.length,
    failed: so.filter(isFailed).length,
    failing: latest.filter(isFailed).length,
    alarms: [],
    answers: latest,
    tasks,
    illTasks: isOn ? illTasks : [],
    faults: isOn ? faults.map(({ from, to = 0 }) => (to > state.at ? { from } : { from, to })) : [],
    ...(isOn && { faultAt: Date.parse(faultAt) }),
  };
}
