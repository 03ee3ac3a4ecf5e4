/** Turns what a drill recorded into its journal. */
import type { Incident } from '../../functions/core/incident.ts';
import { parsePolicy } from '../../functions/core/policy.ts';
import type { HealerSource, Lab } from '../lab/lab.ts';
import { decisionsOf } from './decisions.ts';
import { type Definition, SITE_TASKS, type SiteSettings, type Tier } from './definition.ts';
import type { IncidentReader } from './incident-reader.ts';
import {
  type Activity,
  type DrillStatus,
  JOURNAL_SCHEMA,
  type Journal,
  type StateSample,
} from './journal.ts';
import { type Answer, byStatus, isFailed } from './load.ts';
import { measure, type Recording } from './measure.ts';
import { GUARDED_TIER, type Performer } from './perform.ts';
import { taskPlaces } from './status-teller.ts';
import { TOOL_VERSION } from './tool-version.ts';
import { judge } from './verdict.ts';

export interface Evidence {
  readonly definition: Definition;
  readonly factor: number;
  readonly perSecond: number;
  readonly healer?: HealerSource;
  readonly lab: Lab;
  readonly reader: IncidentReader;
  readonly performer: Performer;
  readonly answers: readonly Answer[];
  /** Epoch milliseconds. */
  readonly faultAt: number;
  readonly startedAt: number;
  readonly status: DrillStatus;
  readonly before: Activity;
  readonly run: readonly Activity[];
  readonly rollbacks: readonly Activity[];
  readonly states: readonly StateSample[];
}

/** The template that the healer was deployed from, as journals and terminals name it. */
export function templateOf(healer: HealerSource | undefined): { readonly template?: string } {
  return healer !== undefined && 'template' in healer ? { template: healer.template.file } : {};
}

/** A control run, which has no healer, is measured and not judged. */
export async function conclude(evidence: Evidence): Promise<Journal> {
  const { definition, healer, factor, status, startedAt, lab, performer } = evidence;
  const recording = await record(evidence);
  const isControl = healer === undefined;
  const rows = judge(measure(recording), isControl ? [] : definition.tolerances);
  const deviated = status !== 'completed' || rows.some((row) => row.holds === false);
  return {
    schema: JOURNAL_SCHEMA,
    version: TOOL_VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    experiment: definition,
    healer: !isControl,
    ...templateOf(healer),
    ...(lab.authorizer && { permissions: lab.authorizer.usage() }),
    timeFactor: factor,
    status,
    ...(isControl ? {} : { deviated }),
    start: new Date(startedAt).toISOString(),
    end: new Date().toISOString(),
    duration: (Date.now() - startedAt) / 1_000,
    steady_states: { before: evidence.before },
    run: evidence.run,
    rollbacks: evidence.rollbacks,
    rows,
    requests: requestsOf(evidence),
    decisions: decisionsOf(lab.events.all()),
    faultAt: new Date(recording.faultAt).toISOString(),
    illTasks: [...performer.illTasks()],
    faults: performer.faultSpans(),
    states: evidence.states,
    tasks: taskPlaces(lab.site),
    timeline: recording.timeline,
    messages: lab.slack.messages().map(({ payload }) => payload),
    events: lab.events.all(),
  };
}

async function record(evidence: Evidence): Promise<Recording> {
  const { lab, reader, performer, faultAt, factor, answers, healer } = evidence;
  const { site = {} } = evidence.definition;
  const tasks = site.tasks ?? SITE_TASKS;
  const incidentOf = async (tier: Tier): Promise<{ readonly incident?: Incident }> => {
    if (healer === undefined) return {};
    const { incident } = await reader.lock(tier);
    return incident === undefined ? {} : { incident };
  };
  const tiers: readonly Tier[] =
    site.backend === undefined ? [GUARDED_TIER] : [GUARDED_TIER, 'catalog-api'];
  return {
    events: lab.events.all(),
    answers,
    faultAt,
    factor,
    faults: performer.faultSpans(),
    illTasks: performer.illTasks(),
    ownTasks: new Set(lab.site.service.tasks.map(({ arn }) => arn)),
    tasks,
    floor: floorOf(site, tasks),
    timeline: healer === undefined ? [] : await reader.timeline(tiers),
    ...(await incidentOf(GUARDED_TIER)),
    ...(site.backend === undefined
      ? {}
      : {
          backend: {
            floor: floorOf(site, site.backend.tasks),
            ...(await incidentOf('catalog-api')),
          },
        }),
  };
}

/** Healthy tasks that must remain, by the policy that the service is healed with. */
function floorOf({ policy = {} }: SiteSettings, tasks: number): number {
  const { maxUnavailable, maxUnavailableShare, singleTask } = parsePolicy(policy);
  if (tasks === 1 && singleTask === 'stop') return 0;
  return Math.max(1, tasks - Math.max(maxUnavailable, Math.floor(maxUnavailableShare * tasks)));
}

function requestsOf({ perSecond, answers, faultAt }: Evidence): Journal['requests'] {
  return {
    perSecond,
    ...tally(answers),
    byStatus: byStatus(answers),
    sinceFault: tally(answers.filter(({ at }) => at >= faultAt)),
    answers: answers.map((answer) => ({ ...answer, durationMs: Math.round(answer.durationMs) })),
  };
}

function tally(answers: readonly Answer[]): { readonly sent: number; readonly failed: number } {
  return { sent: answers.length, failed: answers.filter(isFailed).length };
}
