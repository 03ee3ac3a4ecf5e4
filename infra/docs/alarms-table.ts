/** The alarms on the healer itself, as they are made. */
import { Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { markdownTable } from './regions.ts';
import type { Sample } from './sample.ts';

export function ownAlarmsTable({ healing }: Sample): string {
  return markdownTable(
    ['alarm', 'rings at', 'it says'],
    healing.ownAlarms.map(({ node }) => {
      const alarm = node.defaultChild;
      if (!(alarm instanceof CfnAlarm)) throw new Error(`${node.path} is no alarm`);
      const { threshold, alarmDescription = '' } = alarm;
      return [
        `\`${node.id}\``,
        `${isMissed(alarm) ? 'below ' : ''}${threshold ?? ''} in ${spellTime(alarm)}`,
        alarmDescription.replace(/^Self-healing: (.*) \[[\w-]+\]$/s, '$1'),
      ];
    }),
  );
}

function isMissed({ comparisonOperator }: CfnAlarm): boolean {
  return comparisonOperator?.startsWith('LessThan') === true;
}

function spell(seconds: number): string {
  return seconds >= 86_400 ? `${seconds / 3_600} h` : `${seconds / 60} min`;
}

interface Query {
  readonly metricStat?: { readonly period: number };
}

/** All of its periods, or the one in which so many must be counted, of which a few may be enough. */
function spellTime(alarm: CfnAlarm): string {
  const { evaluationPeriods: all = 1, datapointsToAlarm: enough = all } = alarm;
  if (enough === all) return spell(periodOf(alarm) * all);
  return `${spell(periodOf(alarm))}${enough === 1 ? '' : `, ${enough} times of ${all}`}`;
}

/** In seconds, of its one metric, or of the longest of several. */
function periodOf(alarm: CfnAlarm): number {
  const metrics = Stack.of(alarm).resolve(alarm.metrics) as readonly Query[] | undefined;
  const periods = (metrics ?? []).map(({ metricStat }) => metricStat?.period ?? 0);
  return alarm.period ?? Math.max(...periods);
}
