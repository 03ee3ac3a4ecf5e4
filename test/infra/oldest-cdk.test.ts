/** Runs with the oldest CDK that the construct promises to work with, as its other tests do too. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import oldest from 'aws-cdk-lib-oldest/package.json' with { type: 'json' };
import own from 'cloud-assembly-schema-oldest/package.json' with { type: 'json' };
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { aHealedSite } from './a-healed-app.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

/** By what classes of CDK tell other languages what they are. */
const NAME = Symbol.for('jsii.rtti');

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

function classOf(value: object): unknown {
  return Reflect.get(value.constructor, NAME);
}

beforeAll(async () => {
  await bundle();
});

describe('the oldest CDK', () => {
  test('is the one that makes the resources here', () => {
    const { version } = oldest;
    const { site } = aHealedSite();

    expect(classOf(site.healing.table)).toEqual({ fqn: 'aws-cdk-lib.aws_dynamodb.Table', version });
    expect(classOf(site.stack)).toEqual({ fqn: 'aws-cdk-lib.Stack', version });
  });

  test('has the schema of its own time beside it', () => {
    const fromOldest = createRequire(import.meta.resolve('aws-cdk-lib-oldest/package.json'));
    const schema = fromOldest('@aws-cdk/cloud-assembly-schema/package.json') as { version: string };

    expect(schema.version).toBe(own.version);
  });

  test('is where the range that the package states begins', async () => {
    const own = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;

    expect(own.peerDependencies).toEqual({
      'aws-cdk-lib': `^${oldest.version}`,
      constructs: oldest.peerDependencies.constructs,
    });
    expect(own.devDependencies['aws-cdk-lib']).not.toBe(oldest.version);
  });

  test('has the types that the construct is written with', async () => {
    const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const project = path.join(import.meta.dirname, 'tsconfig.oldest-cdk.json');
    const found = await promisify(execFile)(process.execPath, [tsc, '-p', project]).catch(
      (error: unknown) => error as { readonly stdout: string },
    );

    expect(found.stdout).toBe('');
  }, 120_000);
});
