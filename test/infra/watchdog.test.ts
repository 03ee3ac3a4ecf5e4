/** The clock that has the healer look, and the alarms on what it finds, as they stand in the template. */
import { Duration } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { bundle } from '../../infra/bundle.ts';
import { VISIBILITY_TIMEOUT } from '../../infra/healing/messaging.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { aHealedSite } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const made = (props: Partial<SelfHealingProps> = {}) => aHealedSite(props).template;

/** The alarm in whose id these words are. */
function alarmOf(props: Partial<SelfHealingProps>, words: string) {
  const found = Object.entries(made(props).findResources('AWS::CloudWatch::Alarm'));
  return found.find(([id]) => id.startsWith(`Healing${words}`))?.[1]['Properties'];
}

describe('the watchdog', () => {
  test('puts a look into the inbox every five minutes, and its words are understood there', () => {
    const rules = made().findResources('AWS::Events::Rule', {
      Properties: { ScheduleExpression: 'rate(5 minutes)' },
    });
    const [rule, ...others] = Object.values(rules);
    const [target] = rule?.['Properties'].Targets ?? [];

    expect(others).toEqual([]);
    expect(target).toMatchObject({
      Arn: { 'Fn::GetAtt': [expect.stringContaining('Inbox'), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringContaining('Rule'), 'Arn'] } },
      RetryPolicy: { MaximumEventAgeInSeconds: 300 },
    });
    expect(openInbound(JSON.parse(target.Input))).toEqual({
      kind: 'direct',
      deliveries: [{ kind: 'watchdog' }],
    });
  });

  test('rings when no look succeeded in time, and when nothing is counted at all', () => {
    expect(alarmOf({}, 'Blind')).toMatchObject({
      MetricName: 'AbleToRead',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(alarmOf({ blindWithin: Duration.hours(1) }, 'Blind')).toMatchObject({
      EvaluationPeriods: 12,
    });
  });

  test('is left out where nobody wants it, with its alarms', () => {
    const template = made({ watchdog: false });

    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      { ScheduleExpression: 'rate(5 minutes)' },
      0,
    );
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'AbleToRead' }, 0);
  });

  test.each([
    [
      { blindWithin: Duration.minutes(5) },
      'blindWithin: got 5 minutes, wanted 10 minutes to 1 day',
    ],
    [{ blindWithin: Duration.minutes(12) }, 'in steps of 5 minutes'],
    [{ blindWithin: Duration.hours(25) }, 'got 1 day 1 hour'],
    [{ watchdog: false, blindWithin: Duration.hours(1) }, 'with watchdog: false, wanted none'],
  ])('refuses %j', (props, message) => {
    expect(() => made(props)).toThrow(message);
  });
});

describe('what cannot be told or answered', () => {
  test('rings after a quarter of an hour, tried or not', () => {
    const { Metrics, ...alarm } = alarmOf({}, 'ToldLate');

    expect(alarm).toMatchObject({ EvaluationPeriods: 3, Threshold: 0.5 });
    expect(alarm.TreatMissingData).toBe('notBreaching');
    const names = Metrics.flatMap((query: { MetricStat?: { Metric: { MetricName: string } } }) =>
      query.MetricStat === undefined ? [] : query.MetricStat.Metric.MetricName,
    );
    expect(names.sort()).toEqual([
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesVisible',
    ]);
  });

  test.each(['NoAccess', 'NotTold', 'NotifyErrors'])(
    '%s stays on while something is tried every two minutes',
    (id) => {
      const { Threshold, Period = 300, EvaluationPeriods, DatapointsToAlarm } = alarmOf({}, id);
      const tries = Array.from(
        { length: 60 },
        (_, index) => index * VISIBILITY_TIMEOUT.toSeconds(),
      );
      const counts = Array.from(
        { length: 20 },
        (_, at) => tries.filter((time) => Math.floor(time / Period) === at).length,
      );
      const rings = counts
        .map((_, at) => counts.slice(Math.max(0, at + 1 - EvaluationPeriods), at + 1))
        .map((last) => last.filter((count) => count >= Threshold).length >= DatapointsToAlarm);

      expect(rings.slice(1)).not.toContain(false);
    },
  );

  test('is not left to the channel that cannot be reached', () => {
    const rules = Object.values(made().findResources('AWS::Events::Rule'));
    const told = JSON.stringify(rules);

    expect(told).toContain('HealingBlind');
    expect(told).not.toMatch(/Healing(?:ToldLate|NotTold|Notify\w*Errors)/);
  });

  test('rings for a stop whose answer stays away, not for one that was lost once', () => {
    expect(alarmOf({}, 'NoAnswer')).toMatchObject({
      MetricName: 'Failures',
      Dimensions: expect.arrayContaining([{ Name: 'code', Value: 'dependency.outcome-unknown' }]),
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });
});
