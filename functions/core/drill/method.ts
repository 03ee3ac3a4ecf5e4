/** The steps of a method, one after the other: what each waits for, and what each does. Pure. */
import { between, durationMillis, earliest, later, minutes } from '../time.ts';
import type { DrillChange } from './advance.ts';
import type { Effect, Step } from './definition.ts';
import type { DrillEffect } from './effect.ts';
import { isOurs, reasonOf } from './rollback.ts';
import { type DrillSight, known, wellTasks } from './sight.ts';
import { abort, type DrillState, type DrillTarget, enter, episodeOf } from './state.ts';

/** Rung again only while no incident is open, so none is opened twice. */
const RINGS_MAX = 3;
/** A step that takes effect takes no longer. */
const STEP_WITHIN = minutes(3);
/** A task takes half an hour at most, by its own clock, which may be a little behind. */
const FAULT_MAX = minutes(29);
/** Requests that are sent at most to reach one task of so many through the load balancer. */
const TRIES_PER_TASK = 15;
const TRIES_MIN = 40;
const TRIES_MAX = 1_000;
/** Of these in one look. */
const TRIES_PER_LOOK = 40;

/** @returns after as many steps as need no effect. */
export function advanceMethod(begun: DrillState, sight: DrillSight): DrillChange {
  let state = begun;
  for (;;) {
    const step = state.definition.method[state.step];
    if (step === undefined) return { next: enter(state, 'following', sight.at), effects: [] };
    const outcome = perform(state, step, sight);
    if ('effects' in outcome) return outcome;
    if (outcome.kind === 'waits') return { next: state, effects: [] };
    if (outcome.kind === 'failed') {
      const failed = finishStep(state, step, sight.at, outcome.why);
      return { next: abort(failed, outcome.code, outcome.why, sight.at), effects: [] };
    }
    state = finishStep(state, step, sight.at);
  }
}

type Outcome =
  | DrillChange
  | { readonly kind: 'waits' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: string; readonly why: string };

const WAITS = { kind: 'waits' } as const;
const DONE = { kind: 'done' } as const;

function perform(state: DrillState, step: Step, sight: DrillSight): Outcome {
  switch (step.do) {
    case 'set-alarm-state':
      return step.is === 'ALARM' ? ring(state, sight) : takeBack(state, sight);
    case 'fault':
      return makeIll(state, step, sight);
    case 'clear-faults':
      return mend(state, sight);
    case 'wait':
    case 'wait-for-minute':
    case 'wait-for-incident':
    case 'wait-for-alarms':
      return wait(state, step, sight);
    default:
      return { kind: 'failed', code: 'lab-only', why: `${step.do} is for the lab` };
  }
}

/** @returns the state at the next step, with what became of this one. */
export function finishStep(
  { trouble: _over, ...state }: DrillState,
  { name, do: what }: Step,
  at: DrillState['stepSince'],
  exception?: string,
): DrillState {
  const activity = {
    type: what.startsWith('wait') ? 'probe' : 'action',
    name,
    status: exception === undefined ? 'succeeded' : 'failed',
    start: state.stepSince,
    end: at,
    ...(exception === undefined ? {} : { exception }),
  } as const;
  return { ...state, run: [...state.run, activity], step: state.step + 1, stepSince: at };
}

function isLate({ stepSince }: DrillState, { at }: DrillSight): boolean {
  return between(stepSince, at) >= STEP_WITHIN;
}

/** Rung once: when its ringing, or what came of it, is seen already, only the record of it was lost. */
function ring(state: DrillState, sight: DrillSight): Outcome {
  const { lock, alarms, at } = sight;
  if (state.alarm !== undefined) return DONE;
  const [alarm] = known(alarms) ?? [];
  if (alarm === undefined) return giveUpLate(state, sight);
  const seen = isOurs(alarm, state) || episodeOf(state, lock) !== undefined;
  if (seen) {
    const rung = { arn: alarm.arn, name: alarm.name, rungAt: state.stepSince, rings: 1 };
    return { next: { ...state, alarm: rung, faultAt: state.faultAt ?? at }, effects: [] };
  }
  if (isLate(state, sight)) return giveUpLate(state, sight);
  return ringOnce(state, sight);
}

function ringOnce(state: DrillState, { alarms }: DrillSight): Outcome {
  const [alarm] = known(alarms) ?? [];
  if (alarm === undefined) return WAITS;
  const { arn: alarmArn, name: alarmName } = alarm;
  const reason = reasonOf(state);
  return { next: state, effects: [{ kind: 'ring', alarmArn, alarmName, is: 'ALARM', reason }] };
}

/** CloudWatch may have evaluated the alarm before the healer looked: then nobody opened an incident. */
function wasMissed({ alarm, ...state }: DrillState, { lock, alarms }: DrillSight): boolean {
  if (alarm === undefined || alarm.rings >= RINGS_MAX) return false;
  if (episodeOf(state, lock) !== undefined) return false;
  return known(alarms)?.every((one) => one.state === 'OK') === true;
}

