import type { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import type { Kept } from '../../core/environment-variables.ts';
import { HealerError } from '../../core/errors.ts';
import { calling } from './errors.ts';

/** A rotated secret is used after this long at the latest. */
const MAX_AGE_SECONDS = 300;

/** Only the one that is asked is made. */
export interface SecretSources {
  readonly secrets: () => Pick<SecretsProvider, 'get'>;
  readonly parameters: () => Pick<SSMProvider, 'get'>;
}

/**
 * Reads a secret that is kept bare, or as a field of a JSON object.
 *
 * @param field - such as `webhookUrl`
 * @throws {config.invalid} without the value: it is a secret even when it is wrong.
 */
export function keptSecret(
  { in: holder, name }: Kept,
  field: string,
  sources: SecretSources,
): () => Promise<string> {
  const get = holder === 'secret' ? getSecret(sources, name) : getParameter(sources, name);
  return async () => valueFrom(`${holder} of ${field}`, field, await get());
}

function getSecret({ secrets }: SecretSources, name: string): () => Promise<unknown> {
  const provider = secrets();
  return () =>
    calling('secretsmanager:GetSecretValue', () => provider.get(name, { maxAge: MAX_AGE_SECONDS }));
}

function getParameter({ parameters }: SecretSources, name: string): () => Promise<unknown> {
  const provider = parameters();
  return () =>
    calling('ssm:GetParameter', () =>
      provider.get(name, { maxAge: MAX_AGE_SECONDS, decrypt: true }),
    );
}

function valueFrom(what: string, field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new HealerError('config.invalid', `${what}: got nothing, wanted a text`);
  }
  return value.trimStart().startsWith('{') ? fromJson(what, field, value) : value.trim();
}

function fromJson(what: string, field: string, value: string): string {
  try {
    const found: unknown = (JSON.parse(value) as Record<string, unknown>)[field];
    if (typeof found === 'string') return found;
  } catch {
    // The value is a secret, so the parser's message, which quotes it, is not passed on.
  }
  throw new HealerError('config.invalid', `${what}: wanted JSON with a field ${field}`);
}
