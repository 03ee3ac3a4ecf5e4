/**
 * Alarms of your own open the incidents: one of this app, an imported one, a composite one.
 *
 * `npx cdk synth --app 'node docs/examples/own-alarms.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SelfHealing, Slack } from '../../infra/index.ts';

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { service } = new ApplicationLoadBalancedFargateService(this, 'Checkout', {
      taskImageOptions: { image: ContainerImage.fromRegistry('example.org/checkout:1f3a9c2') },
      desiredCount: 3,
      minHealthyPercent: 100,
      healthCheckGracePeriod: Duration.seconds(60),
      circuitBreaker: { enable: true, rollback: true },
    });
    const failedOrders = new Alarm(this, 'FailedOrders', {
      metric: new Metric({
        namespace: 'Shop',
        metricName: 'FailedOrders',
        statistic: 'Sum',
        period: Duration.minutes(1),
      }),
      threshold: 5,
      // Longer than a task takes to start: its replacement must not ring it.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    // #region shown
    const burnRate = Alarm.fromAlarmName(this, 'BurnRate', 'checkout-slo-burn-rate');
    const maintenance = Alarm.fromAlarmName(this, 'Maintenance', 'shop-maintenance');
    const slowWithoutReason = new CompositeAlarm(this, 'SlowWithoutReason', {
      alarmRule: AlarmRule.allOf(
        AlarmRule.fromAlarm(Alarm.fromAlarmName(this, 'Slow', 'checkout-p95'), AlarmState.ALARM),
        AlarmRule.not(AlarmRule.fromAlarm(maintenance, AlarmState.ALARM)),
      ),
    });

    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'shop/slack-webhook');
    const healing = new SelfHealing(this, 'Healing', { slack: Slack.webhook(secret) });
    // With alarmOptions as well, the healer's own alarms would be made beside them.
    healing.guard(service, { alarms: [failedOrders, burnRate, slowWithoutReason] });
    // #endregion
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  const app = new App();
  new ShopStack(app, 'Shop');
  return app;
}

if (import.meta.main) makeApp().synth();
