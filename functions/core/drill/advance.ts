/**
 * Level-triggered like an incident: from what is kept and what is seen, the next state of a drill and what to do now.
 * Pure.
 *
 * What is done is written down before it is done, and its result afterwards. A look that finds no result does it
 * again.
 */
import { ALL_SERVICES } from '../delivery.ts';
import { isOpen } from '../incident.ts';
import { activePause, type DrillMark } from '../lock.ts';
import { between, iso, later, minutes } from '../time.ts';
import type { DrillEffect } from './effect.ts';
import { advanceMethod } from './method.ts';
import { noticeOf } from './notice.ts';
import { isNotSteady, type Refusal, spellRefusal } from './refusal.ts';
import { type DrillSetting, endOf, refusalsOf } from './refusals.ts';
import { conclude } from './result.ts';
import { rollBack, undo } from './rollback.ts';
import {
  type DrillSight,
  known,
  leastHealthy,
  othersIll,
  sampleOf,
  unreadable,
  wellTasks,
} from './sight.ts';
import { abort, type DrillState, enter, episodeOf } from './state.ts';

export interface DrillChange {
  readonly next: DrillState;
  readonly effects: readonly DrillEffect[];
}

/** A mark outlives the drill by this much, should nobody be left to take it away. */
const MARK_AFTER = minutes(5);
/** A scheduled drill waits so long for its turn. */
const TURN_WITHIN = minutes(6 * 60);
/** Nothing is broken before people could know; after this long without it, nothing is done. */
const TELL_WITHIN = minutes(2);
/** What must be seen may be unreadable for a moment. */
const BLIND_MAX = minutes(1);
/** How long the end of a drill is tried to be told. */
const TELL_END_WITHIN = minutes(60);
const SAMPLES_MAX = 400;

export function advanceDrill(
  state: DrillState,
  sight: DrillSight,
  setting: DrillSetting,
): DrillChange {
  const seen = note(state, sight);
  switch (seen.phase) {
    case 'starting':
      return advanceStart(seen, sight, setting);
    case 'method':
    case 'following':
      return advanceRun(seen, sight);
    case 'rolling-back':
      return rollBack(seen, sight);
    case 'ending':
      return advanceEnd(seen, sight);
    case 'ended':
      return { next: seen, effects: [] };
  }
}

function note(state: DrillState, sight: DrillSight): DrillState {
  if (state.phase === 'starting' || state.phase === 'ended') return state;
  const sample = sampleOf(state, sight);
  const episode = episodeOf(state, sight.lock);
  const isKnown = episode === undefined || state.incidents.includes(episode.id);
  const blind = unreadable(sight) !== undefined;
  const { blindSince = sight.at, ...rest } = state;
  return {
    ...rest,
    ...(sample !== undefined && state.samples.length < SAMPLES_MAX
      ? { samples: [...state.samples, sample] }
      : {}),
    ...(isKnown ? {} : { incidents: [...state.incidents, episode.id] }),
    ...(blind ? { blindSince } : {}),
  };
}

/** Reasons to wait for which a scheduled drill is patient: others are at it. */
const TURN: readonly Refusal['code'][] = ['another-drill', 'others-ill'];

function advanceStart(state: DrillState, sight: DrillSight, setting: DrillSetting): DrillChange {
  const { at } = sight;
  const { stop, id } = state;
  if (stop !== undefined) return still(abort(state, 'stopped', `by ${stop.by}: ${stop.why}`, at));
  const [first, ...others] = refusalsOf(sight, state, setting, id);
  if (first !== undefined) return refuse(state, [first, ...others], sight);
  if (sight.lock.drill?.id !== id || sight.shared.drill?.id !== id) return mark(state, sight);
  if (!state.told.start) {
    if (between(state.startedAt, at) > TELL_WITHIN) {
      return still(abort(state, 'not-told', 'nobody could be told that it begins', at));
    }
    return {
      next: state,
      effects: [{ kind: 'tell', what: 'start', notice: noticeOf(state, sight) }],
    };
  }
  return { next: enter(state, 'method', at), effects: [] };
}

function refuse(
  state: DrillState,
  refusals: readonly [Refusal, ...Refusal[]],
  sight: DrillSight,
): DrillChange {
  const { at } = sight;
  // What another drill does to the service is no reason against this one, once it is over.
  const isTaken = refusals.some((one) => one.code === 'another-drill');
  const passes = (one: Refusal) => TURN.includes(one.code) || (isTaken && isNotSteady(one));
  const waits = state.scheduled && refusals.every(passes);
  if (waits && between(state.askedAt, at) < TURN_WITHIN) {
    return { next: state, effects: unmarkOwn(state, sight) };
  }
  const [first] = refusals;
  const code = refusals.some(isNotSteady) ? 'not-steady' : first.code;
  // What ends it is told by its code, and then why.
  const detail = refusals.map(spellRefusal).join('; ').replace(`${code}: `, '');
  return still(abort({ ...state, refusals }, code, detail, at));
}

