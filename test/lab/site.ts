/** The guarded service: real tasks behind a real load balancer, its logs, its metrics and its alarms. */
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { Alarms, type StateChangeSink } from './cloudwatch/alarms.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { Dependency } from './dependency.ts';
import { EcsControlPlane } from './ecs/control-plane.ts';
import { isHealthy, liveTasks, type ServiceRecord, type TaskRecord } from './ecs/model.ts';
import { LoadBalancer } from './elb/load-balancer.ts';
import { TargetGroup } from './elb/target-group.ts';
import type { LabEvents } from './events.ts';
import { LogStore } from './logs/log-store.ts';
import {
  CLUSTER,
  COMPOSITE_ALARM,
  DRILL_TOKEN,
  ERROR_RATE_ALARM,
  LOG_GROUP,
  SERVICE,
  UNHEALTHY_ALARM,
} from './names.ts';
import type { TimeFactor } from './time-factor.ts';

export interface SiteOptions {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly tasks: number;
  /** How many tasks above the desired count a deployment may run. @default 200 */
  readonly maximumPercent?: number;
  readonly onAlarm: StateChangeSink;
}

/** AWS seconds that a log line needs to be found, as in CloudWatch Logs. */
const LOG_DELAY_SECONDS = 5;
const GRACE_SECONDS = 30;

export class Site {
  readonly dependency: Dependency;
  readonly logs: LogStore;
  readonly alarms: Alarms;
  readonly targetGroup: TargetGroup;
  readonly loadBalancer: LoadBalancer;
  readonly plane: EcsControlPlane;
  readonly service: ServiceRecord;

  private constructor(
    parts: Pick<
      Site,
      'dependency' | 'logs' | 'alarms' | 'targetGroup' | 'loadBalancer' | 'plane' | 'service'
    >,
  ) {
    this.dependency = parts.dependency;
    this.logs = parts.logs;
    this.alarms = parts.alarms;
    this.targetGroup = parts.targetGroup;
    this.loadBalancer = parts.loadBalancer;
    this.plane = parts.plane;
    this.service = parts.service;
  }

  /** Opens everything; the tasks come up in the background. */
  static async open(options: SiteOptions): Promise<Site> {
    const { time, events, tasks, onAlarm, maximumPercent = 200 } = options;
    const dependency = await Dependency.start();
    const metrics = new MetricStore(time);
    const targetGroup = new TargetGroup({ name: `${SERVICE}-tg`, time, events });
    const loadBalancer = new LoadBalancer({ name: `${CLUSTER}-alb`, targetGroup, metrics, time });
    await loadBalancer.listen();
    const logs = new LogStore({ visibleAfterMs: time.seconds(LOG_DELAY_SECONDS) });
    const plane = await EcsControlPlane.start({
      time,
      events,
      onLogLine: (_taskArn, streamName, line, atMs) => logs.put(LOG_GROUP, streamName, atMs, line),
    });
    const service = plane.createService({
      name: SERVICE,
      cluster: CLUSTER,
      desiredCount: tasks,
      targetGroup,
      healthCheckGracePeriodSeconds: Math.ceil(time.seconds(GRACE_SECONDS) / 1_000),
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent },
      taskDefinition: {
        family: SERVICE,
        logGroup: LOG_GROUP,
        env: {
          CATALOG_URL: dependency.url,
          SERVICE_NAME: SERVICE,
          DRILLS_ENABLED: 'true',
          DRILL_TOKEN,
          DRAIN_MS: String(Math.round(time.seconds(DRAIN_SECONDS))),
        },
      },
    });
    const alarms = new Alarms({ time, metrics, events, onStateChange: onAlarm });
    for (const alarm of alarmsOf(loadBalancer, targetGroup)) alarms.putMetricAlarm(alarm);
    alarms.putCompositeAlarm({
      AlarmName: COMPOSITE_ALARM,
      AlarmRule: `ALARM(${UNHEALTHY_ALARM}) OR ALARM(${ERROR_RATE_ALARM})`,
    });
    return new Site({ dependency, logs, alarms, targetGroup, loadBalancer, plane, service });
  }

  /** Tasks that are meant to run, in the order in which they were started. */
  tasks(): readonly TaskRecord[] {
    return liveTasks(this.service);
  }

  healthyTasks(): readonly TaskRecord[] {
    return this.tasks().filter(isHealthy);
  }

  /** Names of the guarded service's alarms in the given state. */
  alarmsIn(state: 'OK' | 'ALARM'): readonly string[] {
    return [ERROR_RATE_ALARM, UNHEALTHY_ALARM].filter(
      (name) => this.alarms.stateOf(name) === state,
    );
  }

  /** Turns a fault of one task's drill switch on. @throws Error when the task refuses. */
  async makeIll(task: TaskRecord, fault: object): Promise<void> {
    const response = await fetch(
      `http://${task.address}:${this.service.containerPort}/drill/fault`,
      {
        method: 'PUT',
        headers: { 'x-drill-token': DRILL_TOKEN, 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      },
    );
    if (!response.ok) throw new Error(`task ${task.arn} refused the fault: ${response.status}`);
  }

  async close(): Promise<void> {
    this.alarms.close();
    await this.plane.close();
    this.targetGroup.close();
    await this.loadBalancer.close();
    await this.dependency.close();
  }
}

/** How long a task serves on after SIGTERM: longer than its target needs to leave. */
const DRAIN_SECONDS = 10;

/** The two alarms that the construct makes: 5xx rate by metric math, and unhealthy hosts. */
function alarmsOf(
  loadBalancer: LoadBalancer,
  targetGroup: TargetGroup,
): readonly PutMetricAlarmInput[] {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: loadBalancer.dimension },
    { Name: 'TargetGroup', Value: targetGroup.dimension },
  ];
  const sum = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions },
      Period: 60,
      Stat: 'Sum',
    },
  });
  return [
    {
      AlarmName: ERROR_RATE_ALARM,
      AlarmDescription: `${SERVICE} target 5xx above 5 percent`,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 5,
      TreatMissingData: 'notBreaching',
      Metrics: [
        {
          Id: 'rate',
          Expression: 'IF(req>=20, 100*FILL(err,0)/req, 0)',
          Label: '5xx rate (%)',
          ReturnData: true,
        },
        sum('err', 'HTTPCode_Target_5XX_Count'),
        sum('req', 'RequestCount'),
      ],
    },
    {
      AlarmName: UNHEALTHY_ALARM,
      AlarmDescription: `${SERVICE} has at least one unhealthy target`,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'UnHealthyHostCount',
      Dimensions,
      Period: 60,
      // One node stands for the whole load balancer here, and ECS is done within two minutes: the earliest signal.
      Statistic: 'Maximum',
    },
  ];
}
