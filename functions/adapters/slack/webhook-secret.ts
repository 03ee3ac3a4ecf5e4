import type { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { HealerError } from '../../core/errors.ts';
import { calling } from '../aws/errors.ts';

/** A rotated webhook is used after this long at the latest. */
const MAX_AGE_SECONDS = 300;

/** Reads the webhook's URL from a secret that holds it bare, or as `{ "webhookUrl": "https://…" }`. */
export function webhookSecret(provider: SecretsProvider, secretId: string): () => Promise<string> {
  return async () =>
    urlFrom(
      'secret',
      await calling('secretsmanager:GetSecretValue', () =>
        provider.get(secretId, { maxAge: MAX_AGE_SECONDS }),
      ),
    );
}

/** Reads it from a SecureString parameter, which may hold it in the same two ways. */
export function webhookParameter(provider: SSMProvider, name: string): () => Promise<string> {
  return async () =>
    urlFrom(
      'parameter',
      await calling('ssm:GetParameter', () =>
        provider.get(name, { maxAge: MAX_AGE_SECONDS, decrypt: true }),
      ),
    );
}

function urlFrom(holder: 'secret' | 'parameter', value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new HealerError(
      'config.invalid',
      `slack webhook ${holder}: got nothing, wanted a text ${holder}`,
    );
  }
  return value.trimStart().startsWith('{') ? fromJson(holder, value) : value.trim();
}

function fromJson(holder: string, value: string): string {
  try {
    const url: unknown = (JSON.parse(value) as { webhookUrl?: unknown }).webhookUrl;
    if (typeof url === 'string') return url;
  } catch {
    // The value is a secret, so the parser's message, which quotes it, is not passed on.
  }
  throw new HealerError(
    'config.invalid',
    `slack webhook ${holder}: wanted JSON with a field webhookUrl`,
  );
}
