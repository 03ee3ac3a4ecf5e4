/**
 * Secrets Manager for the lab: secrets kept in memory, and GetSecretValue.
 */
import { createHash, randomUUID } from 'node:crypto';
import type {
  GetSecretValueRequest,
  GetSecretValueResponse,
} from '@aws-sdk/client-secrets-manager';
import * as schemas from '@aws-sdk/client-secrets-manager';
import { AwsError, type AwsService } from '../gateway/operation.ts';

interface SecretVersion {
  readonly id: string;
  readonly value: string | Uint8Array;
  readonly createdAt: Date;
}

/** Secrets by name; each keeps its current and its previous value, as rotation does. */
export class SecretStore {
  readonly #versions = new Map<string, readonly SecretVersion[]>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Makes the secret, or makes this its current value. */
  put(name: string, value: string | Uint8Array): void {
    const version = { id: randomUUID(), value, createdAt: new Date(this.#now()) };
    this.#versions.set(name, [version, ...(this.#versions.get(name) ?? [])].slice(0, 2));
  }

  names(): readonly string[] {
    return [...this.#versions.keys()];
  }

  /** Current first, then previous. */
  versions(name: string): readonly SecretVersion[] {
    return this.#versions.get(name) ?? [];
  }
}

export interface SecretsServiceOptions {
  readonly store: SecretStore;
  readonly region: string;
  readonly accountId: string;
}

const STAGES = ['AWSCURRENT', 'AWSPREVIOUS'];

/** GetSecretValue, for the gateway. */
export function secretsManagerService(options: SecretsServiceOptions): AwsService {
  const { store, region, accountId } = options;
  const prefix = prefixOf(region, accountId);
  return {
    signingName: 'secretsmanager',
    schemas,
    operations: {
      GetSecretValue: (input: GetSecretValueRequest) => getSecretValue(store, prefix, input),
    },
  };
}

/** The full ARN, as Secrets Manager gives it to the secret that is made under this name. */
export function secretArn(name: string, region: string, accountId: string): string {
  return arnOf(name, prefixOf(region, accountId));
}

function prefixOf(region: string, accountId: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
}

function getSecretValue(
  store: SecretStore,
  arnPrefix: string,
  input: GetSecretValueRequest,
): GetSecretValueResponse {
  const { SecretId: asked = '', VersionId: id, VersionStage: stage } = input;
  const name = store.names().find((known) => isNamed(known, asked, arnPrefix));
  if (name === undefined) throw notFound('the specified secret.', `SecretId: got ${asked}`);
  const versions = store.versions(name);
  const index = versions.findIndex(
    (version, place) =>
      (id === undefined || version.id === id) &&
      (stage === undefined ? id !== undefined || place === 0 : STAGES[place] === stage),
  );
  const version = versions[index];
  if (!version) {
    const label = stage === undefined ? `VersionId: ${id}` : `staging label: ${stage}`;
    throw notFound(`the specified secret value for ${label}`, `SecretId: got ${asked}`);
  }
  return {
    ARN: arnOf(name, arnPrefix),
    Name: name,
    VersionId: version.id,
    ...(typeof version.value === 'string'
      ? { SecretString: version.value }
      : { SecretBinary: version.value }),
    VersionStages: [STAGES[index] as string],
    CreatedDate: version.createdAt,
  };
}

/** By name, by ARN, or by ARN without its six random characters. */
function isNamed(name: string, asked: string, arnPrefix: string): boolean {
  return [name, arnOf(name, arnPrefix), `${arnPrefix}${name}`].includes(asked);
}

function arnOf(name: string, prefix: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${prefix}${name}-${suffix}`;
}

function notFound(what: string, got: string): AwsError {
  const message = `Secrets Manager can't find ${what} (${got})`;
  return new AwsError('ResourceNotFoundException', message);
}
