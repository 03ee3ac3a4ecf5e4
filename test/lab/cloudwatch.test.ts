import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AlarmStateChangeEvent } from './cloudwatch/alarm-event.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { makeCloudWatchApi } from './cloudwatch/api.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { LabEvents } from './events.ts';
import type { AwsService } from './gateway/operation.ts';
import { TimeFactor } from './time-factor.ts';

const CALL = { caller: 'test', at: 0, requestId: 'r' };
const ERRORS = { namespace: 'Lab', name: 'Errors', dimensions: { Service: 'checkout' } };
/** A minute lasts 100 ms. */
const FAST = new TimeFactor(600);

describe('alarms', () => {
  const open: Alarms[] = [];
  afterEach(() => {
    for (const alarms of open.splice(0)) alarms.close();
  });

  interface Board {
    readonly alarms: Alarms;
    readonly api: AwsService;
    readonly metrics: MetricStore;
    readonly changes: AlarmStateChangeEvent[];
    readonly actions: (readonly string[])[];
  }

  function openBoard(): Board {
    const metrics = new MetricStore(FAST);
    const changes: AlarmStateChangeEvent[] = [];
    const actions: (readonly string[])[] = [];
    const alarms = new Alarms({
      time: FAST,
      metrics,
      events: new LabEvents(),
      onStateChange: (event, run) => {
        changes.push(event);
        actions.push(run);
      },
    });
    open.push(alarms);
    return { alarms, api: makeCloudWatchApi(alarms), metrics, changes, actions };
  }

  function call(api: AwsService, operation: string, input: object): unknown {
    return api.operations[operation]?.(input, CALL);
  }

  const errorsAlarm: PutMetricAlarmInput = {
    AlarmName: 'errors',
    AlarmDescription: 'too many errors',
    Namespace: ERRORS.namespace,
    MetricName: ERRORS.name,
    Dimensions: [{ Name: 'Service', Value: 'checkout' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 2,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:page'],
  };

  /** Fills the last minutes, the current one included, with one value each. */
  function fillMinutes(metrics: MetricStore, value: number): void {
    const now = metrics.minuteAt(Date.now());
    for (let minute = now - 4; minute <= now + 3; minute += 1) {
      metrics.record(ERRORS, value, metrics.startOf(minute));
    }
  }

  it('goes from INSUFFICIENT_DATA to ALARM and tells it as EventBridge does', async () => {
    const { alarms, api, metrics, changes, actions } = openBoard();
    fillMinutes(metrics, 4);
    call(api, 'PutMetricAlarm', errorsAlarm);
    expect(alarms.stateOf('errors')).toBe('INSUFFICIENT_DATA');

    await vi.waitFor(() => expect(alarms.stateOf('errors')).toBe('ALARM'), { interval: 5 });

    expect(changes[0]).toMatchObject({
      version: '0',
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: '123456789012',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'eu-west-1',
      resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors'],
      detail: {
        alarmName: 'errors',
        configuration: {
          description: 'too many errors',
          metrics: [
            {
              id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
              metricStat: { metric: ERRORS, period: 60, stat: 'Sum' },
              returnData: true,
            },
          ],
        },
        previousState: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' },
        state: {
          value: 'ALARM',
          reason: expect.stringMatching(
            /^Threshold Crossed: 2 out of the last 2 datapoints \[4\.0 \(.*\), 4\.0 \(/,
          ),
          timestamp: expect.stringMatching(/\.\d{3}\+0000$/),
        },
      },
    });
    expect(changes[0]?.detail.state.reason).toMatch(
      /\(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\)\] were greater than or equal to the threshold \(3\.0\) /,
    );
    expect(changes[0]?.detail.state.reason).toMatch(
      / \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
    );
    const data = changes[0]?.detail.state.reasonData ?? '';
    expect(data).toContain('"recentDatapoints":[4.0,4.0],"threshold":3.0');
    expect(JSON.parse(data)).toMatchObject({ version: '1.0', statistic: 'Sum', period: 60 });
    expect(actions[0]).toEqual(errorsAlarm.AlarmActions);
  });

  it('returns from a state set by hand to the true one', async () => {
    const { alarms, api, changes } = openBoard();
    call(api, 'PutMetricAlarm', errorsAlarm);
    await vi.waitFor(() => expect(alarms.stateOf('errors')).toBe('OK'), { interval: 5 });

    const forced = { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'game day' };
    call(api, 'SetAlarmState', forced);
    const afterForcing = alarms.stateOf('errors');
    await vi.waitFor(() => expect(alarms.stateOf('errors')).toBe('OK'), { interval: 5 });

    expect(afterForcing).toBe('ALARM');
    expect(changes.map(({ detail }) => detail.state.value)).toEqual(['OK', 'ALARM', 'OK']);
    expect(changes[1]?.detail.state).toMatchObject({ value: 'ALARM', reason: 'game day' });
    expect(changes[1]?.detail.state).not.toHaveProperty('reasonData');
    expect(changes[2]?.detail.state.reason).toBe(
      'Threshold Crossed: no datapoints were received for 2 periods ' +
        'and 2 missing datapoints were treated as [NonBreaching].',
    );
  });

  it('moves a composite alarm with its children', async () => {
    const { alarms, api, changes } = openBoard();
    call(api, 'PutMetricAlarm', errorsAlarm);
    call(api, 'PutCompositeAlarm', { AlarmName: 'heal', AlarmRule: 'ALARM(errors)' });
    await vi.waitFor(() => expect(alarms.stateOf('errors')).toBe('OK'), { interval: 5 });

    const forced = { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'game day' };
    call(api, 'SetAlarmState', forced);

    expect(alarms.stateOf('heal')).toBe('ALARM');
    const change = changes.at(-1);
    expect(change?.detail.configuration).toEqual({ alarmRule: 'ALARM(errors)' });
    expect(change?.detail.state.reason).toMatch(
      /:alarm:errors transitioned to ALARM at \w+day \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC$/,
    );
  });

  it('describes metric alarms only, unless asked for composite ones', () => {
    const { api } = openBoard();
    call(api, 'PutMetricAlarm', errorsAlarm);
    call(api, 'PutMetricAlarm', { ...errorsAlarm, AlarmName: 'errors-2' });
    call(api, 'PutCompositeAlarm', { AlarmName: 'errors-any', AlarmRule: 'ALARM(errors)' });
    const names = (input: object): readonly unknown[] => {
      const answer = call(api, 'DescribeAlarms', input) as Record<
        'MetricAlarms' | 'CompositeAlarms',
        { AlarmName: string }[]
      >;
      return [...answer.MetricAlarms, ...answer.CompositeAlarms].map((alarm) => alarm.AlarmName);
    };

    expect(names({ AlarmNamePrefix: 'errors' })).toEqual(['errors', 'errors-2']);
    expect(names({ AlarmNames: ['errors-any'] })).toEqual([]);
    expect(names({ AlarmTypes: ['CompositeAlarm'] })).toEqual(['errors-any']);
    expect(names({ StateValue: 'ALARM' })).toEqual([]);
    expect(names({ MaxRecords: 1 })).toEqual(['errors']);
    expect(names({ MaxRecords: 1, NextToken: '1' })).toEqual(['errors-2']);
  });

  const math = (Expression: string): object => ({
    AlarmName: 'rate',
    EvaluationPeriods: 1,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    Metrics: [
      { Id: 'rate', Expression },
      { Id: 'err', ReturnData: false, MetricStat: stat('Errors') },
    ],
  });
  const stat = (MetricName: string): object => ({
    Metric: { Namespace: 'Lab', MetricName, Dimensions: [] },
    Stat: 'Sum',
    Period: 60,
  });

  it.each([
    ['an unknown function', math('RATE(err)')],
    ['an unknown id', math('err / req')],
    ['an expression over itself', math('rate + err')],
    ['a period below a minute', { ...errorsAlarm, Period: 10 }],
    ['more breaching points than points', { ...errorsAlarm, DatapointsToAlarm: 3 }],
    ['an unknown statistic', { ...errorsAlarm, Statistic: 'Median' }],
    [
      'two series that return data',
      {
        ...math('err'),
        Metrics: [
          { Id: 'a', MetricStat: stat('A') },
          { Id: 'b', MetricStat: stat('B') },
        ],
      },
    ],
  ])('fails to put an alarm with %s', (_what, input) => {
    const { api } = openBoard();

    expect(() => call(api, 'PutMetricAlarm', input)).toThrow(
      expect.objectContaining({ code: 'ValidationError' }),
    );
  });

  it('answers GetMetricData with math over recorded samples', () => {
    const { api, metrics } = openBoard();
    const minute = metrics.minuteAt(Date.now());
    metrics.record(ERRORS, 2, metrics.startOf(minute - 1));
    metrics.record(ERRORS, 3, metrics.startOf(minute - 1));
    const Metric = {
      Namespace: 'Lab',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'Service', Value: 'checkout' }],
    };

    const answer = call(api, 'GetMetricData', {
      StartTime: new Date(metrics.startOf(minute - 2)),
      EndTime: new Date(metrics.startOf(minute)),
      MetricDataQueries: [
        { Id: 'e', ReturnData: false, MetricStat: { Metric, Stat: 'Sum', Period: 60 } },
        { Id: 'doubled', Expression: 'FILL(e, 0) * 2' },
      ],
    });

    expect(answer).toMatchObject({ MetricDataResults: [{ Id: 'doubled', Values: [10, 0] }] });
  });
});
