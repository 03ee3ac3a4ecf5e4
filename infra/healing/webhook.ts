/** How notify gets at the webhook's URL, wherever it is kept. */
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { NotifyEnvironment } from '../../functions/core/environment.ts';
import type { Slack } from '../slack.ts';

interface Webhook {
  readonly environment: NotifyEnvironment;
  readonly action: string;
  readonly arn: string;
  readonly encryptionKey: IKey | undefined;
}

export function webhookEnvironment(slack: Slack): NotifyEnvironment {
  return webhookOf(slack).environment;
}

/** Lets notify read the webhook, and nothing else. */
export function grantWebhook(role: Role, slack: Slack): void {
  const { action, arn, encryptionKey } = webhookOf(slack);
  role.addToPolicy(
    new PolicyStatement({ sid: 'ReadWebhook', actions: [action], resources: [arn] }),
  );
  if (encryptionKey === undefined) return;
  role.addToPolicy(
    new PolicyStatement({
      sid: 'OpenWebhook',
      actions: ['kms:Decrypt'],
      resources: [encryptionKey.keyArn],
    }),
  );
}

function webhookOf({ secret, parameter }: Slack): Webhook {
  if (secret !== undefined) {
    return {
      environment: { slackSecretId: secret.secretFullArn ?? secret.secretName },
      action: 'secretsmanager:GetSecretValue',
      // A secret that is known by its name has six random characters behind it.
      arn: secret.secretFullArn ?? `${secret.secretArn}-??????`,
      encryptionKey: secret.encryptionKey,
    };
  }
  if (parameter === undefined) throw new Error('slack: got no webhook, wanted one made by Slack');
  // The key is in no interface of CDK, though every parameter that CDK imports has it.
  const { encryptionKey } = parameter as { readonly encryptionKey?: IKey };
  return {
    environment: { slackParameterName: parameter.parameterName },
    action: 'ssm:GetParameter',
    arn: parameter.parameterArn,
    encryptionKey,
  };
}
