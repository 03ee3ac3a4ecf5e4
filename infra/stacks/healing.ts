/** The healer, beside the services that it guards. */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ServiceAlarmOptions } from '../healing/service-alarms.ts';
import type { ServiceGuard } from '../healing/service-guard.ts';
import { SelfHealing } from '../self-healing.ts';
import type { SelfHealingProps } from '../self-healing-props.ts';
import { Slack, type SlackButtons } from '../slack.ts';
import { accept } from './findings.ts';
import type { Settings } from './settings.ts';
import type { WebService } from './web-service.ts';

/** The service answers within milliseconds, and a page that waits longer feels broken. */
const LATENCY_MAX = Duration.seconds(1);

/** Twice within what CloudWatch looks back. */
const DRILLS_EVERY = Duration.days(3);

interface HealingProps {
  readonly settings: Settings;
  /** Asks nobody but load balancers, and is asked by the others. */
  readonly behind: readonly WebService[];
  readonly front: readonly WebService[];
  /** With it drills may make tasks ill. */
  readonly drillToken: ISecret | undefined;
  /** Where users, and so drills, come in. */
  readonly url: string;
}

export class Healing extends Construct {
  readonly healer: SelfHealing;
  readonly secret: ISecret;
  readonly #props: HealingProps;

  constructor(scope: Construct, id: string, props: HealingProps) {
    super(scope, id);
    const { settings, behind, front, drillToken } = props;
    this.#props = props;
    this.secret = this.#slackSecret();
    const { environment, logRetentionDays: logRetention } = settings;
    const buttons = this.#buttons();
    this.healer = new SelfHealing(this, 'Healer', {
      slack: slackOf(this.secret, settings),
      environment,
      logRetention,
      ...(buttons === undefined ? {} : { buttons }),
      ...drillsOf(settings, drillToken),
    });
    // From the back: a fault there must not be taken for one of a task that asks it.
    const dependsOn = behind.map((service) => this.#guard(service));
    for (const service of front) this.#guard(service, dependsOn);
    this.#tell();
  }

  #guard(guarded: WebService, dependsOn?: ServiceGuard[]): ServiceGuard {
    const { service, task, targetGroups } = guarded;
    const { settings } = this.#props;
    const guard = this.healer.guard(service, {
      alarmOptions: alarmOptionsOf(settings),
      // Both: after each deployment the tasks are in the other one.
      targetGroups: [...targetGroups.all],
      logGroup: task.logGroup,
      ...(dependsOn === undefined ? {} : { dependsOn }),
      ...(this.#isReached(guarded) ? { faultUrl: this.#props.url } : {}),
    });
    // A service that is being made has too few healthy tasks, which is no incident.
    for (const alarm of guard.ownAlarms) alarm.node.addDependency(service);
    return guard;
  }

  /** Whether a drill that comes in where users do meets tasks of this service. */
  #isReached({ node }: WebService): boolean {
    const { drillToken, settings } = this.#props;
    const all = settings.services.find(({ paths }) => paths.includes('/*'));
    return drillToken !== undefined && all?.name === node.id;
  }

  #slackSecret(): ISecret {
    const { slackSecret: name, slackChannel } = this.#props.settings;
    const what =
      slackChannel === undefined ? "the URL of Slack's incoming webhook" : "the bot's token";
    return this.#secretOf('SlackSecret', name, what);
  }

  #buttons(): SlackButtons | undefined {
    const { slackUsers, slackSigningSecret } = this.#props.settings;
    if (slackUsers === undefined) return undefined;
    const what = 'the signing secret of the Slack app';
    const signingSecret = this.#secretOf('SlackSigningSecret', slackSigningSecret, what);
    return { signingSecret, users: [...slackUsers] };
  }

  #secretOf(id: string, name: string | undefined, what: string): ISecret {
    if (name === undefined) return this.#makeSecret(id, what);
    if (!name.startsWith('arn:')) return Secret.fromSecretNameV2(this, id, name);
    return Secret.fromSecretCompleteArn(this, id, name);
  }

  /** Made with a value that nobody knows; until the right one is put in, messages wait. */
  #makeSecret(id: string, what: string): ISecret {
    const secret = new Secret(this, id, { description: `Put ${what} here` }) as ISecret;
    accept(secret, 'noRotation');
    const description = `aws secretsmanager put-secret-value --secret-id <this>: ${what}`;
    new CfnOutput(this, `${id}Name`, { value: secret.secretName, description });
    return secret;
  }

  #tell(): void {
    const { respondUrl } = this.healer;
    if (respondUrl === undefined) return;
    const description = "Request URL of the Slack app's interactivity";
    new CfnOutput(this, 'SlackRequestUrl', { value: respondUrl, description });
  }
}

function slackOf(
  secret: ISecret,
  { slackChannel: channel, slackMention: mention }: Settings,
): Slack {
  if (channel === undefined) return Slack.webhook(secret);
  return Slack.bot(secret, { channel, ...(mention === undefined ? {} : { mention }) });
}

function drillsOf(
  { drills, productionDrills: production }: Settings,
  faultSecret: ISecret | undefined,
): Pick<SelfHealingProps, 'drills'> {
  if (drills === 'off') return {};
  const faults = faultSecret === undefined ? {} : { faultSecret };
  return { drills: { every: DRILLS_EVERY, production, ...faults } };
}

/** A service that rests has no task, and must not ring for it. */
function alarmOptionsOf({ desiredCount }: Settings): ServiceAlarmOptions {
  return { latency: LATENCY_MAX, ...(desiredCount > 0 ? { minHealthyTargets: desiredCount } : {}) };
}
