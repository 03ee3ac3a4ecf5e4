/** A drill of the healthy service of `builders.ts`, and what it sees, unless a test says otherwise. */
import { emptyAccount } from '../../functions/core/account.ts';
import type { DrillChange } from '../../functions/core/drill/advance.ts';
import { WIRING } from '../../functions/core/drill/built-in.ts';
import type { Definition, Step } from '../../functions/core/drill/definition.ts';
import { newDrill } from '../../functions/core/drill/plan.ts';
import type { DrillRequest, DrillSetting } from '../../functions/core/drill/refusals.ts';
import type { DrillSight } from '../../functions/core/drill/sight.ts';
import type { DrillActivity, DrillState, DrillTarget } from '../../functions/core/drill/state.ts';
import type { AlarmReading } from '../../functions/core/observation.ts';
import type { PolicyOverrides } from '../../functions/core/policy.ts';
import { type EpochMillis, epochMillis, later, minutes } from '../../functions/core/time.ts';
import { aLock, anAlarm, anObservation, aService, aTask, NOW, type Scene } from './builders.ts';

export const DRILL_ID = 'drill-20261120-100341-0001';
export const FAULT: Extract<Step, { do: 'fault' }> = {
  do: 'fault',
  name: 'make a task ill',
  on: { tasks: [1] },
  fault: { kind: 'grey', errorShare: 0.8 },
};
export const UNREAD = {
  kind: 'unreadable',
  code: 'dependency.unavailable',
  message: 'Rate exceeded',
} as const;

/** So many seconds after the drill began; before it, when negative. */
export const plus = (value: number): EpochMillis => epochMillis(NOW + value * 1_000);

/** It began, and people know. */
export const TOLD = { told: { start: true, end: false } };
export const UNDER_WAY = { ...TOLD, faultAt: plus(10) };
export const STOP = { by: 'ben', why: 'a customer calls', at: NOW };
export const WELL: DrillActivity = {
  type: 'action',
  name: 'ring the alarm by hand',
  status: 'succeeded',
  start: plus(10),
  end: plus(11),
};
export const UNDONE: DrillActivity = {
  ...WELL,
  name: 'mend the task',
  start: plus(300),
  end: plus(310),
};

export function aDefinition(overrides: Partial<Definition> = {}): Definition {
  return { ...WIRING, ...overrides };
}

export function aRequest(overrides: Partial<Definition> = {}): DrillRequest {
  return { definition: aDefinition(overrides), allowProduction: false, scheduled: false };
}

export function aDrill(
  overrides: Partial<DrillState> = {},
  definition: Partial<Definition> = {},
): DrillState {
  const asked = { ...aRequest(definition), id: DRILL_ID, by: 'ana', request: 'request-1' };
  const service = aService({}, { environment: 'staging' });
  return { ...newDrill(asked, service, NOW), ...overrides };
}

/** Task 2, which was made ill. */
export function aPatient(overrides: Partial<DrillTarget> = {}): DrillTarget {
  const { arn: taskArn, id: taskId, revision } = aTask(2);
  const endsAt = later(NOW, minutes(29));
  return { taskArn, taskId, zone: 'eu-west-1c', revision, endsAt, tries: 0, ...overrides };
}

export const RUNG = anAlarm({ reason: `${DRILL_ID}: drill by ana; nothing is wrong` });
const QUIET_ALARM = anAlarm({ state: 'OK', reason: 'evaluated' });

interface Sight extends Partial<Omit<DrillSight, 'alarms' | 'watched' | 'service'>> {
  readonly scene?: Scene;
  readonly alarms?: readonly AlarmReading[] | typeof UNREAD;
  readonly watched?: readonly AlarmReading[] | typeof UNREAD;
  readonly policy?: PolicyOverrides;
  readonly service?: Partial<DrillSight['service']>;
}

function readingOf(alarms: readonly AlarmReading[] | typeof UNREAD): DrillSight['alarms'] {
  return 'kind' in alarms ? alarms : { kind: 'read', value: alarms };
}

/** All is well, and the drill's marks are in place. */
export function aSight({
  scene,
  alarms,
  watched,
  policy,
  service,
  ...rest
}: Sight = {}): DrillSight {
  const at = rest.at ?? NOW;
  const { service: fleet, tasks, targets } = anObservation({ ...scene, at });
  const drill = { id: DRILL_ID, by: 'ana', since: NOW, until: later(NOW, minutes(60)) };
  return {
    at,
    service: { ...aService(policy, { environment: 'staging' }), ...service },
    lock: aLock({ drill }),
    shared: aLock({ drill }),
    account: emptyAccount(),
    alarms: readingOf(alarms ?? [QUIET_ALARM]),
    watched: readingOf(watched ?? []),
    fleet,
    tasks,
    targets,
    entries: [],
    ...rest,
  };
}

export const SETTING: DrillSetting = {
  mayDrillProduction: false,
  hasFaultSecret: true,
  faultUrls: { [aService().id]: 'https://checkout.example.com' },
};

/** `method 1, ring OK`, or `rolling-back, aborted paused: by ben: busy`: where it stands, and what it does now. */
export function spellDrill({ next, effects }: DrillChange): string {
  const done = effects.map((effect) => {
    if (effect.kind === 'ring') return `ring ${effect.is}`;
    if (effect.kind === 'mark' || effect.kind === 'unmark') return `${effect.kind} ${effect.scope}`;
    return effect.kind === 'tell' ? `tell ${effect.what}` : effect.kind;
  });
  const why = next.abort === undefined ? [] : [`aborted ${next.abort.code}: ${next.abort.detail}`];
  const step = next.phase === 'method' ? ` ${next.step}` : '';
  return [`${next.phase}${step}`, ...why, ...done].join(', ');
}
