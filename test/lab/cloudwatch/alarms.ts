/**
 * CloudWatch's alarms: evaluated once per compressed minute, each state change told as an event.
 */
import type {
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import type { LabEvents } from '../events.ts';
import { AwsError } from '../gateway/operation.ts';
import type { TimeFactor } from '../time-factor.ts';
import { type AlarmStateChangeEvent, stateChangeEvent } from './alarm-event.ts';
import { type EvaluatedPoint, reasonData, reasonText } from './alarm-reason.ts';
import {
  type AlarmRecord,
  type AlarmState,
  type CompositeAlarmRecord,
  compositeAlarm,
  initialState,
  type MetricAlarmRecord,
  metricAlarm,
} from './alarm-records.ts';
import { compositeReason, compositeReasonData } from './composite-reason.ts';
import { childrenOf, holds } from './composite-rule.ts';
import { EXTRA_POINTS, evaluateAlarm } from './evaluation.ts';
import { computeSeries, validationError } from './metric-queries.ts';
import { type MetricStore, MINUTE_SECONDS } from './metric-store.ts';

/**
 * Told once per state change, with the ARNs of the alarm's actions for the new state (none when
 * disabled).
 */
export type StateChangeSink = (event: AlarmStateChangeEvent, actions: readonly string[]) => void;

export interface AlarmsOptions {
  readonly time: TimeFactor;
  readonly metrics: MetricStore;
  readonly events: LabEvents;
  readonly onStateChange?: StateChangeSink;
  /** How long after a minute its metrics are there and alarms look at them. @default 10 */
  readonly publicationDelaySeconds?: number;
  readonly account?: string;
  readonly region?: string;
}

const PUBLICATION_DELAY_SECONDS = 10;

export class Alarms {
  readonly metrics: MetricStore;
  readonly #options: AlarmsOptions;
  readonly #place: { readonly account: string; readonly region: string };
  readonly #delayMs: number;
  readonly #alarms = new Map<string, AlarmRecord>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AlarmsOptions) {
    const { account = '123456789012', region = 'eu-west-1' } = options;
    this.#options = options;
    this.#place = { account, region };
    this.metrics = options.metrics;
    const delay = options.publicationDelaySeconds ?? PUBLICATION_DELAY_SECONDS;
    this.#delayMs = options.time.seconds(delay);
    this.#scheduleEvaluation();
  }

  /** Creates an alarm in INSUFFICIENT_DATA, or changes one and leaves its state. */
  putMetricAlarm(input: PutMetricAlarmInput): void {
    const name = nameOf(input.AlarmName);
    this.#alarms.set(name, metricAlarm(input, this.#identityOf(name)));
  }

  putCompositeAlarm(input: PutCompositeAlarmInput): void {
    const name = nameOf(input.AlarmName);
    const alarm = compositeAlarm(input, this.#identityOf(name));
    for (const child of childrenOf(alarm.rule)) {
      if (this.#find(child) === undefined) {
        throw validationError(`AlarmRule refers to the unknown alarm ${child}.`);
      }
    }
    const isNew = !this.#alarms.has(name);
    this.#alarms.set(name, alarm);
    const value = this.#compositeValue(alarm);
    if (isNew) {
      const reason = `${alarm.arn} was created and its alarm rule evaluates to ${value}`;
      this.#change(alarm, { value, reason, reasonData: this.#childrenData(alarm), at: new Date() });
    } else {
      this.#followChildren(undefined);
    }
  }

  /** Sets a state by hand; a metric alarm returns to its true state with the next evaluation. */
  setAlarmState(input: SetAlarmStateInput): void {
    const alarm = this.#alarms.get(input.AlarmName ?? '');
    if (alarm === undefined) throw new AwsError('ResourceNotFound', 'Unknown alarm', 404);
    const { StateValue: value, StateReason: reason = '', StateReasonData: data } = input;
    if (value === undefined) throw validationError('StateValue is required.');
    this.#change(alarm, { value, reason, reasonData: data, at: new Date() });
  }

  deleteAlarms(names: readonly string[]): void {
    for (const name of names) this.#alarms.delete(name);
  }

  /** All alarms by name. */
  all(): readonly AlarmRecord[] {
    return [...this.#alarms.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  }

  stateOf(name: string): StateValue | undefined {
    return this.#alarms.get(name)?.state.value;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #identityOf(name: string): { name: string; arn: string; state: AlarmState } {
    const { account, region } = this.#place;
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
    return { name, arn, state: this.#alarms.get(name)?.state ?? initialState() };
  }

  /** Wakes the publication delay after the end of each minute. */
  #scheduleEvaluation(): void {
    const { minuteMs } = this.metrics;
    const sinceMs = (Date.now() - this.#delayMs) % minuteMs;
    this.#timer = setTimeout(
      () => {
        this.#evaluateAll();
        this.#scheduleEvaluation();
      },
      minuteMs - sinceMs + 1,
    );
    this.#timer.unref();
  }

  #evaluateAll(): void {
    const lastMinute = this.metrics.minuteAt(Date.now() - this.#delayMs) - 1;
    for (const alarm of this.all()) {
      if (alarm.kind === 'metric') this.#evaluate(alarm, lastMinute);
    }
  }

  #evaluate(alarm: MetricAlarmRecord, lastMinute: number): void {
    const count = alarm.rule.evaluationPeriods + EXTRA_POINTS;
    const points = this.#points(alarm, { lastMinute, count });
    const values = points.map(({ value }) => value);
    const evaluation = evaluateAlarm(values, alarm.rule, alarm.state.value);
    if (evaluation.state === alarm.state.value) return;
    const at = new Date();
    this.#change(alarm, {
      value: evaluation.state,
      reason: reasonText(alarm, points, evaluation),
      reasonData: reasonData(alarm, points, evaluation, at.getTime()),
      at,
    });
  }

  #points(
    { set, watched }: MetricAlarmRecord,
    window: { readonly lastMinute: number; readonly count: number },
  ): readonly EvaluatedPoint[] {
    const { lastMinute, count } = window;
    const width = set.periodSeconds / MINUTE_SECONDS;
    const values = computeSeries(this.metrics, set, watched.id, window);
    const samples =
      watched.kind === 'stat' ? this.metrics.series({ ...watched, ...window }) : undefined;
    return values.map((value, index) => ({
      startMs: this.metrics.startOf(lastMinute - (count - index) * width + 1),
      value,
      sampleCount: samples?.[index]?.sampleCount,
    }));
  }

  #change(alarm: AlarmRecord, state: AlarmState): void {
    const previous = alarm.state;
    if (previous.value === state.value) return;
    alarm.state = state;
    this.#options.events.emit({
      kind: 'alarm-state',
      at: state.at.getTime(),
      alarmName: alarm.name,
      alarmArn: alarm.arn,
      from: previous.value,
      to: state.value,
      reason: state.reason,
    });
    this.#options.onStateChange?.(
      stateChangeEvent(alarm, previous, this.#place),
      actionsFor(alarm, state.value),
    );
    this.#followChildren(alarm);
  }

  /** Re-evaluates composites after one of their children changed. */
  #followChildren(child: AlarmRecord | undefined): void {
    for (const alarm of this.all()) {
      if (alarm.kind !== 'composite') continue;
      const watchesChild = childrenOf(alarm.rule).some((name) => this.#find(name) === child);
      if (child !== undefined && !watchesChild) continue;
      const value = this.#compositeValue(alarm);
      const reason = compositeReason(child ?? alarm);
      const at = new Date();
      this.#change(alarm, { value, reason, reasonData: this.#childrenData(alarm), at });
    }
  }

  #compositeValue(alarm: CompositeAlarmRecord): StateValue {
    const stateOf = (name: string): StateValue =>
      this.#find(name)?.state.value ?? 'INSUFFICIENT_DATA';
    return holds(alarm.rule, stateOf) ? 'ALARM' : 'OK';
  }

  #childrenData(alarm: CompositeAlarmRecord): string {
    return compositeReasonData(childrenOf(alarm.rule).flatMap((name) => this.#find(name) ?? []));
  }

  #find(nameOrArn: string): AlarmRecord | undefined {
    return this.#alarms.get(nameOrArn.split(':alarm:').at(-1) ?? nameOrArn);
  }
}

function nameOf(name: string | undefined): string {
  if (name === undefined || name === '') throw validationError('AlarmName is required.');
  return name;
}

function actionsFor({ input }: AlarmRecord, state: StateValue): readonly string[] {
  if (input.ActionsEnabled === false) return [];
  const actions = {
    OK: input.OKActions,
    ALARM: input.AlarmActions,
    INSUFFICIENT_DATA: input.InsufficientDataActions,
  };
  return actions[state] ?? [];
}
