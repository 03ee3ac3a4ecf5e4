/** A drill in AWS as the journal that reports are made from. Pure. */
import type { Entry } from '../entry.ts';
import { between, iso, latest } from '../time.ts';
import type { Definition } from './definition.ts';
import type { DrillActivity, DrillState } from './state.ts';
import type { Row } from './verdict.ts';

/** Readers refuse any other: what they would show of it could be wrong. */
export const JOURNAL_SCHEMA = 'ecs-self-healing/journal/3';

interface JournalActivity extends Omit<DrillActivity, 'start' | 'end'> {
  /** ISO. */
  readonly start: string;
  readonly end: string;
}

/** What the lab measures and AWS does not is empty. */
export interface DrillJournal {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly node: string;
  readonly platform: string;
  readonly experiment: Definition;
  readonly healer: true;
  readonly timeFactor: 1;
  readonly status: 'completed' | 'failed' | 'aborted';
  readonly deviated: boolean;
  readonly start: string;
  readonly end: string;
  /** Seconds. */
  readonly duration: number;
  readonly steady_states: { readonly before: JournalActivity };
  readonly run: readonly JournalActivity[];
  readonly rollbacks: readonly JournalActivity[];
  readonly rows: readonly Row[];
  readonly requests: {
    readonly perSecond: 0;
    readonly sent: 0;
    readonly failed: 0;
    readonly byStatus: Readonly<Record<string, number>>;
    readonly sinceFault: { readonly sent: 0; readonly failed: 0 };
    readonly answers: readonly never[];
  };
  readonly decisions: readonly never[];
  readonly faultAt?: string;
  readonly illTasks: readonly string[];
  readonly faults: readonly { readonly from: number; readonly to?: number }[];
  readonly states: DrillState['samples'];
  readonly timeline: readonly Entry[];
  readonly messages: readonly never[];
  readonly events: readonly never[];
  /** What this has instead of a lab's tasks: who was drilled, by whom, and why it ended early. */
  readonly drill: {
    readonly id: string;
    readonly service: string;
    readonly environment: string;
    readonly by: string;
    readonly verdict: DrillState['verdict'];
    readonly abort?: string;
    readonly unmeasured: Readonly<Record<string, string>>;
  };
}

/** @param entries - of the drill's incidents, oldest first. */
export function journalOf(state: DrillState, entries: readonly Entry[]): DrillJournal {
  const { definition, startedAt, phaseSince, phase, run, rollbacks, target, faultAt } = state;
  const last = [...run, ...rollbacks].map(({ end }) => end);
  const endedAt = phase === 'ended' ? phaseSince : latest(startedAt, ...last);
  const illTo = target?.offAt;
  const ill =
    target?.onAt === undefined ? [] : [{ from: target.onAt, ...(illTo && { to: illTo }) }];
  return {
    schema: JOURNAL_SCHEMA,
    node: 'AWS Lambda',
    platform: 'AWS',
    experiment: definition,
    healer: true,
    timeFactor: 1,
    status: statusOf(state),
    deviated: state.verdict !== 'pass',
    start: iso(startedAt),
    end: iso(endedAt),
    duration: between(startedAt, endedAt) / 1_000,
    steady_states: { before: steadyBefore(state) },
    run: run.map(spell),
    rollbacks: rollbacks.map(spell),
    rows: state.rows ?? [],
    requests: {
      perSecond: 0,
      sent: 0,
      failed: 0,
      byStatus: {},
      sinceFault: { sent: 0, failed: 0 },
      answers: [],
    },
    decisions: [],
    ...(faultAt === undefined ? {} : { faultAt: iso(faultAt) }),
    illTasks: target?.onAt === undefined ? [] : [target.taskArn],
    faults: ill,
    states: state.samples,
    timeline: entries,
    messages: [],
    events: [],
    drill: drillOf(state),
  };
}

function drillOf(state: DrillState): DrillJournal['drill'] {
  const { id, serviceId, environment, by, verdict, abort, rows = [] } = state;
  return {
    id,
    service: serviceId,
    environment,
    by,
    verdict,
    ...(abort === undefined ? {} : { abort: `${abort.code}: ${abort.detail}` }),
    unmeasured: Object.fromEntries(
      rows.flatMap(({ measure, unmeasured }) =>
        unmeasured === undefined ? [] : [[measure, unmeasured]],
      ),
    ),
  };
}

function statusOf({ abort, run }: DrillState): DrillJournal['status'] {
  if (abort !== undefined) return 'aborted';
  return run.every(({ status }) => status === 'succeeded') ? 'completed' : 'failed';
}

/** A method begins only when the service was found steady. */
function steadyBefore({ told, askedAt, startedAt, abort }: DrillState): JournalActivity {
  const named = { type: 'probe', name: 'the service is steady', start: iso(askedAt) } as const;
  if (told.start) return { ...named, status: 'succeeded', end: iso(startedAt) };
  const exception = abort === undefined ? 'not looked at yet' : `${abort.code}: ${abort.detail}`;
  return { ...named, status: 'failed', end: iso(startedAt), exception };
}

function spell({ start, end, ...activity }: DrillActivity): JournalActivity {
  return { ...activity, start: iso(start), end: iso(end) };
}