function mark(state: DrillState, { at, service }: DrillSight): DrillChange {
  const next = { ...state, startedAt: at, endsBy: endOf(state.definition, at) };
  const own: DrillMark = {
    id: state.id,
    by: state.by,
    since: at,
    until: later(next.endsBy, MARK_AFTER),
  };
  // All services first: who has that one may have the other.
  const effects = [ALL_SERVICES, service.id].map(
    (scope) => ({ kind: 'mark', scope, mark: own }) as const,
  );
  return { next, effects };
}

function advanceRun(state: DrillState, sight: DrillSight): DrillChange {
  const reason = whyAbort(state, sight);
  if (reason !== undefined) {
    const [code, detail] = reason;
    return still(abort(state, code, detail, sight.at));
  }
  return state.phase === 'method' ? advanceMethod(state, sight) : follow(state, sight);
}

/** Whatever ends a drill at once; the first that applies is told. */
function whyAbort(
  state: DrillState,
  sight: DrillSight,
): readonly [code: string, detail: string] | undefined {
  const { lock, shared, account, watched, at } = sight;
  const { stop, id, definition, endsBy, level, startedAt } = state;
  if (stop !== undefined) return ['stopped', `by ${stop.by}: ${stop.why}`];
  if (at >= endsBy) return ['time-limit', `not over by ${iso(endsBy)}`];
  if (lock.drill?.id !== id || shared.drill?.id !== id) return ['mark-lost', 'its mark is gone'];
  const ringing = known(watched)?.find(({ state: is }) => is === 'ALARM');
  if (ringing !== undefined) return ['stop-condition', `alarm ${ringing.name} is in ALARM`];
  const paused = activePause(lock.pause, at) ?? activePause(account.pause, at);
  if (paused !== undefined) return ['paused', `by ${paused.by}: ${paused.why}`];
  const others = level === 'fault' ? othersIll(sight, startedAt) : [];
  if (others.length > 0) return ['others-ill', `incident of ${others.join(', ')}`];
  const well = wellTasks(sight)?.length;
  const least = leastHealthy(sight, definition.stopConditions);
  if (well !== undefined && well < least) {
    return ['too-few-healthy', `${well} healthy tasks, wanted ${least} or more`];
  }
  const { blindSince } = state;
  if (blindSince === undefined || between(blindSince, at) < BLIND_MAX) return undefined;
  return ['unreadable', unreadable(sight) ?? 'a source could not be read'];
}

function follow(state: DrillState, sight: DrillSight): DrillChange {
  const { at, lock } = sight;
  const { until, timeLimit } = state.definition;
  const episode = episodeOf(state, lock);
  const name = `incident is ${until}`;
  const since = state.faultAt ?? state.phaseSince;
  const late = between(since, at) >= timeLimit * 1_000;
  const probe = (status: 'succeeded' | 'failed', exception?: string): DrillChange => {
    const activity = {
      type: 'probe',
      name,
      status,
      start: state.phaseSince,
      end: at,
      ...(exception === undefined ? {} : { exception }),
    } as const;
    return still(enter({ ...state, run: [...state.run, activity] }, 'rolling-back', at));
  };
  if (until === 'quiet') {
    if (episode !== undefined) return probe('failed', `an incident was opened: ${episode.id}`);
    return late ? probe('succeeded') : still(state);
  }
  if (episode?.state === until) return probe('succeeded');
  return late ? probe('failed', `not within ${timeLimit} s`) : still(state);
}

/** Judged already; marks go away, and people are told. What cannot be done for an hour is left to expire. */
function advanceEnd(judged: DrillState, sight: DrillSight): DrillChange {
  const state = judged.verdict === undefined ? conclude(judged, sight) : judged;
  const { at } = sight;
  const { told, phaseSince } = state;
  const unmark = unmarkOwn(state, sight).filter(
    ({ scope }) => scope === ALL_SERVICES || mayUnmark(state, sight),
  );
  const tells = !told.end && mustTell(state);
  const effects: readonly DrillEffect[] = [
    ...undo(state, sight),
    ...unmark,
    ...(tells ? [{ kind: 'tell', what: 'end', notice: noticeOf(state, sight) } as const] : []),
  ];
  const late = between(phaseSince, at) >= TELL_END_WITHIN;
  if (effects.length > 0 && !late) return { next: state, effects };
  return { next: enter(state, 'ended', at), effects: [] };
}

function unmarkOwn(
  { id }: DrillState,
  { lock, shared, service }: DrillSight,
): readonly Extract<DrillEffect, { kind: 'unmark' }>[] {
  const scopes = [
    ...(lock.drill?.id === id ? [service.id] : []),
    ...(shared.drill?.id === id ? [ALL_SERVICES] : []),
  ];
  return scopes.map((scope) => ({ kind: 'unmark', scope, id }));
}

/** An incident of the drill that is still open is told as what it is, until the mark expires. */
function mayUnmark(state: DrillState, { lock }: DrillSight): boolean {
  return state.abort !== undefined || !isOpen(episodeOf(state, lock));
}

/** A person who is refused is answered; nobody waits for the answer to the calendar. */
function mustTell({ told, scheduled, startedAt, askedAt }: DrillState): boolean {
  return told.start || scheduled || startedAt > askedAt;
}

function still(next: DrillState): DrillChange {
  return { next, effects: [] };
}
