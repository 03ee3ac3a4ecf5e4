/** What a drill would do, and why it may not: nothing happens by asking. Pure. */
import type { GuardedService } from '../guarded-service.ts';
import { short } from '../guardrail.ts';
import { type EpochMillis, iso } from '../time.ts';
import { choose } from './method.ts';
import { blastRadiusOf, stopConditionsOf } from './notice.ts';
import type { Refusal } from './refusal.ts';
import { type DrillRequest, type DrillSetting, endOf, levelOf, refusalsOf } from './refusals.ts';
import { UNMEASURED } from './result.ts';
import type { DrillSight } from './sight.ts';
import type { DrillState } from './state.ts';

export interface DrillPlan {
  readonly kind: 'plan';
  readonly service: string;
  readonly environment: string;
  readonly drill: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly level: DrillState['level'];
  readonly method: readonly string[];
  readonly rollbacks: readonly string[];
  /** The task that would be made ill, were it done now. */
  readonly target?: string;
  readonly blastRadius: string;
  readonly stopConditions: readonly string[];
  /** ISO; everything is over by then. */
  readonly endsBy: string;
  readonly limits: readonly string[];
  /** Limits that nobody can measure in AWS, each with the reason. */
  readonly unmeasured: readonly string[];
  readonly mayRun: boolean;
  readonly refusals: readonly Refusal[];
}

export interface NewDrill extends DrillRequest {
  readonly id: string;
  readonly by: string;
  readonly request: string;
}

export function newDrill(asked: NewDrill, service: GuardedService, at: EpochMillis): DrillState {
  return {
    ...asked,
    serviceId: service.id,
    environment: service.environment,
    version: 0,
    token: 0,
    level: levelOf(asked.definition),
    askedAt: at,
    startedAt: at,
    endsBy: endOf(asked.definition, at),
    phase: 'starting',
    phaseSince: at,
    step: 0,
    stepSince: at,
    told: { start: false, end: false },
    run: [],
    rollbacks: [],
    samples: [],
    incidents: [],
  };
}

export function planDrill(asked: NewDrill, sight: DrillSight, setting: DrillSetting): DrillPlan {
  const { definition } = asked;
  const state = newDrill(asked, sight.service, sight.at);
  const refusals = refusalsOf(sight, asked, setting);
  const fault = definition.method.find((step) => step.do === 'fault');
  const target = fault === undefined ? undefined : choose(state, fault, sight);
  const limits = definition.tolerances.map(
    ({ measure, at, value }) => [measure, `${measure}: ${at} ${value}`] as const,
  );
  return {
    kind: 'plan',
    service: sight.service.id,
    environment: sight.service.environment,
    drill: definition.name,
    title: definition.title,
    hypothesis: definition.hypothesis,
    level: state.level,
    method: definition.method.map(({ name }) => name),
    rollbacks: definition.rollbacks.map(({ name }) => name),
    ...(target === undefined ? {} : { target: `task ${short(target.taskId)} in ${target.zone}` }),
    blastRadius: blastRadiusOf(state),
    stopConditions: stopConditionsOf(state, sight),
    endsBy: iso(state.endsBy),
    limits: limits.map(([, text]) => text),
    unmeasured: limits.flatMap(([measure, text]) => {
      const why = UNMEASURED[measure];
      return why === undefined ? [] : [`${text}: ${why}`];
    }),
    mayRun: refusals.length === 0,
    refusals,
  };
}
