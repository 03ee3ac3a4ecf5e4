/** Why an alarm has its state, in CloudWatch's words and in its `reasonData` form. */
import type { MetricAlarmRecord } from './alarm-records.ts';
import { breaches, type Evaluation } from './evaluation.ts';

/** One period an evaluation looked at. */
export interface EvaluatedPoint {
  readonly startMs: number;
  readonly value: number | undefined;
  readonly sampleCount: number | undefined;
}

const COMPARED = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;

/**
 * Says why in words. `points` are the evaluation range, oldest first, as `evaluation.used` counts
 * them.
 */
export function reasonText(
  { rule }: MetricAlarmRecord,
  points: readonly EvaluatedPoint[],
  { state, used, filled }: Evaluation,
): string {
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${counted(rule.evaluationPeriods, 'datapoint')} unknown.`;
  }
  const deciding = used
    .flatMap((index) => points[index] ?? [])
    .filter(({ value }) => value !== undefined && breaches(rule, value) === (state === 'ALARM'));
  const made = filled > 0 ? treatedText(rule.treatMissingData, filled) : undefined;
  if (deciding.length === 0) {
    const periods = filled === 1 ? '1 period' : `${filled} periods`;
    return `Threshold Crossed: no datapoints were received for ${periods}${made ?? ''}.`;
  }
  const shown = deciding.map(
    ({ value, startMs }) => `${double(value ?? 0)} (${shortDate(startMs)})`,
  );
  const out = `${deciding.length} out of the last ${rule.evaluationPeriods} datapoints`;
  const verb = deciding.length === 1 ? 'was' : 'were';
  const compared = `${state === 'ALARM' ? '' : 'not '}${COMPARED[rule.comparison]}`;
  return (
    `Threshold Crossed: ${out} [${shown.join(', ')}] ${verb} ${compared} the threshold ` +
    `(${double(rule.threshold)})${made ?? ''} ${minimumText(rule, state)}.`
  );
}

function minimumText(rule: MetricAlarmRecord['rule'], state: Evaluation['state']): string {
  const { evaluationPeriods: n, datapointsToAlarm: m } = rule;
  const needed = state === 'ALARM' ? m : n - m + 1;
  const points = needed === 1 ? '1 datapoint' : `${needed} datapoints`;
  const transition = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  return `(minimum ${points} for ${transition} transition)`;
}

function treatedText(treatment: string, filled: number): string {
  const known: Readonly<Record<string, string>> = {
    breaching: 'Breaching',
    notBreaching: 'NonBreaching',
  };
  const name = known[treatment];
  return name === undefined
    ? ''
    : ` and ${counted(filled, 'missing datapoint')} treated as [${name}]`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun} was` : `${count} ${noun}s were`;
}

/** The same as a JSON string, numbers written as doubles: `1.0`, never `1`. */
export function reasonData(
  alarm: MetricAlarmRecord,
  points: readonly EvaluatedPoint[],
  { used }: Evaluation,
  queriedMs: number,
): string {
  const { rule, watched, set } = alarm;
  const window = points.slice(-rule.evaluationPeriods);
  const real = used.flatMap((index) => points[index] ?? []).toReversed();
  const oldest = real[0];
  const fields = [
    '"version":"1.0"',
    `"queryDate":"${awsDate(queriedMs)}"`,
    ...(oldest === undefined ? [] : [`"startDate":"${awsDate(oldest.startMs)}"`]),
    // Metric math has no statistic of its own.
    ...(watched.kind === 'stat' ? [`"statistic":"${watched.stat}"`] : []),
    `"period":${set.periodSeconds}`,
    `"recentDatapoints":[${real.map(({ value }) => double(value ?? 0)).join(',')}]`,
    `"threshold":${double(rule.threshold)}`,
    `"evaluatedDatapoints":[${window.toReversed().map(pointJson).join(',')}]`,
  ];
  return `{${fields.join(',')}}`;
}

function pointJson({ startMs, value, sampleCount }: EvaluatedPoint): string {
  const fields = [
    `"timestamp":"${awsDate(startMs)}"`,
    ...(sampleCount === undefined ? [] : [`"sampleCount":${double(sampleCount)}`]),
    ...(value === undefined ? [] : [`"value":${double(value)}`]),
  ];
  return `{${fields.join(',')}}`;
}

/** A number the way CloudWatch prints it. */
function double(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `2026-11-20T10:03:41.516+0000`: an offset without colon. */
export function awsDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '+0000');
}

/** `20/11/26 10:02:00`, UTC. */
function shortDate(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  const [year = '', month = '', day = ''] = iso.slice(2, 10).split('-');
  return `${day}/${month}/${year} ${iso.slice(11, 19)}`;
}
