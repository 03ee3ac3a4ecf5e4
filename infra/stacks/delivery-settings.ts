/** Who delivers: a pipeline in the account, a workflow on GitHub, both or nobody. */
import type { Problems } from '../../functions/core/problems.ts';

export interface PipelineSettings {
  /** Of CodeConnections; a person has made it and said yes to it in the console. */
  readonly connectionArn: string;
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
}

export interface DeliverySettings {
  readonly pipeline: PipelineSettings | undefined;
  /** `owner/name` of the repository whose workflow may deploy. */
  readonly githubRepository: string | undefined;
}

const EXAMPLE =
  '{"connectionArn":"arn:aws:codeconnections:…","repository":"owner/name","branch":"main"}';
const CONNECTION =
  /^arn:[\w-]+:(?:codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/;
const REPOSITORY = /^[\w-]+\/[\w.-]+$/;
const BRANCH = /^[\w./-]+$/;

/** Reads `pipeline`, an object with connectionArn, repository and branch (`main` without it). */
export function readPipeline(problems: Problems, value: unknown): PipelineSettings | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add('pipeline', value, `JSON like ${EXAMPLE}`);
    return undefined;
  }
  const at = 'pipeline';
  const item = problems.object(at, value, ['connectionArn', 'repository', 'branch']);
  const matching = (key: string, given: unknown, pattern: RegExp, wanted: string): string => {
    if (typeof given === 'string' && pattern.test(given)) return given;
    problems.add(`${at}.${key}`, given, wanted);
    return '';
  };
  const wantedArn = 'the ARN of a connection of CodeConnections';
  const connectionArn = matching('connectionArn', item['connectionArn'], CONNECTION, wantedArn);
  const full = matching('repository', item['repository'], REPOSITORY, 'owner/name');
  const branch = matching('branch', item['branch'] ?? 'main', BRANCH, 'the name of a branch');
  const [owner = '', repository = ''] = full.split('/');
  return { connectionArn, owner, repository, branch };
}

/** Reads `githubRepository`. */
export function readGithubRepository(problems: Problems, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // It becomes the condition of a role's trust, where a wildcard would let anybody in.
  if (typeof value === 'string' && REPOSITORY.test(value)) return value;
  problems.add('githubRepository', value, 'owner/name');
  return undefined;
}
