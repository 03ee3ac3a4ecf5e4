/** What a drill in AWS measured, and what came of it. Pure. */
import type { Entry } from '../entry.ts';
import { between, type EpochMillis, seconds, spell } from '../time.ts';
import type { DrillSight } from './sight.ts';
import { type DrillActivity, type DrillState, episodeOf } from './state.ts';
import type { MeasureName } from './tolerance.ts';
import { judge, type Measures } from './verdict.ts';

/** Why nobody can tell in AWS: the lab measures these. */
export const UNMEASURED: Readonly<Partial<Record<MeasureName, string>>> = {
  announced: 'what the chat took is known to the notifier alone',
  failedSince: 'requests as users see them are not sent by the drill',
  failedAfter: 'requests as users see them are not sent by the drill',
  deliveries: 'the log of the healer counts them',
  clearings: 'the log of the healer counts them',
  roundTrips: 'calls are not recorded',
  calls: 'calls are not recorded',
  backendState: 'a drill follows one service',
  stoppedBackend: 'a drill follows one service',
  floorBreaches: 'what the load balancer saw at the moment of a stop is not recorded',
};

const UNREAD = 'its timeline could not be read';
/** What is told by the timeline alone. */
const OF_TIMELINE: readonly MeasureName[] = [
  'act',
  'replace',
  'entries',
  'incidents',
  'reopened',
  'escalation',
  'cause',
  'outcome',
  'held',
  'falseRecovered',
];

function blindTo({ entries }: DrillSight): typeof UNMEASURED {
  if (entries !== undefined) return UNMEASURED;
  return { ...UNMEASURED, ...Object.fromEntries(OF_TIMELINE.map((measure) => [measure, UNREAD])) };
}

/** Judges a drill that is over; one that was ended early proves nothing. */
export function conclude(state: DrillState, sight: DrillSight): DrillState {
  const { tolerances } = state.definition;
  const rows = state.told.start
    ? judge(measureDrill(state, sight), tolerances, blindTo(sight))
    : [];
  const judged = { ...state, rows };
  if (state.abort !== undefined) return { ...judged, verdict: 'aborted' };
  const done = [...state.run, ...state.rollbacks].every(({ status }) => status === 'succeeded');
  const held = rows.filter(({ holds }) => holds === true).length;
  const broken = rows.some(({ holds }) => holds === false);
  const seen = done && sight.entries !== undefined;
  return { ...judged, verdict: seen && held > 0 && !broken ? 'pass' : 'fail' };
}

/** Durations are in seconds. */
function measureDrill(state: DrillState, sight: DrillSight): Measures {
  const { faultAt, startedAt } = state;
  const episode = episodeOf(state, sight.lock);
  const entries = (sight.entries ?? []).filter(({ at }) => at >= startedAt);
  const span = (from?: EpochMillis, to?: EpochMillis): number | undefined =>
    from === undefined || to === undefined ? undefined : between(from, to) / 1_000;
  const opened = entries.find(({ kind }) => kind === 'opened' || kind === 'reopened');
  const acted = entries.find(({ kind, ledger }) => kind === 'stopped' && ledger.act !== undefined);
  const recovered = entries.findLast(({ kind }) => kind === 'recovered');
  const inSeconds = (millis?: number): number | undefined =>
    millis === undefined ? undefined : millis / 1_000;
  return {
    detect: span(faultAt, episode?.alarmSince),
    open: span(faultAt, opened?.at ?? episode?.openedAt),
    act: inSeconds(acted?.ledger.act),
    replace: inSeconds(recovered?.ledger.replace),
    recover: span(faultAt, recovered?.at ?? episode?.recoveredAt),
    ...countStops(state, sight),
    state: episode?.state,
    ...(sight.entries === undefined ? {} : sayIncident(entries)),
    ...(sight.entries === undefined ? {} : { falseRecovered: countFalse(state, sight, entries) }),
  };
}

