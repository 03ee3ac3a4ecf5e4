/** How a function gets at a secret, wherever it is kept. */
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Kept } from '../../functions/core/environment-variables.ts';
import { allow, onlyVia } from './place.ts';

/** One of the two. */
export interface Holder {
  readonly secret?: ISecret | undefined;
  readonly parameter?: IStringParameter | undefined;
}

interface Known {
  readonly kept: Kept;
  readonly action: string;
  readonly arn: string;
  readonly encryptionKey: IKey | undefined;
}

export function keptIn(holder: Holder): Kept {
  return knownOf(holder).kept;
}

/**
 * Lets a function read the secret, and nothing else.
 *
 * @param what - names the statements, such as `Webhook`.
 */
export function grantKept(role: Role, what: string, holder: Holder): void {
  const { action, arn, encryptionKey } = knownOf(holder);
  allow(role, `Read${what}`, [action], [arn]);
  if (encryptionKey === undefined) return;
  const via = onlyVia(action.startsWith('ssm:') ? 'ssm' : 'secretsmanager');
  allow(role, `Open${what}`, ['kms:Decrypt'], [encryptionKey.keyArn], via);
}

function knownOf({ secret, parameter }: Holder): Known {
  if (secret !== undefined) {
    return {
      kept: { in: 'secret', name: secret.secretFullArn ?? secret.secretName },
      action: 'secretsmanager:GetSecretValue',
      // A secret that is known by its name has six random characters behind it.
      arn: secret.secretFullArn ?? `${secret.secretArn}-??????`,
      encryptionKey: secret.encryptionKey,
    };
  }
  if (parameter === undefined) throw new Error('got no secret and no parameter, wanted one');
  // The key is in no interface of CDK, though every parameter that CDK imports has it.
  const { encryptionKey } = parameter as { readonly encryptionKey?: IKey };
  return {
    kept: { in: 'parameter', name: parameter.parameterName },
    action: 'ssm:GetParameter',
    arn: parameter.parameterArn,
    encryptionKey,
  };
}
