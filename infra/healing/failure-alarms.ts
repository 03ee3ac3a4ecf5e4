/** Alarms on what the functions count as failed, by its code. */
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ErrorCode } from '../../functions/core/errors.ts';
import { ownMetric } from './metrics.ts';
import { PERIOD, type Wanted } from './wanted-alarm.ts';

/**
 * An open incident is looked at ten times in five minutes: three failures are no single throttled
 * call.
 */
const FAILURES_MAX = 3;

/**
 * A message that fails is tried again after two minutes, so one that Slack took by then calls nobody.
 * One that was given up is in the dead letters, which ring for themselves.
 */
export const TELLINGS_MAX = 3;
/**
 * What is tried every two minutes, as messages and the incidents that a person has are, fails by turns
 * two and three times in five: the alarm stays on in between.
 */
export const STAYS_ON = { evaluationPeriods: 2, datapointsToAlarm: 1 };

const NO_ACCESS: readonly ErrorCode[] = [
  'dependency.unavailable',
  'dependency.refused',
  'dependency.missing',
  'dependency.outcome-unknown',
  'store.malformed',
  'store.contended',
];
const NOT_UNDERSTOOD: readonly ErrorCode[] = [
  'config.invalid',
  'event.malformed',
  'event.unknown-kind',
  'event.not-guarded',
];
const NO_WEBHOOK: readonly ErrorCode[] = [
  'dependency.unavailable',
  'dependency.refused',
  'dependency.missing',
  'config.invalid',
];
const NOT_TOLD: readonly ErrorCode[] = ['chat.rate-limited', 'chat.unavailable', 'chat.refused'];
/** Told at a later try, and `ToldLate` rings when it never is: no metric of `NotTold`, which has its price. */
const WAITED_FOR: readonly ErrorCode[] = ['store.contended', 'store.malformed'];

/** Every code that a function counts its failures by; `unexpected` is none of ours. */
export const FAILURE_CODES = {
  remediate: [...NO_ACCESS, ...NOT_UNDERSTOOD, 'unexpected'],
  notify: [...NOT_TOLD, ...NO_WEBHOOK, ...WAITED_FOR, 'event.malformed', 'unexpected'],
} as const;

export function onFailures(): readonly Wanted[] {
  return [
    {
      id: 'NoAccess',
      code: 'no-access',
      says: 'it cannot read what it decides by, or cannot act; it holds meanwhile',
      metric: failures('remediate', NO_ACCESS),
      threshold: FAILURES_MAX,
      lasting: STAYS_ON,
    },
    {
      id: 'NotUnderstood',
      code: 'not-understood',
      says: 'it got an event or a configuration that it does not understand',
      metric: failures('remediate', NOT_UNDERSTOOD),
      threshold: 1,
    },
    {
      id: 'NotTold',
      code: 'not-told',
      says: 'it cannot reach the chat; incidents are in the table and in its log',
      metric: failures('notify', [...NOT_TOLD, ...NO_WEBHOOK]),
      threshold: TELLINGS_MAX,
      lasting: STAYS_ON,
    },
    {
      id: 'NoAnswer',
      code: 'no-answer',
      says: 'it stopped a task and does not learn what became of it',
      metric: failureMetric('remediate', 'dependency.outcome-unknown'),
      threshold: 1,
      // The claim is taken up again after its lease, and most often answered then.
      lasting: { evaluationPeriods: 3, datapointsToAlarm: 2 },
    },
  ];
}

/** How often a function failed with one code. */
export function failureMetric(service: 'remediate' | 'notify', code: ErrorCode): Metric {
  return ownMetric('Failures', { service, code }, { period: PERIOD });
}

function failures(service: 'remediate' | 'notify', codes: readonly ErrorCode[]): MathExpression {
  const usingMetrics = Object.fromEntries(
    codes.map((code, index) => [`m${index}`, failureMetric(service, code)] as const),
  );
  const names = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: names.join(' + '), usingMetrics, period: PERIOD });
}
