/** The healer, beside the services that it guards. */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ServiceAlarmOptions } from '../healing/service-alarms.ts';
import type { ServiceGuard } from '../healing/service-guard.ts';
import { SelfHealing } from '../self-healing.ts';
import { Slack } from '../slack.ts';
import { accept } from './findings.ts';
import type { Settings } from './settings.ts';
import type { WebService } from './web-service.ts';

/** The service answers within milliseconds, and a page that waits longer feels broken. */
const LATENCY_MAX = Duration.seconds(1);

interface HealingProps {
  readonly settings: Settings;
  /** Asks nobody but load balancers, and is asked by the others. */
  readonly behind: readonly WebService[];
  readonly front: readonly WebService[];
}

export class Healing extends Construct {
  readonly healer: SelfHealing;
  readonly secret: ISecret;
  readonly #alarmOptions: ServiceAlarmOptions;

  constructor(scope: Construct, id: string, props: HealingProps) {
    super(scope, id);
    const { settings, behind, front } = props;
    this.secret = this.#secretOf(settings.slackSecret);
    const { environment, logRetentionDays: logRetention } = settings;
    const slack = Slack.webhook(this.secret);
    this.healer = new SelfHealing(this, 'Healer', { slack, environment, logRetention });
    this.#alarmOptions = alarmOptionsOf(settings);
    // From the back: a fault there must not be taken for one of a task that asks it.
    const dependsOn = behind.map((service) => this.#guard(service));
    for (const service of front) this.#guard(service, dependsOn);
  }

  #guard({ service, task, targetGroups }: WebService, dependsOn?: ServiceGuard[]): ServiceGuard {
    const guard = this.healer.guard(service, {
      alarmOptions: this.#alarmOptions,
      // Both: after each deployment the tasks are in the other one.
      targetGroups: [...targetGroups.all],
      logGroup: task.logGroup,
      ...(dependsOn === undefined ? {} : { dependsOn }),
    });
    // A service that is being made has too few healthy tasks, which is no incident.
    for (const alarm of guard.ownAlarms) alarm.node.addDependency(service);
    return guard;
  }

  #secretOf(name: string | undefined): ISecret {
    if (name === undefined) return this.#makeSecret();
    if (!name.startsWith('arn:')) return Secret.fromSecretNameV2(this, 'SlackSecret', name);
    return Secret.fromSecretCompleteArn(this, 'SlackSecret', name);
  }

  /** Made with a value that nobody knows; until the URL is put in, messages wait in their queue. */
  #makeSecret(): ISecret {
    const secret = new Secret(this, 'SlackSecret', {
      description: "Put the URL of Slack's incoming webhook here",
    }) as ISecret;
    accept(secret, 'noRotation');
    const description =
      'aws secretsmanager put-secret-value --secret-id <this> --secret-string <URL>';
    new CfnOutput(this, 'SlackSecretName', { value: secret.secretName, description });
    return secret;
  }
}

/** A service that rests has no task, and must not ring for it. */
function alarmOptionsOf({ desiredCount }: Settings): ServiceAlarmOptions {
  return { latency: LATENCY_MAX, ...(desiredCount > 0 ? { minHealthyTargets: desiredCount } : {}) };
}
