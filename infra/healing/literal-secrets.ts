/** Refuses secrets whose value would stand in a template. */
import { SecretValue, Token } from 'aws-cdk-lib';
import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';

/**
 * What must never stand in a template: Slack's tokens, and the URL of a webhook, which is a
 * password.
 */
const LITERAL_SECRET = /xox[a-z]-|xapp-|hooks\.slack(?:-gov)?\.com/;

type Holder = 'secret' | 'parameter';

function fixOf(call: string, holder: Holder): string {
  if (holder === 'secret') {
    return `put it into Secrets Manager by hand and pass ${call}(Secret.fromSecretNameV2(scope, id, name))`;
  }
  return (
    `put it into a SecureString by hand and pass ${call}(` +
    'StringParameter.fromSecureStringParameterAttributes(scope, id, { parameterName }))'
  );
}

/** Callers without types may pass anything, the value itself first of all. */
export function refuseText(call: string, given: unknown, holder: Holder): void {
  if (typeof given === 'string' || given instanceof SecretValue) {
    throw new Error(`${call}: got a literal value, wanted a ${holder}; ${fixOf(call, holder)}`);
  }
}

/**
 * A secret whose value is written in the app is readable in its template, by everyone who may
 * deploy.
 *
 * @param pattern - of the values that are refused; a value that is none of them may be a
 * placeholder for one that is put in by hand.
 */
export function refuseLiteral(call: string, secret: ISecret, pattern = LITERAL_SECRET): void {
  const resource = secret.node.defaultChild;
  if (!(resource instanceof CfnSecret)) return;
  const { secretString } = resource;
  if (secretString === undefined) return;
  const value: unknown = Token.isUnresolved(secretString)
    ? resource.stack.resolve(secretString)
    : secretString;
  if (pattern.test(JSON.stringify(value))) {
    const fix = fixOf(call, 'secret');
    throw new Error(`${call}: the secret ${secret.node.path} has a literal value; ${fix}`);
  }
}

/**
 * A parameter that the app makes has its value in the template. One that it imports as plain text
 * becomes a parameter of the stack, which shows its value to everyone who may look at the stack.
 */
export function refusePlain(call: string, { node, parameterType }: IStringParameter): void {
  if (parameterType === 'SecureString') return;
  const got = Token.isUnresolved(parameterType) ? 'one made by this app' : parameterType;
  throw new Error(
    `${call}: the parameter ${node.path} is readable by many: got ${got}, ` +
      `wanted a SecureString; ${fixOf(call, 'parameter')}`,
  );
}
