/** How a service is doing, in words. */
import { isOpen } from '../../core/incident.ts';
import { spell } from '../../core/time.ts';
import { type Card, row, type Tell, type Tone } from './card.ts';
import type { ServiceStatus } from './events.ts';
import { spellIncident, toneOf } from './words.ts';

export function describeService(status: ServiceStatus, tell: Tell): Card {
  const { service, environment, mode, tasks, stops, pause, drill, incident, unreadable } = status;
  const person = isOpen(incident) ? incident.acknowledged : undefined;
  const healthy =
    tasks === undefined
      ? undefined
      : `${tasks.healthy} of ${tasks.desired} healthy, ${tasks.running} running`;
  const used =
    stops === undefined
      ? undefined
      : `${stops.used} of ${stops.allowed} in the last ${spell(stops.window)}`;
  return {
    ...stateOf(status),
    title: `${service} (${environment})`,
    rows: [
      ...row('tasks', healthy),
      ...row('alarms', spellAlarms(status, tell)),
      ...row('incident', spellLast(status, tell)),
      ...row('has it', person && `${person.by}, since ${tell(person.at)}`),
      ...row('stops', used),
      ...row('rests', spellRest(status, tell)),
      ...row('paused', pause && `by ${pause.by}: ${pause.why}; until ${tell(pause.until)}`),
      ...row('drill', drill && `${drill.id} by ${drill.by}, until ${tell(drill.until)}`),
      ...row('mode', mode === 'observe' ? 'observe: it looks and tells, and stops nothing' : ''),
      ...unreadable.flatMap((what) => row('unreadable', what)),
    ],
  };
}

/** The worst that can be said comes first. */
function stateOf(status: ServiceStatus): { readonly tone: Tone; readonly state: string } {
  const { unreadable, incident, pause, alarms = [], tasks } = status;
  if (unreadable.length > 0) return { tone: 'bad', state: 'UNREADABLE' };
  if (isOpen(incident)) {
    return { tone: toneOf(incident.state), state: spellIncident(incident.state) };
  }
  if (alarms.some(({ state }) => state === 'ALARM')) return { tone: 'bad', state: 'ALARM' };
  if (pause !== undefined) return { tone: 'waiting', state: 'PAUSED' };
  if (tasks !== undefined && tasks.healthy < tasks.desired) {
    return { tone: 'waiting', state: 'SHORT' };
  }
  return { tone: 'good', state: 'OK' };
}

function spellAlarms({ alarms }: ServiceStatus, tell: Tell): string | undefined {
  if (alarms === undefined) return undefined;
  const others = alarms.filter(({ state }) => state !== 'OK');
  if (others.length === 0) return `${alarms.length} of ${alarms.length} OK`;
  return others.map(({ name, state, since }) => `${name} ${state} since ${tell(since)}`).join(', ');
}

function spellLast({ incident }: ServiceStatus, tell: Tell): string {
  if (incident === undefined) return 'none';
  const { id, state, openedAt, recoveredAt, hold, escalated } = incident;
  const reason = escalated?.reason ?? (state === 'holding' ? hold?.reason : undefined);
  const why = reason === undefined ? '' : ` (${reason})`;
  if (recoveredAt !== undefined && !isOpen(incident)) {
    return `none open; ${id} recovered ${tell(recoveredAt)}`;
  }
  return `${id} ${spellIncident(state)}${why}, opened ${tell(openedAt)}`;
}

function spellRest({ cooldownUntil, at }: ServiceStatus, tell: Tell): string | undefined {
  if (cooldownUntil === undefined || cooldownUntil <= at) return undefined;
  return `after its last stop, until ${tell(cooldownUntil)}`;
}
