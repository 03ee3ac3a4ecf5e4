/** What is unsafe about the alarms of a service under care, its own and those brought along. */
import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Alarm, CfnAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Policy } from '../../functions/core/policy.ts';

/** Adds a warning under an id. */
export type Say = (id: string, message: string) => void;

interface Watched {
  readonly alarms: readonly IAlarm[];
  readonly targetGroups: readonly IApplicationTargetGroup[];
  readonly policy: Policy;
}

/** Imported alarms, and composite ones, cannot be looked into. */
export function warnOfAlarms(say: Say, { alarms, targetGroups, policy }: Watched): void {
  const known = alarms.filter((alarm) => alarm instanceof Alarm);
  const looks = known.map((alarm) => ({ alarm, metrics: metricsOf(alarm) }));
  for (const look of looks) {
    warnOfShort(say, look, policy);
    warnOfCoarse(say, look);
  }
  for (const group of targetGroups) warnOfForgotten(say, looks, group);
}

interface Look {
  readonly alarm: Alarm;
  readonly metrics: readonly LookedAt[];
}

interface LookedAt {
  readonly namespace: string;
  readonly metricName: string;
  /** Name to value, which CloudFormation may yet have to fill in. */
  readonly dimensions: ReadonlyMap<string, unknown>;
  readonly statistic: string;
  readonly periodSeconds: number;
}

interface Dimension {
  readonly name: string;
  readonly value: unknown;
}

interface MetricQuery {
  readonly metricStat?: {
    readonly metric?: {
      readonly namespace?: string;
      readonly metricName?: string;
      readonly dimensions?: readonly Dimension[];
    };
    readonly stat?: string;
    readonly period?: number;
  };
}

const MINUTE = 60;

function metricsOf(alarm: Alarm): readonly LookedAt[] {
  const resource = alarm.node.defaultChild;
  if (!(resource instanceof CfnAlarm)) return [];
  const { metricName, namespace, statistic: stat, period } = resource;
  const { dimensions, metrics } = Stack.of(alarm).resolve({
    dimensions: resource.dimensions,
    metrics: resource.metrics,
  }) as { readonly dimensions?: readonly Dimension[]; readonly metrics?: readonly MetricQuery[] };
  const alone = { metricStat: { metric: { namespace, metricName, dimensions }, stat, period } };
  const queries = (metrics ?? [alone]) as readonly MetricQuery[];
  return queries.flatMap(({ metricStat }) =>
    metricStat === undefined
      ? []
      : [
          {
            namespace: metricStat.metric?.namespace ?? '',
            metricName: metricStat.metric?.metricName ?? '',
            dimensions: new Map(
              (metricStat.metric?.dimensions ?? []).map(({ name, value }) => [name, value]),
            ),
            statistic: metricStat.stat ?? '',
            periodSeconds: metricStat.period ?? 0,
          },
        ],
  );
}

/** An alarm that rings and clears within a start judges the replacement, not the ill task. */
function warnOfShort(say: Say, { alarm, metrics }: Look, policy: Policy): void {
  const resource = alarm.node.defaultChild;
  const periods = resource instanceof CfnAlarm ? (resource.evaluationPeriods ?? 1) : 1;
  const longest = Math.max(...metrics.map(({ periodSeconds }) => periodSeconds), MINUTE);
  const seconds = periods * longest;
  if (seconds * 1_000 >= policy.startGrace) return;
  say(
    `short-alarm-${alarm.node.id}`,
    `alarm ${alarm.node.path} looks at ${seconds} s, less than a task takes to start ` +
      `(${policy.startGrace / 1_000} s): a replacement may ring it. Raise evaluationPeriods`,
  );
}

/** What rings for others too, or hides the one among the many. */
function warnOfCoarse(say: Say, { alarm, metrics }: Look): void {
  const shared = metrics.find(
    ({ dimensions }) => dimensions.has('LoadBalancer') && !dimensions.has('TargetGroup'),
  );
  if (shared !== undefined) {
    say(
      `coarse-alarm-${alarm.node.id}`,
      `alarm ${alarm.node.path} looks at ${shared.metricName} of the whole load balancer: ` +
        'other services behind it ring it too. Use the metric of the target groups',
    );
  }
  const average = metrics.find(
    ({ namespace, statistic }) => namespace === 'AWS/ECS' && statistic === 'Average',
  );
  if (average !== undefined) {
    say(
      `coarse-alarm-${alarm.node.id}`,
      `alarm ${alarm.node.path} looks at the average ${average.metricName} of all tasks, which ` +
        'hides one ill task and rings for load. Use errors, latency or health of its targets',
    );
  }
}

/** A metric that is looked at in some target groups and not in another: half of a pair, say. */
function warnOfForgotten(say: Say, looks: readonly Look[], group: IApplicationTargetGroup): void {
  const name = nameOf(group);
  if (name === undefined) return;
  const inGroups = looks.flatMap(({ alarm, metrics }) =>
    metrics
      .filter(({ dimensions }) => dimensions.has('TargetGroup'))
      .map(({ metricName, dimensions }) => ({
        alarm,
        metricName,
        here: JSON.stringify(dimensions.get('TargetGroup')).includes(name),
      })),
  );
  const covered = new Set(inGroups.filter(({ here }) => here).map((look) => look.metricName));
  const forgotten = inGroups.find(({ metricName }) => !covered.has(metricName));
  if (forgotten === undefined) return;
  const { alarm, metricName } = forgotten;
  say(
    `half-alarm-${alarm.node.id}`,
    `alarm ${alarm.node.path} looks at ${metricName} of another target group than ` +
      `${group.node.path}: when its tasks are there, nothing rings. Add the metrics of both`,
  );
}

/** What every way to name the group has in it. */
function nameOf(group: IApplicationTargetGroup): string | undefined {
  const resource = group.node.defaultChild;
  if (CfnResource.isCfnResource(resource)) {
    return Stack.of(group).resolve(resource.logicalId) as string;
  }
  const arn = group.targetGroupArn;
  return Token.isUnresolved(arn) ? undefined : arn.split(':').at(-1);
}
