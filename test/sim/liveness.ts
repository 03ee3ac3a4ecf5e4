/** What must have happened once everything works again. */
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import { type Incident, isOpen } from '../../functions/core/incident.ts';
import type { Simulation } from './simulation.ts';

/** One look is on its way for an open incident; one more may be, while it is being told. */
const LOOKS_MAX = 2;

/** An alarm that has rung for so long was delivered, and delivered again. */
const HEARD_MS = 600_000;

/** Asked some time after the faults are over, while what is wrong with the services may last. */
export function findStuck(sim: Simulation): string | undefined {
  for (const { service, alarms } of sim.sites) {
    const { incident } = sim.table.lock(service.id);
    if (!isOpen(incident)) {
      const rings = alarms.ringsSince(sim.agenda.now());
      if (rings === undefined || rings.at > sim.agenda.now() - HEARD_MS) continue;
      return `${rings.name} has rung for long, and nobody knows`;
    }
    const looks = looksFor(sim, incident.id);
    if (looks === 0) return `nobody looks at ${incident.id} of ${service.id} any more`;
    if (looks > LOOKS_MAX) return `${looks} looks are on their way for ${incident.id}`;
    if (incident.state !== 'escalated' && !mayLast(sim, service, incident)) {
      return `${incident.id} of ${service.id} is ${incident.state}, ${incident.hold?.reason ?? ''}`;
    }
  }
  return undefined;
}

/** A person chose to be told only, or the service behind it is ill and has its own incident. */
function mayLast(
  { sites, agenda }: Simulation,
  { policy, downstream }: GuardedService,
  { hold }: Incident,
): boolean {
  if (policy.mode === 'observe') return true;
  const isBehind = ({ service, alarms }: Simulation['sites'][number]): boolean =>
    downstream.some(({ serviceId }) => serviceId === service.id) && alarms.ringsAt(agenda.now());
  return hold?.reason === 'downstream' && sites.some(isBehind);
}

function looksFor(sim: Simulation, incidentId: string): number {
  return sim.queue.left().filter(({ body }) => body.includes(`"${incidentId}"`)).length;
}

/** Asked at the very end, when nothing is wrong any more. */
export function findLeft(sim: Simulation): string | undefined {
  const { table, queue, safety } = sim;
  for (const lock of table.locks()) {
    const { incident, intent, serviceId, outbox, pause } = lock;
    if (isOpen(incident)) return `${incident.id} of ${serviceId} is still ${incident.state}`;
    if (intent !== undefined) return `${serviceId} is still claimed`;
    if (pause !== undefined) return `${serviceId} is still paused`;
    const [left] = outbox;
    if (left !== undefined) return `${left.id} is still in the outbox of ${serviceId}`;
  }
  const [untold] = safety.announced.untold();
  if (untold !== undefined) return `${untold.id} was never told`;
  const lost = [...safety.announced.written.keys()].find((id) => !table.timeline.has(id));
  if (lost !== undefined) return `${lost} is not in the timeline`;
  const [message] = queue.left();
  return message === undefined ? undefined : `a message is left behind: ${message.body}`;
}
