/** What people are told of a drill: that it begins, and what came of it. Pure. */
import type { Assertion, DrillNotice } from '../notice.ts';
import { spellRefusal } from './refusal.ts';
import { summaryOf } from './result.ts';
import { type DrillSight, leastHealthy } from './sight.ts';
import type { DrillState } from './state.ts';
import type { Row } from './verdict.ts';

export function noticeOf(state: DrillState, sight: DrillSight): DrillNotice {
  const { id, serviceId, environment, level, by, definition, endsBy } = state;
  return {
    kind: 'drill',
    drillId: id,
    serviceId,
    environment,
    level,
    lead: by,
    method: definition.method.map(({ name }) => name).join('; '),
    blastRadius: blastRadiusOf(state),
    stopConditions: stopConditionsOf(state, sight),
    stopCommand: `heal drill stop ${serviceId}`,
    at: sight.at,
    endsBy,
    ...(state.verdict === undefined ? {} : { end: endOf(state, state.verdict) }),
  };
}

export function blastRadiusOf({ level }: Pick<DrillState, 'level'>): string {
  return level === 'fault'
    ? 'one running task, which mends itself'
    : 'one alarm, with all its actions; no task';
}

/** In the words of a person who reads what would end it. */
export function stopConditionsOf(
  { definition, level }: Pick<DrillState, 'definition' | 'level'>,
  sight: DrillSight,
): readonly string[] {
  const { alarms = [] } = definition.stopConditions ?? {};
  const behind = sight.service.downstream.map(({ serviceId }) => serviceId);
  return [
    ...alarms.map((alarm) => `alarm ${alarm.split(':').at(-1)} is in ALARM`),
    ...behind.map((serviceId) => `an alarm of ${serviceId} is in ALARM`),
    `fewer than ${leastHealthy(sight, definition.stopConditions)} healthy tasks`,
    'somebody pauses healing',
    ...(level === 'fault' ? ['another service falls ill'] : []),
  ];
}

function endOf(
  state: DrillState,
  verdict: NonNullable<DrillState['verdict']>,
): NonNullable<DrillNotice['end']> {
  const { rows = [], rollbacks, refusals = [] } = state;
  return {
    verdict,
    summary: summaryOf(state),
    assertions: [
      ...rows.flatMap(assertionOf),
      ...refusals.map((refusal) => ({
        name: refusal.code,
        measured: refusal.got,
        limit: refusal.wanted,
        holds: false,
      })),
    ],
    rollback:
      refusals.length > 0
        ? `nothing was done: ${refusals.map(spellRefusal).join('; ')}`
        : rollbacks.map(({ name, status }) => `${name}: ${status}`).join('; ') || 'nothing to undo',
  };
}

/** What nobody could measure is neither kept nor broken, and not shown as either. */
function assertionOf(row: Row): readonly Assertion[] {
  const { name, unit, value, limit, holds } = row;
  if (limit === undefined || holds === undefined) return [];
  const of = (amount: number | string): string =>
    unit === 'AWS seconds' ? `${Math.round(Number(amount))} s` : String(amount);
  const words = { most: 'at most ', least: 'at least ', exactly: '' } as const;
  return [
    {
      name,
      measured: value === undefined ? 'not seen' : of(value),
      limit: `${words[limit.at]}${of(limit.value)}`,
      holds,
    },
  ];
}
