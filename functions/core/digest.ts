/** What became of a week: all guarded services in one message. */
import type { Entry } from './entry.ts';
import { type Incident, isOpen } from './incident.ts';
import type { DigestNotice } from './notice.ts';
import { between, type DurationMillis, durationMillis, type EpochMillis } from './time.ts';

export interface Week {
  readonly from: EpochMillis;
  readonly to: EpochMillis;
}

export interface DrillResult {
  readonly endedAt: EpochMillis;
  readonly passed: boolean;
}

/** What is kept of one service; it may reach further back than the week. */
export interface ServiceWeek {
  readonly serviceId: string;
  readonly incidents: readonly Incident[];
  readonly drills: readonly DrillResult[];
}

export interface DigestInput {
  readonly environment: string;
  readonly week: Week;
  readonly services: readonly ServiceWeek[];
  readonly unread: readonly { readonly serviceId: string; readonly why: string }[];
  /** The timelines of the incidents that {@link repeatedServices} named, as far as they could be read. */
  readonly timelines: ReadonlyMap<string, readonly Entry[]>;
}

export interface Repeated {
  readonly serviceId: string;
  /** How often it was ill: its incidents, and each time that one was re-opened. */
  readonly times: number;
  /** Newest first. */
  readonly incidentIds: readonly string[];
}

/** Twice is chance; from here on something makes it ill. */
const REPEATED_MIN = 3;
/** More than a person reads in one message. */
const REPEATED_MAX = 5;
/** Enough to see what they have in common. */
const TIMELINES_MAX = 10;

/** @returns the services that were ill again and again, the worst first. */
export function repeatedServices(
  services: readonly ServiceWeek[],
  week: Week,
): readonly Repeated[] {
  return services
    .map(({ serviceId, incidents }) => {
      const on = incidentsIn(incidents, week).toSorted((a, b) => b.openedAt - a.openedAt);
      const times = on.reduce((sum, { reopened }) => sum + 1 + reopened, 0);
      return { serviceId, times, incidentIds: on.slice(0, TIMELINES_MAX).map(({ id }) => id) };
    })
    .filter(({ times }) => times >= REPEATED_MIN)
    .toSorted((a, b) => b.times - a.times || (a.serviceId < b.serviceId ? -1 : 1))
    .slice(0, REPEATED_MAX);
}

export function digestOf(input: DigestInput): DigestNotice {
  const { environment, week, services, unread, timelines } = input;
  const incidents = services.flatMap((service) => incidentsIn(service.incidents, week));
  const drills = services
    .flatMap((service) => service.drills)
    .filter(({ endedAt }) => isIn(endedAt, week));
  const recover = median(incidents.flatMap(tookOf));
  return {
    kind: 'digest',
    environment,
    from: week.from,
    to: week.to,
    services: services.length + unread.length,
    incidents: incidents.length,
    recovered: incidents.filter((one) => !isOpen(one) && one.escalated === undefined).length,
    escalated: incidents.filter(({ escalated }) => escalated !== undefined).length,
    open: incidents.filter(isOpen).length,
    stops: incidents.reduce((sum, incident) => sum + stopsIn(incident, week), 0),
    drills: { passed: drills.filter(({ passed }) => passed).length, run: drills.length },
    repeated: repeatedServices(services, week).map(({ serviceId, times, incidentIds }) => {
      const known = incidentIds.flatMap((id) => timelines.get(id) ?? []);
      const hint = known.length === 0 ? 'its timelines could not be read' : hintOf(known);
      return { serviceId, incidents: times, hint };
    }),
    ...(recover === undefined ? {} : { recover }),
    ...(unread.length === 0 ? {} : { unread }),
  };
}

function incidentsIn(incidents: readonly Incident[], { from, to }: Week): readonly Incident[] {
  return incidents.filter(
    (incident) =>
      incident.openedAt < to && (isOpen(incident) || (incident.recoveredAt ?? 0) >= from),
  );
}

function isIn(at: EpochMillis, { from, to }: Week): boolean {
  return from <= at && at < to;
}

/** An incident keeps the time of its last stop only: one that spans two weeks counts in that one's. */
function stopsIn({ stopped, stoppedAt }: Incident, week: Week): number {
  return stoppedAt !== undefined && isIn(stoppedAt, week) ? stopped : 0;
}

function tookOf(incident: Incident): readonly DurationMillis[] {
  const { alarmSince, recoveredAt } = incident;
  return isOpen(incident) || recoveredAt === undefined ? [] : [between(alarmSince, recoveredAt)];
}

function median(spans: readonly DurationMillis[]): DurationMillis | undefined {
  const sorted = spans.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : durationMillis((low + high) / 2);
}

/** What the incidents have in common: a release first, then a cause, then what held us. */
function hintOf(entries: readonly Entry[]): string {
  const stops = entries.filter(({ kind }) => kind === 'stopped');
  const revision = mostOften(stops.flatMap(({ victim }) => victim?.revision ?? []));
  if (revision !== undefined && revision.times > 1) {
    return `${revision.times} stops on revision ${revision.of}: fix the cause, a stop only buys time`;
  }
  const causes = entries.flatMap(({ cause }) => cause ?? []);
  const cause = mostOften(causes.map(({ code }) => code));
  if (cause !== undefined) {
    const { sentence, fix } = causes.findLast(({ code }) => code === cause.of) ?? {};
    return `${sentence ?? cause.of} ${fix ?? ''}`.trim();
  }
  const reason = mostOften(
    entries.flatMap((entry) => (entry.kind === 'escalated' ? (entry.reason ?? []) : [])),
  );
  if (reason !== undefined) return `a person was called for ${reason.of}, ${spellTimes(reason)}`;
  return 'no stop and no cause is on record: ask whether its alarm rings too soon';
}

function spellTimes({ times }: { readonly times: number }): string {
  return times === 1 ? 'once' : `${times} times`;
}

function mostOften(
  names: readonly string[],
): { readonly of: string; readonly times: number } | undefined {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const [first] = [...times].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return first === undefined ? undefined : { of: first[0], times: first[1] };
}
