/** `heal incidents` and `heal incident ID`: what happened, from what was kept. */
import type { Entry } from '../../core/entry.ts';
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { Incident } from '../../core/incident.ts';
import type { LockState } from '../../core/lock.ts';
import type { EpochMillis } from '../../core/time.ts';
import type { IncidentFound } from './events.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { DeployedHealer } from './healer.ts';
import type { Show } from './output.ts';
import { chooseServices, readEach } from './services.ts';

export interface ListOptions {
  readonly service?: string;
  /** Those that opened before are left out. */
  readonly since?: EpochMillis;
}

/** Shows the incidents of every service, or of one, the newest first. */
export async function showIncidents(
  healer: DeployedHealer,
  show: Show,
  narrate: (text: string) => void,
  { service, since }: ListOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const services = chooseServices(await healer.guarded.all(), service);
  const found = await readEach(services, (one) => incidentsOf(healer, one, signal));
  const wanted = found
    .flat()
    .filter(({ incident }) => since === undefined || incident.openedAt >= since)
    .toSorted((a, b) => b.incident.openedAt - a.incident.openedAt);
  for (const one of wanted) show(one);
  if (wanted.length === 0) narrate('no incident');
  return EXIT.ok;
}

async function incidentsOf(
  healer: DeployedHealer,
  service: GuardedService,
  signal: AbortSignal,
): Promise<readonly IncidentFound[]> {
  const [kept, lock] = await Promise.all([
    healer.history.incidents(service.id, signal),
    healer.locks.read(service.id, signal),
  ]);
  return withNewest(kept, lock).map((incident) => ({
    kind: 'incident',
    service: service.id,
    environment: service.environment,
    incident,
  }));
}

/** The lock has the incident of this moment, which is kept only some seconds later. */
function withNewest(kept: readonly Incident[], { incident }: LockState): readonly Incident[] {
  if (incident === undefined) return kept;
  return [...kept.filter(({ id }) => id !== incident.id), incident];
}

/**
 * Shows one incident and its timeline, oldest first.
 *
 * @throws {config.invalid} when nothing is known of it.
 */
export async function showIncident(
  healer: DeployedHealer,
  show: Show,
  id: string,
  signal: AbortSignal,
): Promise<ExitCode> {
  const services = await healer.guarded.all();
  const timeline = await healer.history.timeline(id, signal);
  const owner = timeline[0]?.serviceId;
  const candidates = services.filter((one) => owner === undefined || one.id === owner);
  const locks = await readEach(candidates, (one) => healer.locks.read(one.id, signal));
  const pending = locks.flatMap(({ outbox }) => outbox.filter((entry) => entry.incidentId === id));
  const entries = mergeEntries(timeline, pending);
  const first = entries[0];
  if (first === undefined) {
    const wanted = 'the id of an incident, as "npm run heal -- incidents" lists them';
    throw new HealerError('config.invalid', `incident: got ${id}, wanted ${wanted}`);
  }
  const kept = await healer.history.incidents(first.serviceId, signal);
  const newest = locks.map(({ incident }) => incident).find((one) => one?.id === id);
  const incident = newest ?? kept.find((one) => one.id === id);
  const { serviceId: service, environment } = first;
  if (incident !== undefined) show({ kind: 'incident', service, environment, incident });
  for (const entry of entries) {
    show({ kind: 'entry', entry, pending: pending.some((one) => one.id === entry.id) });
  }
  return EXIT.ok;
}

function mergeEntries(kept: readonly Entry[], pending: readonly Entry[]): readonly Entry[] {
  const byId = new Map([...pending, ...kept].map((entry) => [entry.id, entry]));
  return [...byId.values()].toSorted((a, b) => a.seq - b.seq);
}
