/**
 * What one incident costs in calls, from its alarm to `RECOVERED`: counted in the journal of the
 * drill `grey-5xx` (`npm run drill -- --json`), one ill task of four.
 */
export const INCIDENT = {
  drill: 'grey-5xx',
  invocations: { remediate: 14, notify: 2 },
  /** Assumed, cold starts included: in the lab a decision takes 0.05 to 0.45 s. */
  secondsPerInvocation: 1,
  /** Alarms and re-checks: each is sent, received and deleted. */
  sqsRequests: 3 * 14,
  snsPublishes: 2,
  /** Strongly consistent, of items below 4 kB. */
  dynamoReads: 28,
  /** Of items below 1 kB: 15 single ones, 3 batches of at most 4, a transaction of 2 that counts twice. */
  dynamoWrites: 15 + 3 * 4 + 4,
  /** The topic's key, for each publish and each delivery. */
  kmsRequests: 4,
  alarmReads: 13,
  secretReads: 1,
  /** Lines of the functions' own logs. */
  logKilobytes: 147,
  /** Different metrics that it writes; each is charged for the hours in which it is written to. */
  customMetrics: 19,
  hours: 1,
} as const;
