/** Recovered means measured: every alarm OK, every task healthy, and both for as long as the policy says. */
import { judgeRecoveryEffect } from './effect.ts';
import { type Diagnosis, isWell } from './evidence.ts';
import { cannotStart, crashLoop } from './guard-cause.ts';
import type { GuardedService } from './guarded-service.ts';
import { runningDeployment, short } from './guardrail.ts';
import type { Incident } from './incident.ts';
import type { LockState } from './lock.ts';
import type { CompleteObservation } from './observation.ts';
import { between, type EpochMillis, earliest, later, latest, spell } from './time.ts';
import type { Verdict } from './verdict.ts';

export interface RecoveryInput {
  readonly incident: Incident;
  readonly lock: LockState;
  readonly service: GuardedService;
  readonly observation: CompleteObservation;
  readonly diagnosis: Diagnosis;
  readonly now: EpochMillis;
}

/** Asked when no alarm rings during an open incident. */
export function judgeRecovery(input: RecoveryInput): Verdict {
  const { incident, service, now } = input;
  const flaw = findFlaw(input);
  const recheckAt = later(now, service.policy.recheck);
  const reason = incident.stopped > 0 ? 'settling' : 'alarm-cleared';
  if (flaw !== undefined) {
    return { kind: 'hold', reason: 'alarm-cleared', until: recheckAt, detail: `not yet: ${flaw}` };
  }
  const stableSince = stableFrom(input);
  const provenAt = later(stableSince, service.policy.hold);
  const held = spell(between(stableSince, now));
  const wanted = spell(service.policy.hold);
  if (now < provenAt) {
    const detail = `all well for ${held}, must hold for ${wanted}`;
    return { kind: 'hold', reason, until: earliest(recheckAt, provenAt), detail };
  }
  const { desired } = input.observation.service;
  const effect = judgeRecoveryEffect(incident, input);
  const why = incident.stopped === 0 ? 'nothing was stopped' : EFFECTS[effect];
  const proof = `alarms OK and ${desired} of ${desired} tasks healthy for ${held} (needed ${wanted})`;
  const detail = `${proof}; ${why}`;
  return { kind: 'settled', outcome: 'recovered', detail, effect, stableSince };
}

const EFFECTS = {
  'by-stop': 'the untouched tasks were well all along, so the stop did it',
  anyway: 'it cannot be put down to a stop of ours',
} as const;

/** Since when nothing is wrong, as far as has been seen; absent while something is. */
export function stableSinceAt(input: RecoveryInput): EpochMillis | undefined {
  return findFlaw(input) === undefined ? stableFrom(input) : undefined;
}

function findFlaw(input: RecoveryInput): string | undefined {
  const { incident, lock, observation, diagnosis } = input;
  const { desired, running, pending } = observation.service;
  const alarm = observation.alarms.find(
    ({ arn, state }) => state === 'ALARM' || (incident.rang.includes(arn) && state !== 'OK'),
  );
  if (alarm !== undefined) return `${alarm.name} is ${alarm.state}`;
  if (running !== desired || pending > 0)
    return `${running} of ${desired} tasks run, ${pending} pending`;
  if (runningDeployment(observation.service) !== undefined) return 'a deployment is in progress';
  const victim = diagnosis.views.find(({ task }) =>
    lock.stops.some((stop) => stop.taskArn === task.arn),
  );
  if (victim !== undefined) return `the stopped task ${short(victim.task.id)} still runs`;
  const unwell = diagnosis.views.find((view) => !isWell(view));
  if (unwell !== undefined)
    return `task ${short(unwell.task.id)}: ${unwell.because ?? 'not healthy'}`;
  if (diagnosis.healthy < desired) return `${diagnosis.healthy} of ${desired} tasks healthy`;
  // Between two deaths of a loop everything looks well.
  return (crashLoop(input) ?? cannotStart(input))?.detail;
}

/** The latest of: when we first saw all well, when the last alarm went OK, when the youngest task started. */
function stableFrom({ incident, observation, now }: RecoveryInput): EpochMillis {
  const rang = observation.alarms.filter((alarm) => incident.rang.includes(alarm.arn));
  const starts = observation.tasks.flatMap((task) =>
    task.startedAt === undefined ? [] : [task.startedAt],
  );
  return latest(incident.stableSince ?? now, ...rang.map((alarm) => alarm.since), ...starts);
}
