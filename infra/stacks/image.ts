/** Which image a service runs: one that cannot change under a task definition that names it. */
import path from 'node:path';
import { Aws } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { Problems } from '../../functions/core/problems.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
export type ImageSettings =
  | { readonly kind: 'asset' }
  | {
      readonly kind: 'ecr';
      readonly account: string;
      readonly region: string;
      readonly repository: string;
      /** A digest or a commit tag. */
      readonly version: string;
    };

interface ChosenImage {
  readonly image: ContainerImage;
  /** What the service says of itself in its log lines. */
  readonly revision: string;
}

const WANTED =
  '"asset", or <account>.dkr.ecr.<region>.amazonaws.com/<repository> with @sha256:<digest> or ' +
  ':<commit> (7 to 40 hex digits), because a tag that moves gives two tasks of one revision ' +
  'different code';

const ECR = new RegExp(
  [
    /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\//,
    /(?<repository>[a-z0-9][a-z0-9._/-]*)/,
    /(?:@(?<digest>sha256:[0-9a-f]{64})|:(?<commit>[0-9a-f]{7,40}))$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

export function readImage(problems: Problems, key: string, value: unknown): ImageSettings {
  if (value === undefined || value === 'asset') return { kind: 'asset' };
  const groups = typeof value === 'string' ? ECR.exec(value)?.groups : undefined;
  const { account, region, repository, digest, commit } = groups ?? {};
  const version = digest ?? commit;
  if (!account || !region || !repository || !version) {
    problems.add(key, value, WANTED);
    return { kind: 'asset' };
  }
  return { kind: 'ecr', account, region, repository, version };
}

/** Gives the image to a container; an asset is only hashed at synth, Docker builds it at deploy. */
export function imageOf(scope: Construct, settings: ImageSettings): ChosenImage {
  if (settings.kind === 'asset') {
    const asset = new DockerImageAsset(scope, 'Image', {
      directory: path.resolve(import.meta.dirname, '../../workload'),
      exclude: ['node_modules'],
      // The task definition's architecture, whatever the machine that builds has: otherwise every
      // task of an image built on an ARM laptop ends with "exec format error".
      platform: Platform.LINUX_AMD64,
    });
    return {
      image: ContainerImage.fromDockerImageAsset(asset),
      revision: asset.assetHash.slice(0, 12),
    };
  }
  const { account, region, repository, version } = settings;
  const repositoryArn = `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`;
  const imported = Repository.fromRepositoryAttributes(scope, 'Repository', {
    repositoryArn,
    repositoryName: repository,
  });
  return {
    image: ContainerImage.fromEcrRepository(imported, version),
    revision: version.replace('sha256:', '').slice(0, 12),
  };
}
