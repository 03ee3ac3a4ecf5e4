import {
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { ParameterStore } from './parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from './parameters/secrets-service.ts';
import { ssmService } from './parameters/ssm-service.ts';

const PLACE = { region: 'eu-west-1', accountId: '000000000000' };
const NOW = 1_700_000_000_123;

let gateway: Gateway;
let parameters: ParameterStore;
let secrets: SecretStore;
let ssm: SSMClient;
let secretsManager: SecretsManagerClient;

beforeEach(async () => {
  parameters = new ParameterStore(() => NOW);
  secrets = new SecretStore(() => NOW);
  gateway = await startGateway({
    events: new LabEvents(),
    services: [
      ssmService({ store: parameters, ...PLACE }),
      secretsManagerService({ store: secrets, ...PLACE }),
    ],
    ...PLACE,
  });
  const config = clientConfig(gateway.url, PLACE.region, 'LABTEST');
  ssm = new SSMClient(config);
  secretsManager = new SecretsManagerClient(config);
});

afterEach(async () => {
  ssm.destroy();
  secretsManager.destroy();
  await gateway.close();
});

describe('GetParameter', () => {
  const get = async (Name: string, WithDecryption?: boolean) =>
    (await ssm.send(new GetParameterCommand({ Name, ...(WithDecryption && { WithDecryption }) })))
      .Parameter;

  it('gives the newest version, or the one asked for', async () => {
    parameters.put('/healer/policy', 'one');
    parameters.put('/healer/policy', 'two');
    const ARN = 'arn:aws:ssm:eu-west-1:000000000000:parameter/healer/policy';
    expect(await get('/healer/policy')).toEqual({
      Name: '/healer/policy',
      Type: 'String',
      Value: 'two',
      Version: 2,
      LastModifiedDate: new Date(NOW),
      ARN,
      DataType: 'text',
    });
    expect(await get('/healer/policy:1')).toMatchObject({ Value: 'one', Selector: ':1' });
    expect(await get(ARN)).toMatchObject({ Value: 'two' });
    await expect(get('/healer/policy:3')).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
    });
  });

  it('hides a secure string unless it is to be decrypted', async () => {
    parameters.put('token', 'secret', 'SecureString');
    expect((await get('token'))?.Value).not.toContain('secret');
    expect((await get('token', true))?.Value).toBe('secret');
  });

  it('fails as AWS does when there is none', async () => {
    await expect(get('/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});

describe('GetParameters', () => {
  const get = (Names: string[]) => ssm.send(new GetParametersCommand({ Names }));

  it('tells found from missing', async () => {
    parameters.put('a', '1');
    const { Parameters, InvalidParameters } = await get(['a', 'b']);
    expect(Parameters).toMatchObject([{ Name: 'a', Value: '1' }]);
    expect(InvalidParameters).toEqual(['b']);
  });

  it('takes ten different names at most', async () => {
    const eleven = Array.from({ length: 11 }, (_, index) => `p${index}`);
    await expect(get(eleven)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'names: got 11 members, want 1 to 10',
    });
    await expect(get(['a', 'a'])).rejects.toThrow('names: got a twice');
  });
});

describe('GetParametersByPath', () => {
  it('gives ten a page, of this level or of all below', async () => {
    for (let index = 10; index < 33; index++) parameters.put(`/app/p${index}`, String(index));
    parameters.put('/app/deep/one', 'deep');
    parameters.put('/application', 'other');
    const names = async (Recursive: boolean) => {
      const pages: string[][] = [];
      const query = { Path: '/app', Recursive };
      for await (const page of paginateGetParametersByPath({ client: ssm }, query)) {
        pages.push((page.Parameters ?? []).map(({ Name }) => Name ?? ''));
      }
      return pages;
    };
    const level = await names(false);
    expect(level.map((page) => page.length)).toEqual([10, 10, 3]);
    expect(new Set(level.flat()).size).toBe(23);
    expect((await names(true)).flat()).toEqual(['/app/deep/one', ...level.flat()]);
  });

  it.each([
    [{ Path: 'app' }, 'ValidationException'],
    [{ Path: '/app', MaxResults: 11 }, 'ValidationException'],
    [{ Path: '/app', NextToken: 'made-up' }, 'InvalidNextToken'],
    [{ Path: '/app', ParameterFilters: [{ Key: 'Type', Values: ['String'] }] }, 'InvalidFilterKey'],
  ])('refuses %j', async (input, name) => {
    const asking = ssm.send(new GetParametersByPathCommand(input));
    await expect(asking).rejects.toMatchObject({ name });
  });
});

describe('PutParameter', () => {
  const put = (input: Partial<PutParameterCommand['input']>) =>
    ssm.send(new PutParameterCommand({ Name: 'p', Value: 'v', ...input }));

  it('makes, and overwrites only when told to', async () => {
    expect((await put({ Type: 'StringList' })).Version).toBe(1);
    await expect(put({ Value: 'w' })).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect((await put({ Value: 'w', Overwrite: true })).Version).toBe(2);
    expect(parameters.get('p')).toMatchObject({ value: 'w', type: 'StringList' });
  });

  it('wants a type for a new one, and a value of bounded length', async () => {
    await expect(put({})).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put({ Type: 'String', Value: 'x'.repeat(4097) })).rejects.toThrow(
      'got 4097 characters',
    );
  });
});

describe('GetSecretValue', () => {
  const get = (input: GetSecretValueCommandInput) =>
    secretsManager.send(new GetSecretValueCommand(input));

  it('gives the current value by name and by ARN', async () => {
    secrets.put('slack/webhook', '{"url":"x"}');
    const secret = await get({ SecretId: 'slack/webhook' });
    expect(secret).toMatchObject({
      Name: 'slack/webhook',
      SecretString: '{"url":"x"}',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(NOW),
    });
    expect(secret.ARN).toMatch(
      /^arn:aws:secretsmanager:eu-west-1:000000000000:secret:slack\/webhook-[a-z0-9]{6}$/,
    );
    expect(await get({ SecretId: secret.ARN })).toMatchObject({ SecretString: '{"url":"x"}' });
    expect(await get({ SecretId: secret.ARN?.slice(0, -7) })).toMatchObject({
      VersionId: secret.VersionId,
    });
  });

  it('keeps the previous value after a rotation, by stage and by version', async () => {
    secrets.put('key', 'old');
    const { VersionId } = await get({ SecretId: 'key' });
    secrets.put('key', Uint8Array.of(1, 2, 3));
    expect((await get({ SecretId: 'key' })).SecretBinary).toEqual(Uint8Array.of(1, 2, 3));
    const previous = { SecretString: 'old', VersionStages: ['AWSPREVIOUS'] };
    expect(await get({ SecretId: 'key', VersionStage: 'AWSPREVIOUS' })).toMatchObject(previous);
    expect(await get({ SecretId: 'key', VersionId })).toMatchObject(previous);
  });

  it('fails as AWS does when there is none', async () => {
    await expect(get({ SecretId: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining("Secrets Manager can't find the specified secret."),
    });
    secrets.put('once', 'x');
    const previous = get({ SecretId: 'once', VersionStage: 'AWSPREVIOUS' });
    await expect(previous).rejects.toThrow('staging label: AWSPREVIOUS');
  });
});
