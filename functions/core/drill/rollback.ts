/** Undoes what the drill did, again and again until it is seen to be undone. Pure. */
import { isOpen } from '../incident.ts';
import type { AlarmReading } from '../observation.ts';
import { between, minutes } from '../time.ts';
import type { DrillChange } from './advance.ts';
import type { DrillEffect } from './effect.ts';
import { conclude } from './result.ts';
import { type DrillSight, known } from './sight.ts';
import { type DrillActivity, type DrillState, enter, episodeOf } from './state.ts';

/** The fault has mended itself by then, and CloudWatch has evaluated the alarm many times. */
const GIVE_UP = minutes(45);
/** How long the healer is given to be over with an incident that the drill made. */
const INCIDENT_WITHIN = minutes(10);
const TRIES_PER_LOOK = 40;

/** CloudWatch keeps it as the reason of the state. */
export function reasonOf({ id, by }: DrillState): string {
  return `${id}: drill by ${by}; nothing is wrong`;
}

export function isOurs({ state, reason }: AlarmReading, { id }: DrillState): boolean {
  return state === 'ALARM' && reason.startsWith(`${id}:`);
}

export function rollBack(begun: DrillState, sight: DrillSight): DrillChange {
  const state = noteUndone(begun, sight);
  const effects = undo(state, sight);
  const late = between(state.phaseSince, sight.at) >= GIVE_UP;
  if (effects.length > 0 && !late) return { next: state, effects };
  // Whether it still rings cannot be seen: then it is not seen to be undone.
  if (!late && mayRing(state) && sight.alarms.kind !== 'read') return { next: state, effects: [] };
  // Nobody can judge what cannot be read; all is undone already.
  if (!late && sight.entries === undefined) return { next: state, effects: [] };
  if (isWaitedFor(state, sight)) return { next: state, effects: [] };
  const rolledBack = { ...state, rollbacks: tellRollbacks(state, sight) };
  return { next: conclude(enter(rolledBack, 'ending', sight.at), sight), effects: [] };
}

/** A task that is gone took its fault along; a fault ends by itself; an alarm that is OK is back. */
function noteUndone(state: DrillState, sight: DrillSight): DrillState {
  const { tasks, alarms, at } = sight;
  const { target, alarm } = state;
  const runs = known(tasks)?.some(
    ({ arn, lastStatus }) => arn === target?.taskArn && lastStatus === 'RUNNING',
  );
  const mended = target !== undefined && (runs === false || at >= target.endsAt);
  const rung = known(alarms)?.find((one) => isOurs(one, state));
  const isBack = alarms.kind === 'read' && rung === undefined;
  const found = rung !== undefined && {
    arn: rung.arn,
    name: rung.name,
    rungAt: rung.since,
    rings: 1,
  };
  return {
    ...state,
    // It rang before that could be recorded.
    ...(alarm === undefined && found !== false ? { alarm: found } : {}),
    ...(target !== undefined && target.offAt === undefined && mended
      ? { target: { ...target, offAt: at } }
      : {}),
    ...(alarm !== undefined && alarm.backAt === undefined && isBack
      ? { alarm: { ...alarm, backAt: at } }
      : {}),
  };
}

function mayRing({ alarm, definition }: DrillState): boolean {
  return (
    alarm?.backAt === undefined && definition.method.some((step) => step.do === 'set-alarm-state')
  );
}

/** What is still to be undone. */
export function undo(state: DrillState, { alarms }: DrillSight): readonly DrillEffect[] {
  const { target, alarm } = state;
  const effects: DrillEffect[] = [];
  if (target !== undefined && target.offAt === undefined) {
    const { taskId } = target;
    effects.push({ kind: 'fault-off', taskId, triesMax: TRIES_PER_LOOK });
  }
  const rung = known(alarms)?.find((one) => isOurs(one, state));
  if (rung !== undefined && alarm?.backAt === undefined) {
    const reason = reasonOf(state);
    const { arn: alarmArn, name: alarmName } = rung;
    effects.push({ kind: 'ring', alarmArn, alarmName, is: 'OK', reason });
  }
  return effects;
}

/** The service is handed back as it was: its incident is over, if it was the drill's own doing. */
function isWaitedFor(state: DrillState, { lock, at }: DrillSight): boolean {
  if (state.abort !== undefined || !isOpen(episodeOf(state, lock))) return false;
  return between(state.phaseSince, at) < INCIDENT_WITHIN && at < state.endsBy;
}

/** One line for each thing that was undone, whether the definition named it or not. */
function tellRollbacks(
  { target, alarm, phaseSince, definition }: DrillState,
  { at }: DrillSight,
): readonly DrillActivity[] {
  const named = (what: string, otherwise: string): string =>
    definition.rollbacks.find((step) => step.do === what)?.name ?? otherwise;
  const activity = (name: string, undoneAt: DrillState['faultAt']): DrillActivity => ({
    type: 'action',
    name,
    status: undoneAt === undefined ? 'failed' : 'succeeded',
    start: phaseSince,
    end: undoneAt ?? at,
    ...(undoneAt === undefined ? { exception: 'not confirmed' } : {}),
  });
  return [
    ...(target === undefined
      ? []
      : [activity(named('clear-faults', 'mend the task'), target.offAt)]),
    ...(alarm === undefined
      ? []
      : [activity(named('set-alarm-state', 'the alarm is not rung by hand'), alarm.backAt)]),
  ];
}
