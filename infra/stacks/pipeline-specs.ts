/** What CodeBuild runs: the commands of the workflows, with names from the stack. */
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { DEPLOY, GATES, PUSH, SBOMS, SCAN, WRITE_RELEASE } from '../delivery/commands.ts';
import { RELEASE_FOLDER } from '../delivery/names.ts';

/** It runs npm only: the packages bring the Node that everything else is run by. */
const NODE_OF_NPM = 22;
const INSTALL = ['npm ci', 'export PATH="$PWD/node_modules/.bin:$PATH"'];
const COMMIT = '$CODEBUILD_RESOLVED_SOURCE_VERSION';

export function buildSpec(repositoryUri: string): BuildSpec {
  return specOf({
    commands: [
      SCAN,
      ...INSTALL,
      ...GATES,
      // Not in one line: `export` would hide that the command failed.
      `IMAGE=$(${PUSH} "${repositoryUri}" "${COMMIT}")`,
      'export IMAGE',
    ],
    env: { 'exported-variables': ['IMAGE'] },
    artifacts: { files: [...SBOMS] },
  });
}

/** @param releases whether a stage comes after it that needs files. */
export function deploySpec(releases: boolean): BuildSpec {
  if (!releases) return specOf({ commands: [...INSTALL, DEPLOY] });
  return specOf({
    commands: [...INSTALL, DEPLOY, WRITE_RELEASE],
    artifacts: { 'base-directory': RELEASE_FOLDER, files: ['**/*'] },
  });
}

interface Spec {
  readonly commands: readonly string[];
  readonly env?: object;
  readonly artifacts?: object;
}

function specOf({ commands, env = {}, artifacts }: Spec): BuildSpec {
  return BuildSpec.fromObject({
    version: '0.2',
    env: { shell: 'bash', ...env },
    phases: {
      install: { 'runtime-versions': { nodejs: NODE_OF_NPM } },
      build: { 'on-failure': 'ABORT', commands },
    },
    ...(artifacts === undefined ? {} : { artifacts }),
  });
}