function countStops({ startedAt, target }: DrillState, { lock }: DrillSight): Measures {
  const stops = lock.stops.filter(({ at }) => at >= startedAt);
  const tasks = new Set(stops.map(({ taskArn }) => taskArn));
  const ill = target !== undefined && tasks.has(target.taskArn) ? 1 : 0;
  return {
    stops: stops.length,
    stoppedIll: ill,
    stoppedOther: tasks.size - ill,
    // None was stopped, so none was too many.
    ...(stops.length === 0 ? { floorBreaches: 0 } : {}),
  };
}

/** Reasons that pass by themselves are left out: they come in every recovery. */
const PASSING = ['alarm-cleared', 'settling', 'lock-held', 'starting', 'no-suspect'];

function sayIncident(entries: readonly Entry[]): Measures {
  const of = (kind: Entry['kind']) => entries.filter((entry) => entry.kind === kind);
  const held = of('held');
  const causes = [...of('escalated'), ...held.toReversed()].flatMap(
    ({ cause }) => cause?.code ?? [],
  );
  const reasons = held.flatMap(({ reason }) =>
    reason === undefined || PASSING.includes(reason) ? [] : [reason],
  );
  const opened = [...of('opened'), ...of('reopened')];
  const incidents = new Set(opened.map(({ incidentId }) => incidentId)).size;
  return {
    entries: entries.length,
    incidents,
    // One that was re-opened by the drill itself is its first.
    reopened: Math.max(0, opened.length - incidents),
    escalation: of('escalated')[0]?.reason,
    cause: causes[0],
    outcome: of('recovered').at(-1)?.outcome,
    held: reasons.length === 0 ? undefined : [...new Set(reasons)].join(', '),
  };
}

/** Said while the task was still ill, or taken back by the alarm before the drill was over. */
function countFalse(
  { target }: DrillState,
  { lock }: DrillSight,
  entries: readonly Entry[],
): number {
  const stopped = lock.stops.find(({ taskArn }) => taskArn === target?.taskArn)?.at;
  const illUntil = stopped ?? target?.offAt ?? Number.POSITIVE_INFINITY;
  return entries.filter(({ kind, at }, index) => {
    if (kind !== 'recovered') return false;
    const ill = target?.onAt !== undefined && target.onAt <= at && at < illUntil;
    return ill || entries.slice(index).some((later) => later.kind === 'reopened');
  }).length;
}

/** The result in one line. */
export function summaryOf(state: DrillState): string {
  const { rows = [], abort, verdict } = state;
  if (abort !== undefined) return `${abort.code}: ${abort.detail}`;
  if (verdict === 'fail') return whyFailed(state);
  const recover = rows.find(({ measure }) => measure === 'recover');
  const held = rows.filter(({ holds }) => holds === true).length;
  const blind = rows.filter(({ unmeasured }) => unmeasured !== undefined).length;
  const limits = `${held} ${held === 1 ? 'limit' : 'limits'} held${blind === 0 ? '' : `, ${blind} not measured`}`;
  if (recover?.value === undefined) return limits;
  const within = recover.limit === undefined ? '' : ` (limit ${span(recover.limit.value)})`;
  return `recovered in ${span(recover.value)}${within}, ${limits}`;
}

function whyFailed({ rows = [], run, rollbacks }: DrillState): string {
  const broken = rows.filter(({ holds }) => holds === false).map(({ name }) => name);
  if (broken.length > 0) return `not held: ${broken.join(', ')}`;
  const failed = [...run, ...rollbacks].filter(({ status }) => status === 'failed');
  if (failed.length > 0) return `failed: ${failed.map(spellFailed).join(', ')}`;
  if (!rows.some(({ limit }) => limit !== undefined)) return 'its definition has no limits';
  const isSeen = rows.some(({ holds }) => holds === true);
  return isSeen ? UNREAD : 'nothing that has a limit could be measured';
}

function spellFailed({ name, exception }: DrillActivity): string {
  return exception === undefined ? name : `${name} (${exception})`;
}

function span(amount: number | string): string {
  return spell(seconds(Number(amount)));
}
