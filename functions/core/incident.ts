/** The durable record of one service being unwell. */
import type { Policy } from './policy.ts';
import { type EpochMillis, later } from './time.ts';
import type { Reason } from './verdict.ts';

/** `open` is momentary; an incident that is neither recovered nor escalated is acting, verifying or holding. */
export type IncidentState = 'open' | 'acting' | 'verifying' | 'holding' | 'escalated' | 'recovered';

export interface Incident {
  readonly id: string;
  readonly state: IncidentState;
  /** Of this episode: reset when it is re-opened. */
  readonly openedAt: EpochMillis;
  /** When the first of its alarms went to ALARM. */
  readonly alarmSince: EpochMillis;
  readonly openedBy: string;
  readonly reopened: number;
  /** Alarms that rang during this episode: they must all be OK again. */
  readonly rang: readonly string[];
  /** Sequence of its last timeline entry. */
  readonly seq: number;
  /** Number of its newest re-check; an older one is superseded. */
  readonly token: number;
  readonly nextCheckAt: EpochMillis;
  readonly hold?: { readonly reason: Reason; readonly since: EpochMillis };
  /** Since when it has held for reasons that should not last; absent while it holds for one that may. */
  readonly waitingSince?: EpochMillis;
  /** Since when no alarm rings and its recovery is being proven, however often that began anew. */
  readonly provingSince?: EpochMillis;
  /** Stops of this incident, over all episodes. */
  readonly stopped: number;
  readonly stoppedAt?: EpochMillis;
  /** Since when every task has been seen healthy. */
  readonly stableSince?: EpochMillis;
  readonly escalated?: { readonly reason: Reason; readonly at: EpochMillis };
  /** Whether the person who was called has been told the cause. */
  readonly explained?: boolean;
  readonly recoveredAt?: EpochMillis;
  /** It was opened by a message that came too late: nothing is stopped in it unless a person asks. */
  readonly late?: true;
  /** Id of the drill that was on when it opened. */
  readonly drill?: string;
  /** Who has this episode, and who had it before; healing does not wait for them. */
  readonly acknowledged?: {
    readonly by: string;
    readonly at: EpochMillis;
    readonly before?: readonly string[];
  };
  /** Requests of people that were answered while they had it, by a stop or a refusal; the newest ones. */
  readonly answered?: readonly string[];
  /** Whether on-call has heard of this episode. */
  readonly told: boolean;
  /** Whether its opening was shown without being told. */
  readonly shown?: true;
}

export type OpenIncident = Incident & { readonly state: Exclude<IncidentState, 'recovered'> };

export function isOpen(incident: Incident | undefined): incident is OpenIncident {
  return incident !== undefined && incident.state !== 'recovered';
}

/**
 * A person was called, and has it until it is over: nothing more is stopped in it unless they ask. Who was called
 * for the storm of all services has this one only as long as the storm holds it.
 */
export function hasPerson(incident: Incident | undefined): incident is OpenIncident & Called {
  if (!isOpen(incident) || incident.escalated === undefined) return false;
  return incident.state === 'escalated' || incident.escalated.reason !== 'account-storm';
}

type Called = Required<Pick<Incident, 'escalated'>>;

/**
 * A person was called and does not know why yet: the evidence that names the cause may be some seconds younger than the
 * alarm, so it is looked for a while longer.
 */
export function wantsCause(
  { state, escalated, explained }: Incident,
  policy: Policy,
  now: EpochMillis,
): boolean {
  if (state !== 'escalated' || escalated === undefined || explained === true) return false;
  return now < later(escalated.at, policy.evidencePatience);
}

/** `inc-20261120-100341-3f9c2k`: sortable by time, and short enough to be said aloud. */
export function incidentId(at: EpochMillis, salt: string): string {
  return timedId('inc', at, salt);
}

/** `pause-20261120-100341-3f9c2k`. */
export function pauseId(at: EpochMillis, salt: string): string {
  return timedId('pause', at, salt);
}

/** `drill-20261120-100341-3f9c2k`. */
export function drillId(at: EpochMillis, salt: string): string {
  return timedId('drill', at, salt);
}

function timedId(kind: string, at: EpochMillis, salt: string): string {
  const digits = new Date(at).toISOString().replace(/\D/g, '');
  return `${kind}-${digits.slice(0, 8)}-${digits.slice(8, 14)}-${shorten(salt)}`;
}

const LETTERS = 6;

/** FNV-1a: a thousand services that alarm in the same second still have ids of their own. */
function shorten(salt: string): string {
  let hash = 0x811c9dc5;
  for (const character of salt) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(36).padStart(LETTERS, '0').slice(-LETTERS);
}
