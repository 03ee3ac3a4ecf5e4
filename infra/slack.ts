/** Where incidents are told. */
import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import { type Broadcast, CHANNEL_ID, GROUP_ID } from '../functions/core/environment-notify.ts';
import { refuseLiteral, refusePlain, refuseText } from './healing/literal-secrets.ts';

/** When the channel hears of what is in an incident's thread. */
export class SlackBroadcast {
  /** When a person must look, and when an incident is opened again. */
  static readonly NEEDS_HUMAN = new SlackBroadcast('needs-human');
  /** At a recovery too. */
  static readonly ALWAYS = new SlackBroadcast('always');
  /** Never; who is mentioned in the thread is still called. */
  static readonly NEVER = new SlackBroadcast('never');

  /** As the configuration spells it. */
  readonly value: string;
  /** @internal */
  readonly _value: Broadcast;

  private constructor(value: Broadcast) {
    this.value = value;
    this._value = value;
  }
}

/** Where and how a bot tells. */
export interface SlackBotOptions {
  /** Id of the channel, such as `C0123456789`; its name may change. The bot must be a member. */
  readonly channel: string;
  /**
   * Id of the user group that is called when a person must look, such as `S0123456789`.
   *
   * @default - nobody: who watches the channel sees it
   */
  readonly mention?: string;
  /**
   * When the channel hears of what is in an incident's thread.
   *
   * @default SlackBroadcast.NEEDS_HUMAN: what heals by itself disturbs nobody
   */
  readonly broadcast?: SlackBroadcast;
}

/** Buttons under the messages. */
export interface SlackButtons {
  /** Holds the signing secret of the Slack app bare, or as `{ "signingSecret": "…" }`. */
  readonly signingSecret: ISecret;
  /** Ids of the people whose clicks count, such as `U0123456789`. */
  readonly users: string[];
  /**
   * Clicks that are worked on at the same time. The address is open to everyone, so that this is
   * also the most that a flood of forged ones can cost. It is taken from the account's concurrency,
   * of which Lambda leaves at least 100 unreserved (10 in a new account): ask for more there first.
   *
   * @default 2: a click takes some hundred milliseconds
   */
  readonly concurrency?: number;
}

type Way = 'webhook' | 'bot' | 'topic';

/** A way to reach Slack; made by its static methods. */
export class Slack {
  /**
   * Posts through an incoming webhook, kept in Secrets Manager: a new message for each change.
   *
   * Under TypeScript's `exactOptionalPropertyTypes` a `new Secret(…)` is passed `as ISecret`: there
   * CDK's class does not fit its own interface. An imported secret fits everywhere.
   *
   * @param secret - holds the webhook's URL bare, or as `{ "webhookUrl": "https://…" }`
   */
  static webhook(secret: ISecret): Slack {
    refuseText('Slack.webhook', secret, 'secret');
    refuseLiteral('Slack.webhook', secret);
    return new Slack('webhook', { secret });
  }

  /**
   * Posts through an incoming webhook, kept in SSM's Parameter Store.
   *
   * CloudFormation cannot make a SecureString, so it is made by hand and imported by
   * `StringParameter.fromSecureStringParameterAttributes`; name its `encryptionKey` there when it
   * is not SSM's own.
   *
   * @param parameter - a SecureString; holds the webhook's URL bare, or as
   * `{ "webhookUrl": "https://…" }`
   */
  static webhookParameter(parameter: IStringParameter): Slack {
    refuseText('Slack.webhookParameter', parameter, 'parameter');
    refusePlain('Slack.webhookParameter', parameter);
    return new Slack('webhook', { parameter });
  }

  /**
   * Posts as a bot whose token is kept in Secrets Manager: one message for each incident, which is
   * edited, with a thread under it.
   *
   * @param secret - holds the bot's token bare, or as `{ "botToken": "…" }`
   */
  static bot(secret: ISecret, options: SlackBotOptions): Slack {
    refuseText('Slack.bot', secret, 'secret');
    refuseLiteral('Slack.bot', secret);
    return new Slack('bot', { secret }, options);
  }

  /**
   * Posts as a bot whose token is kept in SSM's Parameter Store.
   *
   * @param parameter - a SecureString, made by hand and imported; holds the bot's token bare, or as
   * `{ "botToken": "…" }`
   */
  static botParameter(parameter: IStringParameter, options: SlackBotOptions): Slack {
    refuseText('Slack.botParameter', parameter, 'parameter');
    refusePlain('Slack.botParameter', parameter);
    return new Slack('bot', { parameter }, options);
  }

  /**
   * Publishes to a topic of its own, `healing.chatTopic`, what Amazon Q Developer in chat
   * applications shows; the channel's configuration there must subscribe to it. It has no secret,
   * and no buttons of ours.
   */
  static amazonQ(): Slack {
    return new Slack('topic', {});
  }

  /** @internal */
  readonly _way: Way;
  /** The secret with the webhook's URL or the bot's token; none when a parameter holds it. */
  readonly secret: ISecret | undefined;
  /** The parameter with the webhook's URL or the bot's token; none when a secret holds it. */
  readonly parameter: IStringParameter | undefined;
  /** Where and how the bot tells; none without a bot. */
  readonly botOptions: SlackBotOptions | undefined;

  private constructor(
    way: Way,
    { secret, parameter }: { secret?: ISecret; parameter?: IStringParameter },
    botOptions?: SlackBotOptions,
  ) {
    if (botOptions !== undefined) refuseIds(botOptions);
    this._way = way;
    this.secret = secret;
    this.parameter = parameter;
    this.botOptions = botOptions;
  }
}

function refuseIds({ channel, mention }: SlackBotOptions): void {
  refuseId('Slack.bot: channel', channel, CHANNEL_ID, 'the id of a channel such as C0123456789');
  if (mention === undefined) return;
  refuseId('Slack.bot: mention', mention, GROUP_ID, 'the id of a user group such as S0123456789');
}

/** A value that only CloudFormation will know passes; the function refuses it at its start. */
export function refuseId(field: string, value: string, pattern: RegExp, wanted: string): void {
  if (Token.isUnresolved(value) || pattern.test(value)) return;
  throw new Error(`${field}: got '${value}', wanted ${wanted}`);
}
