/** The healer, beside the services that it guards. */
import { CfnOutput } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ServiceGuard } from '../healing/service-guard.ts';
import { SelfHealing } from '../self-healing.ts';
import { Slack } from '../slack.ts';
import { accept } from './findings.ts';
import type { Settings } from './settings.ts';
import type { WebService } from './web-service.ts';

interface HealingProps {
  readonly settings: Settings;
  /** Asks nobody but load balancers, and is asked by the others. */
  readonly behind: readonly WebService[];
  readonly front: readonly WebService[];
}

export class Healing extends Construct {
  readonly healer: SelfHealing;
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, props: HealingProps) {
    super(scope, id);
    const { settings, behind, front } = props;
    this.secret = this.#secretOf(settings.slackSecret);
    const { environment, logRetentionDays: logRetention } = settings;
    const slack = Slack.webhook(this.secret);
    this.healer = new SelfHealing(this, 'Healer', { slack, environment, logRetention });
    // From the back: a fault there must not be taken for one of a task that asks it.
    const dependsOn = behind.map((service) => this.#guard(service));
    for (const service of front) this.#guard(service, dependsOn);
  }

  #guard({ service, task, targetGroups }: WebService, dependsOn?: ServiceGuard[]): ServiceGuard {
    return this.healer.guard(service, {
      // Both: after each deployment the tasks are in the other one.
      targetGroups: [...targetGroups.all],
      logGroup: task.logGroup,
      ...(dependsOn === undefined ? {} : { dependsOn }),
    });
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
