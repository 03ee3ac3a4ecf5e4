import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as commands from '../../infra/delivery/commands.ts';
import { GITHUB_ENVIRONMENT, GITHUB_SESSION_SECONDS } from '../../infra/delivery/names.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = '.github/workflows';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly 'cancel-in-progress': unknown };
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const WORKFLOWS = readdirSync(path.join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`);
const SETUP = '.github/actions/setup/action.yml';
const workflow = (name: string) => parse(read(`${FOLDER}/${name}`)) as Workflow;
const setup = parse(read(SETUP)) as { readonly runs: { readonly steps: readonly Step[] } };
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps ?? []);
const runsOf = (name: string) => stepsOf(workflow(name)).flatMap(({ run }) => run ?? []);
const { scripts, devDependencies: pins } = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** Each `uses:` with the comment behind it, which the parsed file has lost. */
const usesIn = (text: string) => [...text.matchAll(/uses: (.+)$/gm)].map(([, used = '']) => used);

describe.each(WORKFLOWS)('the workflow %s', (file) => {
  const { permissions, concurrency, jobs } = parse(read(file)) as Workflow;

  test('is one that GitHub takes', () => {
    expect(validateWorkflow(read(file)).errors).toEqual([]);
  });

  test('pins each action to a commit, and says of which version it is', () => {
    for (const used of usesIn(read(file))) {
      expect(used).toMatch(/^(?:\.\/\.github\/[\w./-]+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    }
  });

  test('gives each job the permissions that it needs, and no job any other', () => {
    expect(permissions).toEqual({});
    for (const [name, { permissions: granted }] of Object.entries(jobs)) {
      const deploys = name === 'deploy' ? { 'id-token': 'write' } : {};
      expect(granted, name).toEqual({ contents: 'read', ...deploys });
    }
  });

  test('ends, and does not overtake itself', () => {
    expect(concurrency).toBeDefined();
    for (const [name, job] of Object.entries(jobs)) {
      if (job.uses === undefined) expect(job['timeout-minutes'], name).toBeLessThanOrEqual(115);
    }
  });

  test('runs scripts that there are', () => {
    const runs = stepsOf({ on: {}, jobs }).flatMap(({ run }) => run ?? []);
    const named = runs.flatMap((run) => [...run.matchAll(/npm run ([\w:-]+)/g)]);

    for (const [, script = ''] of named) expect(Object.keys(scripts)).toContain(script);
  });

  test('knows no secret, and leaves none behind in the clone', () => {
    expect(read(file)).not.toMatch(/secrets\.|access-key/);
    for (const { uses, with: inputs } of stepsOf({ on: {}, jobs })) {
      if (uses?.startsWith('actions/checkout@') !== true) continue;
      expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });
});

describe('the gates', () => {
  test('run for each pull request, and before each deployment', () => {
    const { jobs } = workflow('deploy.yml');

    expect(Object.keys(workflow('ci.yml').on)).toEqual(['pull_request', 'workflow_call']);
    expect(jobs['gates']?.uses).toBe('./.github/workflows/ci.yml');
    expect(jobs['deploy']?.needs).toBe('gates');
  });

  test('are those of the pipeline, and look for secrets in the whole history', () => {
    expect(runsOf('ci.yml')).toEqual(expect.arrayContaining([...commands.GATES]));
    const [clone, scan] = workflow('ci.yml').jobs['secrets']?.steps ?? [];
    expect(scan?.run).toBe(commands.SCAN);
    expect(clone?.with).toMatchObject({ 'fetch-depth': 0 });
  });

  test('block: no step may fail and go on', () => {
    for (const file of WORKFLOWS) {
      expect(read(file)).not.toMatch(/continue-on-error|\|\| true|always\(\)/);
    }
  });
});

describe('the set-up of a job', () => {
  test('is an action that GitHub takes, with the Node that the packages pin', () => {
    const [node] = setup.runs.steps;

    expect(validateAction(read(SETUP)).errors).toEqual([]);
    expect(node?.uses).toMatch(/^actions\/setup-node@[0-9a-f]{40}$/);
    expect(node?.with).toMatchObject({ 'node-version': pins['node'] });
  });
});

describe('the deployment', () => {
  const { jobs, on, concurrency } = workflow('deploy.yml');
  const runs = runsOf('deploy.yml').join('\n');

  test('is of main, in the environment that the role trusts', () => {
    expect(on['push']).toEqual({ branches: ['main'] });
    expect(jobs['deploy']?.environment).toBe(GITHUB_ENVIRONMENT);
    expect(concurrency?.['cancel-in-progress']).toBe(false);
  });

  test('takes a role for longer than it may run', () => {
    const { steps, 'timeout-minutes': minutes = 0 } = jobs['deploy'] ?? {};
    const login = steps?.find(({ uses }) => uses?.startsWith('aws-actions/'));

    expect(login?.with?.['role-to-assume']).toBe('${' + '{ vars.AWS_ROLE_ARN }}');
    expect(login?.with?.['role-duration-seconds']).toBe(GITHUB_SESSION_SECONDS);
    expect(GITHUB_SESSION_SECONDS).toBeGreaterThan(60 * minutes);
  });

  test('takes its commands, and by them all names, from one place', () => {
    expect(runs).toContain(`repository=$(${commands.REPOSITORY})`);
    expect(runs).toContain(`image=$(${commands.PUSH} "$repository" "$GITHUB_SHA")`);
    expect(runs).toContain(commands.DEPLOY);
    expect(runs).toContain(commands.RELEASE);
  });
});
