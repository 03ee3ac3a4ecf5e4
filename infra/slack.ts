/** Where incidents are told. */
import { SecretValue, Token } from 'aws-cdk-lib';
import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';

/**
 * What must never stand in a template: Slack's tokens, and the URL of a webhook, which is a
 * password.
 */
const LITERAL_SECRET = /xox[a-z]-|xapp-|hooks\.slack(?:-gov)?\.com/;

const FIX =
  'put it into Secrets Manager by hand and pass ' +
  'Slack.webhook(Secret.fromSecretNameV2(scope, id, name))';

const PARAMETER_FIX =
  'put it into a SecureString by hand and pass Slack.webhookParameter(' +
  'StringParameter.fromSecureStringParameterAttributes(scope, id, { parameterName }))';

/** A way to reach Slack; made by its static methods. */
export class Slack {
  /**
   * Posts through an incoming webhook, kept in Secrets Manager.
   *
   * Under TypeScript's `exactOptionalPropertyTypes` a `new Secret(…)` is passed `as ISecret`: there
   * CDK's class does not fit its own interface. An imported secret fits everywhere.
   *
   * @param secret - holds the webhook's URL bare, or as `{ "webhookUrl": "https://…" }`
   */
  static webhook(secret: ISecret): Slack {
    refuseText('webhook', secret, FIX);
    refuseLiteral(secret);
    return new Slack(secret, undefined);
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
    refuseText('webhookParameter', parameter, PARAMETER_FIX);
    refusePlain(parameter);
    return new Slack(undefined, parameter);
  }

  /** The secret with the webhook's URL; none when a parameter holds it. */
  readonly secret: ISecret | undefined;
  /** The parameter with the webhook's URL; none when a secret holds it. */
  readonly parameter: IStringParameter | undefined;

  private constructor(secret: ISecret | undefined, parameter: IStringParameter | undefined) {
    this.secret = secret;
    this.parameter = parameter;
  }
}

/** Callers without types may pass anything, the URL itself first of all. */
function refuseText(method: string, given: unknown, fix: string): void {
  if (typeof given === 'string' || given instanceof SecretValue) {
    const wanted = method === 'webhook' ? 'a secret' : 'a parameter';
    throw new Error(`Slack.${method}: got a literal value, wanted ${wanted}; ${fix}`);
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

/**
 * A parameter that the app makes has its value in the template. One that it imports as plain text
 * becomes a parameter of the stack, which shows its value to everyone who may look at the stack.
 */
function refusePlain({ node, parameterType }: IStringParameter): void {
  if (parameterType === 'SecureString') return;
  const got = Token.isUnresolved(parameterType) ? 'one made by this app' : parameterType;
  throw new Error(
    `Slack.webhookParameter: the parameter ${node.path} is readable by many: got ${got}, ` +
      `wanted a SecureString; ${PARAMETER_FIX}`,
  );
}
