/** Writes the results of what a drill did into its state. Pure. */
import type { EffectResult } from './effect.ts';
import { finishStep } from './method.ts';
import type { DrillState } from './state.ts';

export function recordDrill(state: DrillState, results: readonly EffectResult[]): DrillState {
  return results.reduce(recordOne, state);
}

function recordOne(state: DrillState, result: EffectResult): DrillState {
  const told =
    result.ok || result.detail === undefined ? state : { ...state, trouble: result.detail };
  switch (result.effect.kind) {
    case 'mark':
    case 'unmark':
      return told;
    case 'tell':
      return result.ok ? { ...state, told: { ...state.told, [result.effect.what]: true } } : told;
    case 'ring':
      return result.ok ? recordRing(state, result, result.effect) : told;
    case 'fault-on':
      return recordFault(told, result);
    case 'fault-off':
      return recordMended(told, result);
  }
}

function recordRing(
  state: DrillState,
  { at }: EffectResult,
  { is, alarmArn: arn, alarmName: name }: Extract<EffectResult['effect'], { kind: 'ring' }>,
): DrillState {
  const { alarm, faultAt = at } = state;
  const step = state.definition.method[state.step];
  const own = state.phase === 'method' && step?.do === 'set-alarm-state' && step.is === is;
  const rung =
    is === 'ALARM'
      ? {
          ...state,
          faultAt,
          alarm: { rungAt: at, ...alarm, arn, name, rings: 1 + (alarm?.rings ?? 0) },
        }
      : { ...state, ...(alarm === undefined ? {} : { alarm: { ...alarm, backAt: at } }) };
  return own ? finishStep(rung, step, at) : rung;
}

function recordFault(state: DrillState, { ok, at, tries = 0 }: EffectResult): DrillState {
  const { target, faultAt = at } = state;
  if (target === undefined) return state;
  const tried = { ...target, tries: target.tries + tries };
  if (!ok) return { ...state, target: tried };
  const ill = { ...state, target: { ...tried, onAt: at }, faultAt };
  const step = state.definition.method[state.step];
  const own = state.phase === 'method' && step?.do === 'fault';
  return own ? finishStep(ill, step, at) : ill;
}

function recordMended(state: DrillState, { ok, at }: EffectResult): DrillState {
  const { target } = state;
  return !ok || target === undefined ? state : { ...state, target: { ...target, offAt: at } };
}
