/** What is measured of a drill, and the limits that it is held against. */

export type Unit = 'AWS seconds' | 'count' | 'percent' | 'text';

/** A limit on one measured value. */
export interface Tolerance {
  readonly measure: MeasureName;
  readonly at: 'most' | 'least' | 'exactly';
  /** A text may name alternatives, separated by `|`. */
  readonly value: number | string;
}

/**
 * Durations are in AWS seconds: in the lab, measured time multiplied by its factor. What a machine
 * really computes is not compressed, so it counts there many times over.
 *
 * The incident is the one of the guarded service (`checkout-api` in the lab); calls, stops and false
 * recoveries are those of all services.
 */
export const MEASURES = {
  detect: ['time to detect', 'AWS seconds', 'fault → alarm in ALARM'],
  open: ['time to open', 'AWS seconds', 'fault → incident opened'],
  act: ['time to act', 'AWS seconds', 'alarm → StopTask accepted'],
  replace: ['time to replace', 'AWS seconds', 'StopTask accepted → every task healthy again'],
  recover: ['time to recover', 'AWS seconds', 'fault → recovery proven and recorded'],
  stops: ['tasks stopped by the healer', 'count', 'accepted StopTask calls'],
  stoppedIll: ['of these, ill ones', 'count', 'tasks that the drill made ill'],
  stoppedOther: ['of these, healthy ones', 'count', 'any other task'],
  stoppedBackend: ['of these, in the tier behind', 'count', 'tasks of catalog-api'],
  floorBreaches: ['stops below the floor', 'count', 'fewer healthy tasks remained than must'],
  state: ['incident ends', 'text', 'state of the incident record'],
  backendState: ['incident behind ends', 'text', 'state of the record of catalog-api'],
  entries: ['timeline entries', 'count', 'steps of the incident that were recorded'],
  incidents: ['incidents', 'count', 'opened since the fault, re-opened ones not counted again'],
  reopened: ['re-opened', 'count', 'times that an incident came back'],
  escalation: ['escalated for', 'text', 'reason of the escalation'],
  cause: ['cause', 'text', 'what the escalation, or else the hold, says is wrong'],
  outcome: ['outcome', 'text', 'what our stops did, as the recovery says'],
  held: ['held for', 'text', 'reasons in the order in which they came'],
  announced: ['messages in Slack', 'text', 'state words in order'],
  falseRecovered: ['false recoveries', 'count', 'said in a fault, or just before an alarm'],
  failedSince: ['failed requests since the fault', 'count', 'those of users'],
  failedAfter: ['failed requests after recovery', 'percent', 'of those sent once it was proven'],
  deliveries: [
    'alarm deliveries handled',
    'count',
    'invocations of remediate by an alarm in ALARM',
  ],
  clearings: ['alarm clearings handled', 'count', 'invocations of remediate by an alarm in OK'],
  roundTrips: ['round trips to a stop', 'count', 'longest chain of calls up to StopTask accepted'],
  calls: ['AWS calls of the acting decision', 'count', 'all calls of the invocation that stopped'],
} as const satisfies Record<string, readonly [string, Unit, string]>;

export type MeasureName = keyof typeof MEASURES;
