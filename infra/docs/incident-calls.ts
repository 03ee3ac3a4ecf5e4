/**
 * What is called and written in one incident, from its alarm to `RECOVERED` with one ill task of four, and in one
 * look of the watchdog. `npm run bench -- cost` counts them and writes the file beside this one.
 */
import counted from './counted-calls.json' with { type: 'json' };

/** What both are charged for. */
export interface CountedCalls {
  /** Request units: strongly consistent reads of 4 kB, writes of 1 kB. */
  readonly dynamoReads: number;
  readonly dynamoWrites: number;
  readonly alarmReads: number;
  /** Lines of the functions' own logs. */
  readonly logKilobytes: number;
  /** Different metrics that it writes; each is charged for the hours in which it is written to. */
  readonly customMetrics: number;
}

export interface IncidentCounts extends CountedCalls {
  readonly drill: string;
  readonly invocations: { readonly remediate: number; readonly notify: number };
  readonly sqsRequests: number;
  readonly snsPublishes: number;
  readonly kmsRequests: number;
  readonly secretReads: number;
}

export interface Counts {
  readonly incident: IncidentCounts;
  readonly look: CountedCalls;
}

/**
 * Assumed of every invocation, cold starts included: Lambda's quarter of a core is slower than the lab, where a
 * decision takes 0.05 to 0.45 s.
 */
export const SECONDS_PER_INVOCATION = 1;

/** In which the metrics of an incident are written to. */
export const INCIDENT_HOURS = 1;

export const COUNTED: Counts = counted;
