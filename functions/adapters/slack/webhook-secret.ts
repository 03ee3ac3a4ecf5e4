import type { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { HealerError } from '../../core/errors.ts';
import { calling } from '../aws/errors.ts';

/** A rotated webhook is used after this long at the latest. */
const MAX_AGE_SECONDS = 300;

/** Reads the webhook's URL from a secret that holds it bare, or as `{ "webhookUrl": "https://…" }`. */
export function webhookSecret(provider: SecretsProvider, secretId: string): () => Promise<string> {
  return async () => {
    const value = await calling('secretsmanager:GetSecretValue', () =>
      provider.get(secretId, { maxAge: MAX_AGE_SECONDS }),
    );
    if (typeof value !== 'string' || value === '') {
      throw new HealerError(
        'config.invalid',
        'slack webhook secret: got nothing, wanted a text secret',
      );
    }
    return value.trimStart().startsWith('{') ? fromJson(value) : value.trim();
  };
}

function fromJson(value: string): string {
  try {
    const url: unknown = (JSON.parse(value) as { webhookUrl?: unknown }).webhookUrl;
    if (typeof url === 'string') return url;
  } catch {
    // The value is a secret, so the parser's message, which quotes it, is not passed on.
  }
  throw new HealerError(
    'config.invalid',
    'slack webhook secret: wanted JSON with a field webhookUrl',
  );
}