/** What rings by itself is left alone: it is true. */
function takeBack(state: DrillState, sight: DrillSight): Outcome {
  const own = known(sight.alarms)?.find((alarm) => isOurs(alarm, state));
  if (own === undefined) return sight.alarms.kind === 'read' ? DONE : giveUpLate(state, sight);
  if (isLate(state, sight)) return giveUpLate(state, sight);
  const { arn: alarmArn, name: alarmName } = own;
  const reason = reasonOf(state);
  return { next: state, effects: [{ kind: 'ring', alarmArn, alarmName, is: 'OK', reason }] };
}

function giveUpLate(state: DrillState, sight: DrillSight): Outcome {
  if (!isLate(state, sight)) return WAITS;
  return { kind: 'failed', code: 'step-failed', why: state.trouble ?? 'no answer in time' };
}

function makeIll(
  state: DrillState,
  step: Extract<Effect, { do: 'fault' }>,
  sight: DrillSight,
): Outcome {
  if (state.target?.onAt !== undefined) return DONE;
  const target = state.target ?? choose(state, step, sight);
  if (target === undefined) return giveUpLate(state, sight);
  const { taskId } = target;
  const well = wellTasks(sight);
  const failed = (code: string, why: string) => ({ kind: 'failed', code, why }) as const;
  if (well !== undefined && state.target !== undefined && !well.some(({ id }) => id === taskId)) {
    return failed('target-gone', `task ${taskId} is not healthy any more`);
  }
  const most = triesMax(well?.length ?? 1);
  if (target.tries >= most || isLate(state, sight)) {
    const reached = `task ${taskId} was not reached in ${target.tries} requests`;
    return failed('fault-not-taken', state.trouble ?? reached);
  }
  const effect: DrillEffect = {
    kind: 'fault-on',
    taskId,
    fault: step.fault,
    endsAt: target.endsAt,
    triesMax: Math.min(TRIES_PER_LOOK, most - target.tries),
  };
  return { next: { ...state, target }, effects: [effect] };
}

/** Through a load balancer that takes turns, a fleet of so many is met so often. */
function triesMax(tasks: number): number {
  return Math.min(TRIES_MAX, Math.max(TRIES_MIN, tasks * TRIES_PER_TASK));
}

/** The definition's number counts the healthy tasks from the oldest on, and begins anew after the last. */
export function choose(
  state: DrillState,
  { on }: Extract<Effect, { do: 'fault' }>,
  sight: DrillSight,
): DrillTarget | undefined {
  const well = wellTasks(sight) ?? [];
  const number = 'tasks' in on ? (on.tasks[0] ?? 0) : 0;
  const task = well.length < 2 ? undefined : well[number % well.length];
  if (task === undefined) return undefined;
  const { arn: taskArn, id: taskId, zone = '', revision } = task;
  const endsAt = earliest(later(sight.at, FAULT_MAX), state.endsBy);
  return { taskArn, taskId, zone, revision, endsAt, tries: 0 };
}

/** As a rollback does, in the middle of the method. */
function mend(state: DrillState, sight: DrillSight): Outcome {
  const { target } = state;
  if (target === undefined || target.offAt !== undefined) return DONE;
  if (isLate(state, sight)) return giveUpLate(state, sight);
  const { taskId } = target;
  return { next: state, effects: [{ kind: 'fault-off', taskId, triesMax: TRIES_PER_LOOK }] };
}

const MINUTE = minutes(1);

function wait(
  state: DrillState,
  step: Extract<Step, { do: `wait${string}` }>,
  sight: DrillSight,
): Outcome {
  const { at } = sight;
  const waited = between(state.stepSince, at);
  if (step.do === 'wait') return waited >= step.seconds * 1_000 ? DONE : WAITS;
  if (step.do === 'wait-for-minute') {
    const left = durationMillis(MINUTE - (state.stepSince % MINUTE));
    return waited >= left ? DONE : WAITS;
  }
  const holds =
    step.do === 'wait-for-alarms' ? areAlarms(step.are, sight) : hasIncident(step, state, sight);
  if (holds) return DONE;
  if (step.do === 'wait-for-incident' && wasMissed(state, sight)) return ringOnce(state, sight);
  if (waited < step.seconds * 1_000) return WAITS;
  return { kind: 'failed', code: 'step-failed', why: `${step.name}: not within ${step.seconds} s` };
}

function areAlarms(are: 'OK' | 'ALARM', { alarms }: DrillSight): boolean {
  const states = known(alarms)?.map(({ state }) => state);
  if (states === undefined) return false;
  return are === 'OK' ? states.every((state) => state === 'OK') : states.includes('ALARM');
}

/** Looks are seconds apart: an incident that is over has been through its hold. */
function hasIncident(
  { is }: Extract<Effect, { do: 'wait-for-incident' }>,
  state: DrillState,
  { lock }: DrillSight,
): boolean {
  const episode = episodeOf(state, lock);
  if (episode === undefined) return false;
  return episode.state === is || (is === 'holding' && episode.state === 'recovered');
}
