/** What a drill in AWS measured, and what came of it. Pure. */
import type { Entry } from '../entry.ts';
import { between, type EpochMillis, seconds, spell } from '../time.ts';
import type { DrillSight } from './sight.ts';
import { type DrillState, episodeOf } from './state.ts';
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

/** Judges a drill that is over; one that was ended early proves nothing. */
export function conclude(state: DrillState, sight: DrillSight): DrillState {
  const measures = state.told.start ? measureDrill(state, sight) : {};
  const rows = judge(measures, state.told.start ? state.definition.tolerances : [], UNMEASURED);
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
  const values: { readonly [M in MeasureName]?: number | string | undefined } = {
    detect: span(faultAt, episode?.alarmSince),
    open: span(faultAt, opened?.at ?? episode?.openedAt),
    act: inSeconds(acted?.ledger.act),
    replace: inSeconds(recovered?.ledger.replace),
    recover: span(faultAt, recovered?.at ?? episode?.recoveredAt),
    ...countStops(state, sight),
    state: episode?.state,
    entries: entries.length,
    ...sayIncident(entries),
    falseRecovered: countFalse(state, sight, entries),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function countStops(
  { startedAt, target }: DrillState,
  { lock }: DrillSight,
): Readonly<Partial<Record<MeasureName, number>>> {
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

function sayIncident(
  entries: readonly Entry[],
): Readonly<Partial<Record<MeasureName, number | string | undefined>>> {
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
export function summaryOf({ rows = [], abort, verdict }: DrillState): string {
  if (abort !== undefined) return `${abort.code}: ${abort.detail}`;
  const broken = rows.filter(({ holds }) => holds === false).map(({ name }) => name);
  if (verdict === 'fail') {
    return broken.length === 0 ? 'a step did not work' : `not held: ${broken.join(', ')}`;
  }
  const recover = rows.find(({ measure }) => measure === 'recover');
  const held = rows.filter(({ holds }) => holds === true).length;
  const blind = rows.filter(({ unmeasured }) => unmeasured !== undefined).length;
  const limits = `${held} limits held${blind === 0 ? '' : `, ${blind} not measured`}`;
  if (recover?.value === undefined) return limits;
  const within = recover.limit === undefined ? '' : ` (limit ${span(recover.limit.value)})`;
  return `recovered in ${span(recover.value)}${within}, ${limits}`;
}

function span(amount: number | string): string {
  return spell(seconds(Number(amount)));
}
