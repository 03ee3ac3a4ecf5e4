/** The alarms of one service, evaluated ten seconds after each minute by the lab's rule. */
import type { AlarmState } from '../../../functions/core/delivery.ts';
import type { EpochMillis } from '../../../functions/core/time.ts';
import { type AlarmRule, EXTRA_POINTS, evaluateAlarm } from '../../lab/cloudwatch/evaluation.ts';
import { ACCOUNT, REGION } from '../../lab/names.ts';
import { type Metrics, type Minute, percentile } from './metrics.ts';
import type { WorldService } from './service.ts';

export interface WorldAlarm {
  readonly arn: string;
  readonly name: string;
  state: AlarmState;
  since: EpochMillis;
}

export interface AlarmChange {
  readonly service: WorldService;
  readonly alarm: WorldAlarm;
  readonly state: AlarmState;
  readonly previous: AlarmState;
  readonly at: EpochMillis;
}

interface Spec {
  readonly ending: string;
  readonly rule: AlarmRule;
  readonly point: (minute: Minute, service: WorldService) => number | undefined;
}

const RATE_PERCENT = 5;
const LATENCY_SECONDS = 1;

const atLeast = (
  threshold: number,
  datapointsToAlarm: number,
  evaluationPeriods: number,
): AlarmRule => ({
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold,
  datapointsToAlarm,
  evaluationPeriods,
  treatMissingData: 'notBreaching',
});

const SPECS: readonly Spec[] = [
  {
    ending: '5xx-rate',
    rule: atLeast(RATE_PERCENT, 2, 3),
    point: ({ requests, errors }) => (requests >= 20 ? (100 * errors) / requests : 0),
  },
  {
    ending: 'unhealthy-hosts',
    rule: atLeast(1, 1, 1),
    point: ({ unhealthyMost }) => unhealthyMost,
  },
  {
    ending: 'healthy-hosts',
    rule: atLeast(1, 3, 3),
    point: ({ healthyLeast }, { desired }) =>
      Number.isFinite(healthyLeast) ? Math.max(0, desired - healthyLeast) : undefined,
  },
  {
    ending: 'latency-p90',
    rule: atLeast(LATENCY_SECONDS, 2, 3),
    point: (minute) => {
      const duration = percentile(minute, 0.9);
      return duration === undefined ? undefined : duration / 1_000;
    },
  },
];

export class Alarms {
  readonly all: readonly WorldAlarm[];
  readonly #service: WorldService;
  readonly #metrics: Metrics;

  constructor(service: WorldService, metrics: Metrics, since: EpochMillis) {
    this.#service = service;
    this.#metrics = metrics;
    this.all = SPECS.map(({ ending }) => {
      const name = `${service.tier}-${ending}`;
      const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
      return { name, arn, state: 'OK', since };
    });
  }

  ringing(): readonly WorldAlarm[] {
    return this.all.filter(({ state }) => state === 'ALARM');
  }

  /** @returns what changed. */
  evaluate(now: EpochMillis): readonly AlarmChange[] {
    return this.all.flatMap((alarm, index): readonly AlarmChange[] => {
      const spec = SPECS[index];
      if (spec === undefined) return [];
      const length = spec.rule.evaluationPeriods + EXTRA_POINTS;
      const newest = this.#metrics.minutes.slice(-length);
      const missing = Array.from({ length: length - newest.length }, () => undefined);
      const points = newest.map((minute) => spec.point(minute, this.#service));
      const { state } = evaluateAlarm([...missing, ...points], spec.rule, alarm.state);
      if (state === alarm.state) return [];
      const previous = alarm.state;
      Object.assign(alarm, { state, since: now });
      return [{ service: this.#service, alarm, state, previous, at: now }];
    });
  }
}
