/** Where incidents are told. */
import { SecretValue, Token } from 'aws-cdk-lib';
import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/**
 * What must never stand in a template: Slack's tokens, and the URL of a webhook, which is a
 * password.
 */
const LITERAL_SECRET = /xox[a-z]-|xapp-|hooks\.slack\.com/;

const FIX =
  'put it into Secrets Manager by hand and pass ' +
  'Slack.webhook(Secret.fromSecretNameV2(scope, id, name))';

/** A way to reach Slack; made by its static methods. */
export class Slack {
  /**
   * Posts through an incoming webhook.
   *
   * @param secret - holds the webhook's URL bare, or as `{ "webhookUrl": "https://…" }`
   */
  static webhook(secret: ISecret): Slack {
    return new Slack(secret);
  }

  /** The secret with the webhook's URL. */
  readonly secret: ISecret;

  private constructor(secret: ISecret) {
    // Callers without types may pass anything, the URL itself first of all.
    const given: unknown = secret;
    if (typeof given === 'string' || given instanceof SecretValue) {
      throw new Error(`Slack.webhook: got a literal value, wanted a secret; ${FIX}`);
    }
    refuseLiteral(secret);
    this.secret = secret;
  }
}

/**
 * A secret whose value is written in the app is readable in its template, by everyone who may
 * deploy.
 */
function refuseLiteral(secret: ISecret): void {
  const resource = secret.node.defaultChild;
  if (!(resource instanceof CfnSecret)) return;
  const { secretString } = resource;
  if (secretString === undefined) return;
  const value: unknown = Token.isUnresolved(secretString)
    ? resource.stack.resolve(secretString)
    : secretString;
  if (LITERAL_SECRET.test(JSON.stringify(value))) {
    throw new Error(`Slack.webhook: the secret ${secret.node.path} has a literal value; ${FIX}`);
  }
}
