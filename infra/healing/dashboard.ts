/** The optional dashboard, from one table: what is shown, and by which metrics. */
import { Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { FAILURE_CODES } from './failure-alarms.ts';
import type { Messaging } from './messaging.ts';
import { drillsPassed, ownMetric } from './metrics.ts';
import type { DrillSources } from './own-alarms.ts';
import type { ServiceGuard } from './service-guard.ts';

export interface DashboardSources {
  readonly messaging: Messaging;
  readonly remediate: IFunction;
  readonly notify: IFunction;
  readonly respond: IFunction | undefined;
  readonly drill: DrillSources | undefined;
  readonly ownAlarms: readonly Alarm[];
}

interface Graph {
  readonly title: string;
  readonly left: readonly IMetric[];
  /** On an axis of its own: another unit. */
  readonly right?: readonly IMetric[];
}

/** CloudWatch draws no more on one dashboard; an alarm counts as one. */
const METRICS_MAX = 500;
const WIDTH = 24;
const GRAPHS_IN_A_ROW = 3;
const GRAPH_HEIGHT = 6;
const ALARMS_HEIGHT = 2;

/** Shows the healer, and the services as they come. */
export class HealerDashboard {
  readonly dashboard: Dashboard;
  #shown: number;
  readonly #told = new Set<string>();

  constructor(scope: Construct, sources: DashboardSources) {
    const graphs = graphsOf(sources);
    const { ownAlarms } = sources;
    this.dashboard = new Dashboard(scope, 'Dashboard');
    this.#addAlarms('The healer itself', ownAlarms);
    for (let at = 0; at < graphs.length; at += GRAPHS_IN_A_ROW) {
      this.dashboard.addWidgets(...graphs.slice(at, at + GRAPHS_IN_A_ROW).map(draw));
    }
    const drawn = graphs.flatMap(({ left, right = [] }) => [...left, ...right]);
    this.#shown = drawn.length + ownAlarms.length;
  }

  /** Shows the alarms of a service, as long as there is room. */
  add(guard: ServiceGuard): void {
    // Its stack depends on the healer's, so the dashboard cannot name its alarms.
    if (Stack.of(guard) !== Stack.of(this.dashboard)) {
      this.#tellOnce('Services that are guarded in other stacks show their alarms there.');
      return;
    }
    const { alarms, serviceId } = guard;
    if (this.#shown + alarms.length > METRICS_MAX) {
      this.#tellOnce(`More services are guarded: a dashboard takes ${METRICS_MAX} metrics.`);
      return;
    }
    this.#shown += alarms.length;
    this.#addAlarms(serviceId, alarms);
  }

  #addAlarms(title: string, alarms: readonly Alarm[] | ServiceGuard['alarms']): void {
    this.dashboard.addWidgets(
      new AlarmStatusWidget({ title, alarms: [...alarms], width: WIDTH, height: ALARMS_HEIGHT }),
    );
  }

  #tellOnce(markdown: string): void {
    if (this.#told.has(markdown)) return;
    this.#told.add(markdown);
    this.dashboard.addWidgets(new TextWidget({ markdown, width: WIDTH, height: 1 }));
  }
}

function draw({ title, left, right = [] }: Graph): GraphWidget {
  return new GraphWidget({
    title,
    left: [...left],
    right: [...right],
    leftYAxis: { min: 0 },
    rightYAxis: { min: 0 },
    width: WIDTH / GRAPHS_IN_A_ROW,
    height: GRAPH_HEIGHT,
  });
}

function graphsOf(sources: DashboardSources): readonly Graph[] {
  return [...aboutIncidents(), ...aboutWork(), ...aboutMessages(sources), ...aboutRuns(sources)];
}

function aboutIncidents(): readonly Graph[] {
  return [
    { title: 'Incidents', left: INCIDENTS.map((name) => named(name, ownMetric(name))) },
    { title: 'Time to recover (ms)', left: shares(ownMetric('TimeToRecover'), ['p50', 'p95']) },
    { title: 'Drills that passed', left: [named('passed', drillsPassed())] },
  ];
}

const INCIDENTS = ['Stopped', 'Healed', 'Recovered', 'Escalated', 'Held'];
const VERDICTS = ['act', 'hold', 'escalate', 'settled'];

function aboutWork(): readonly Graph[] {
  const verdicts = VERDICTS.map((verdict) => named(verdict, ownMetric('Verdicts', { verdict })));
  return [
    { title: 'Decisions', left: verdicts },
    { title: 'Decision time (ms)', left: shares(ownMetric('DecisionTime'), ['p50', 'p95']) },
    {
      title: 'Looks that could read everything',
      left: [
        named('highest', ownMetric('AbleToRead', {}, { statistic: 'Maximum' })),
        named('lowest', ownMetric('AbleToRead', {}, { statistic: 'Minimum' })),
      ],
    },
    { title: 'Log bytes read', left: [named('bytes', ownMetric('LogBytesScanned'))] },
    { title: 'Failures of remediate', left: failuresOf('remediate') },
    { title: 'Failures of notify', left: failuresOf('notify') },
  ];
}

function aboutMessages({ messaging, drill }: DashboardSources): readonly Graph[] {
  const { inbox, inboxDeadLetters, ruleDeadLetters, invocationDeadLetters } = messaging;
  const waiting = (label: string, queue: IQueue): IMetric =>
    queue.metricApproximateNumberOfMessagesVisible({ label, statistic: 'Maximum' });
  const label = 'age of the oldest (s)';
  return [
    {
      title: 'Inbox',
      left: [waiting('waiting', inbox)],
      right: [inbox.metricApproximateAgeOfOldestMessage({ label, statistic: 'Maximum' })],
    },
    {
      title: 'Dead letters',
      left: [
        waiting('of the inbox', inboxDeadLetters),
        waiting('of the rules', ruleDeadLetters),
        waiting('of the functions', invocationDeadLetters),
        ...(drill === undefined ? [] : [waiting('of drills', drill.deadLetters)]),
      ],
    },
  ];
}

function aboutRuns({ remediate, notify, respond, drill }: DashboardSources): readonly Graph[] {
  const all = { remediate, notify, respond, drill: drill?.function };
  const functions = Object.entries(all).flatMap(([name, owner]) =>
    owner === undefined ? [] : [[name, owner] as const],
  );
  return [
    {
      title: 'Errors and throttles',
      left: functions.flatMap(([name, owner]) => [
        owner.metricErrors({ label: `${name}: errors` }),
        owner.metricThrottles({ label: `${name}: throttles` }),
      ]),
    },
    {
      title: 'Duration of a run (ms)',
      left: functions.flatMap(([name, owner]) =>
        ['p50', 'p95'].map((statistic) =>
          owner.metricDuration({ statistic, label: `${name}: ${statistic}` }),
        ),
      ),
    },
  ];
}

function failuresOf(service: 'remediate' | 'notify'): readonly IMetric[] {
  return FAILURE_CODES[service].map((code) =>
    named(code, ownMetric('Failures', { service, code })),
  );
}

function shares(metric: ReturnType<typeof ownMetric>, statistics: readonly string[]): IMetric[] {
  return statistics.map((statistic) => metric.with({ statistic, label: statistic }));
}

function named(label: string, metric: ReturnType<typeof ownMetric>): IMetric {
  return metric.with({ label });
}
