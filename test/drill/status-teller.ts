/** Tells how things stand, once a second, while a drill runs. */
import type { Incident } from '../../functions/core/incident.ts';
import { isHealthy, type ServiceRecord } from '../lab/ecs/model.ts';
import type { Site } from '../lab/site.ts';
import { pauseMs } from '../lab/time-factor.ts';
import type { Tier } from './definition.ts';
import type { TaskPlace, TierState } from './journal.ts';
import { isFailed } from './load.ts';
import { GUARDED_TIER, type Performer, type Stage } from './perform.ts';
import type { Status } from './progress.ts';

const STATUS_EVERY_MS = 1_000;
const BACKEND_TIER: Tier = 'catalog-api';

/** What a status is told of. */
export interface Scene {
  readonly stage: Stage;
  readonly performer: Performer;
  /** Epoch milliseconds; 0 before the fault. */
  faultAt(): number;
}

/** Until the signal; it resolves after the last one, so that nothing is told after the end. */
export async function tellStatuses(
  scene: Scene,
  tell: (status: Status) => void,
  signal: AbortSignal,
): Promise<void> {
  const { answers } = scene.stage.load;
  let toldAnswers = 0;
  let failed = 0;
  while (await pauseMs(STATUS_EVERY_MS, signal)) {
    const latest = answers.slice(toldAnswers);
    const failing = latest.filter(isFailed).length;
    // One that cannot be read is left out; the next one comes soon.
    const status = await standingOf(scene).catch(() => undefined);
    if (status === undefined) continue;
    failed += failing;
    toldAnswers += latest.length;
    tell({ ...status, sent: scene.stage.load.sent, failed, failing, answers: latest });
  }
}

type Standing = Omit<Status, 'sent' | 'failed' | 'failing' | 'answers'>;

async function standingOf({ stage, performer, faultAt }: Scene): Promise<Standing> {
  const { site } = stage.lab;
  const { backend } = site;
  const front = await tierStateOf(stage, GUARDED_TIER, site.service);
  const behind = backend && (await tierStateOf(stage, BACKEND_TIER, backend));
  return {
    ...front,
    ...(behind && { backend: behind }),
    alarms: site.alarmsIn('ALARM'),
    tasks: taskPlaces(site),
    illTasks: [...performer.illTasks()],
    ...(faultAt() !== 0 && { faultAt: faultAt() }),
    faults: performer.faultSpans(),
  };
}

async function tierStateOf(stage: Stage, tier: Tier, service: ServiceRecord): Promise<TierState> {
  const { incident } = await stage.lock(tier);
  return {
    healthy: service.tasks.filter(isHealthy).length,
    desired: service.desiredCount,
    incident: spell(incident),
  };
}

function spell(incident: Incident | undefined): string {
  if (incident === undefined) return 'none';
  const { state, hold } = incident;
  return hold === undefined ? state : `${state} (${hold.reason})`;
}

export function taskPlaces({ service, backend }: Site): readonly TaskPlace[] {
  const placesOf = (tier: Tier, { tasks }: ServiceRecord): readonly TaskPlace[] =>
    tasks.map(({ arn, availabilityZone, deployment }) => {
      const { family, revision } = deployment.taskDefinition;
      return { arn, tier, zone: availabilityZone, revision: `${family}:${revision}` };
    });
  return [
    ...placesOf(GUARDED_TIER, service),
    ...(backend === undefined ? [] : placesOf(BACKEND_TIER, backend)),
  ];
}
