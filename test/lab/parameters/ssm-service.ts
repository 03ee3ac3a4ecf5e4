/**
 * SSM Parameter Store over the lab's parameters: read by name or by path, and written.
 */
import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import * as schemas from '@aws-sdk/client-ssm';
import { AwsError, type AwsService } from '../gateway/operation.ts';
import type { ParameterStore, StoredParameter } from './parameter-store.ts';

export interface SsmServiceOptions {
  readonly store: ParameterStore;
  readonly region: string;
  readonly accountId: string;
}

const MOST_PER_CALL = 10;
const MOST_CHARACTERS = 4096;

/** GetParameter, GetParameters, GetParametersByPath and PutParameter, for the gateway. */
export function ssmService({ store, region, accountId }: SsmServiceOptions): AwsService {
  const parameters = new Parameters(store, `arn:aws:ssm:${region}:${accountId}:parameter/`);
  return {
    signingName: 'ssm',
    schemas,
    operations: {
      GetParameter: (input: GetParameterRequest) => parameters.get(input),
      GetParameters: (input: GetParametersRequest) => parameters.getSeveral(input),
      GetParametersByPath: (input: GetParametersByPathRequest) => parameters.getByPath(input),
      PutParameter: (input: PutParameterRequest) => parameters.put(input),
    },
  };
}

class Parameters {
  readonly #store: ParameterStore;
  readonly #arnPrefix: string;

  constructor(store: ParameterStore, arnPrefix: string) {
    this.#store = store;
    this.#arnPrefix = arnPrefix;
  }

  get({ Name = '', WithDecryption }: GetParameterRequest): GetParameterResult {
    const { name, version } = this.#read(Name);
    const parameter = this.#store.get(name, version);
    if (parameter) return { Parameter: this.#shown(parameter, WithDecryption, version) };
    const known = this.#store.get(name) !== undefined;
    if (known) throw new AwsError('ParameterVersionNotFound', `version: got ${version}, ${Name}`);
    // AWS gives no message here; the name helps whoever reads the journal.
    throw new AwsError('ParameterNotFound', `Name: got ${Name}, want a parameter that exists`);
  }

  getSeveral({ Names = [], WithDecryption }: GetParametersRequest): GetParametersResult {
    if (Names.length < 1 || Names.length > MOST_PER_CALL) {
      throw invalid(`names: got ${Names.length} members, want 1 to ${MOST_PER_CALL}`);
    }
    const twice = Names.find((name, index) => Names.indexOf(name) !== index);
    if (twice !== undefined) throw invalid(`names: got ${twice} twice, want each name once`);
    const found: Parameter[] = [];
    const missing: string[] = [];
    for (const asked of Names) {
      const { name, version } = this.#read(asked);
      const parameter = this.#store.get(name, version);
      if (parameter) found.push(this.#shown(parameter, WithDecryption, version));
      else missing.push(asked);
    }
    return { Parameters: found, InvalidParameters: missing };
  }

  getByPath(input: GetParametersByPathRequest): GetParametersByPathResult {
    const { Path = '', MaxResults = MOST_PER_CALL, NextToken, Recursive, WithDecryption } = input;
    if (!Path.startsWith('/')) throw invalid(`path: got ${Path}, want a path that starts with /`);
    if (MaxResults < 1 || MaxResults > MOST_PER_CALL) {
      throw invalid(`maxResults: got ${MaxResults}, want 1 to ${MOST_PER_CALL}`);
    }
    if (input.ParameterFilters?.length) {
      throw new AwsError(
        'InvalidFilterKey',
        'ParameterFilters: got some, want none (not in the lab)',
      );
    }
    const under = Path.endsWith('/') ? Path : `${Path}/`;
    const matching = this.#store.all().filter(({ name }) => {
      const rest = name.startsWith(under) ? name.slice(under.length) : '';
      return rest !== '' && (Recursive === true || !rest.includes('/'));
    });
    const start = placeOf(matching, NextToken);
    const page = matching.slice(start, start + MaxResults);
    const last = page.at(-1);
    return {
      Parameters: page.map((parameter) => this.#shown(parameter, WithDecryption)),
      ...(last && start + MaxResults < matching.length && { NextToken: tokenOf(last.name) }),
    };
  }

  put({ Name = '', Value = '', Type, Overwrite }: PutParameterRequest): PutParameterResult {
    const before = this.#store.get(Name);
    if (before && Overwrite !== true) {
      const message =
        'The parameter already exists. To overwrite this value, set the overwrite option in the ' +
        'request to true.';
      throw new AwsError('ParameterAlreadyExists', message);
    }
    const type = Type ?? before?.type;
    if (type === undefined)
      throw invalid('A parameter type is required when you create a parameter.');
    if (Value === '' || Value.length > MOST_CHARACTERS) {
      throw invalid(`value: got ${Value.length} characters, want 1 to ${MOST_CHARACTERS}`);
    }
    return { Version: this.#store.put(Name, Value, type).version, Tier: 'Standard' };
  }

  /** A name, a name with `:version`, or an ARN of either. */
  #read(asked: string): { readonly name: string; readonly version?: number } {
    let plain = asked;
    if (asked.startsWith(this.#arnPrefix)) {
      const rest = asked.slice(this.#arnPrefix.length);
      // The slash before a name with a path is the one the ARN has anyway.
      plain = rest.includes('/') ? `/${rest}` : rest;
    }
    const [, name, version] = /^(.*):(\d+)$/.exec(plain) ?? [];
    return name === undefined ? { name: plain } : { name, version: Number(version) };
  }

  #shown(parameter: StoredParameter, decrypt: boolean | undefined, asked?: number): Parameter {
    const { name, value, type, version, modifiedAt } = parameter;
    const hidden = type === 'SecureString' && decrypt !== true;
    return {
      Name: name,
      Type: type,
      Value: hidden ? Buffer.from(`encrypted:${value}`).toString('base64') : value,
      Version: version,
      ...(asked !== undefined && { Selector: `:${asked}` }),
      LastModifiedDate: modifiedAt,
      ARN: `${this.#arnPrefix}${name.replace(/^\//, '')}`,
      DataType: 'text',
    };
  }
}

function placeOf(all: readonly StoredParameter[], token: string | undefined): number {
  if (token === undefined) return 0;
  const index = all.findIndex(({ name }) => tokenOf(name) === token);
  if (index >= 0) return index + 1;
  throw new AwsError('InvalidNextToken', `NextToken: got ${token}, want one of this query`);
}

function tokenOf(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
