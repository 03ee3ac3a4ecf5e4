import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CONTAINER, CONTAINER_PORT } from '../../infra/stacks/task.ts';
import { type Answers, type Ran, runWith } from './an-aws-cli.ts';
import { aTemplate } from './stacks-template.ts';

const DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition';
const DEPLOYED = { 'deploy create-deployment': { deploymentId: 'd-1' } };

/** What the CDK CLI writes after a deployment: the outputs that the template really has. */
function outputsOf(context: Record<string, unknown> = {}): Record<string, string> {
  const keys = Object.keys(aTemplate(context).findOutputs('*'));
  const named = keys.filter((key) => !key.startsWith('ExportsOutput'));
  const answerTo = (key: string) =>
    key.endsWith('TaskDefinition') ? `${DEFINITION}/${key}:7` : `the-${key}`;
  return Object.fromEntries(named.map((key) => [key, answerTo(key)]));
}

function run(folder: string, args: readonly string[], answers: Answers = {}): Ran {
  return runWith(folder, answers, [process.execPath, 'infra/delivery/main.ts', ...args]);
}

function release(outputs: unknown, answers: Answers = DEPLOYED): Ran {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), 'release-'));
  const file = path.join(folder.path, 'outputs.json');
  writeFileSync(file, JSON.stringify(outputs));
  return run(folder.path, ['release', '--outputs', file], answers);
}

/** The inputs of CreateDeployment, in the order of the calls. */
function inputsOf({ calls }: Ran) {
  return calls
    .filter(([, , verb]) => verb === 'create-deployment')
    .map((args) => args[args.indexOf('--cli-input-json') + 1] ?? '')
    .map(
      (text) =>
        JSON.parse(text) as {
          readonly applicationName: string;
          readonly deploymentGroupName: string;
          readonly revision: { readonly appSpecContent: { readonly content: string } };
        },
    );
}

describe('a release', () => {
  test('shifts to the revision that the stack registered, by the names that the app has', () => {
    const ran = release({ EcsSelfHealing: outputsOf() });

    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const [input] = inputsOf(ran);
    expect(input).toMatchObject({
      applicationName: 'the-checkoutDeploymentApplication',
      deploymentGroupName: 'the-checkoutDeploymentGroup',
    });
    expect(parse(input?.revision.appSpecContent.content ?? '')).toEqual({
      version: 0,
      Resources: [
        {
          TargetService: {
            Type: 'AWS::ECS::Service',
            Properties: {
              TaskDefinition: `${DEFINITION}/checkoutTaskDefinition:7`,
              LoadBalancerInfo: { ContainerName: CONTAINER, ContainerPort: CONTAINER_PORT },
              PlatformVersion: 'LATEST',
            },
          },
        },
      ],
    });
    // As AWS's own examples have it.
    expect(input?.revision.appSpecContent.content).toContain('"version":0.0,');
  });

  test('waits for the end of one before the next, the innermost tier first', () => {
    const ran = release({ EcsSelfHealing: outputsOf({ secondTier: true }) });

    expect(ran.calls.map(([, , verb]) => verb)).toEqual([
      'create-deployment',
      'wait',
      'create-deployment',
      'wait',
    ]);
    expect(ran.calls[1]).toEqual(
      expect.arrayContaining(['deployment-successful', '--deployment-id', 'd-1']),
    );
    expect(inputsOf(ran).map(({ applicationName }) => applicationName)).toEqual([
      'the-catalogDeploymentApplication',
      'the-checkoutDeploymentApplication',
    ]);
  });

  test('fails when CodeDeploy rolled back, says why, and leaves the next tier alone', () => {
    const outputs = { EcsSelfHealing: outputsOf({ secondTier: true }) };
    const error = { code: 'ALARM_ACTIVE', message: 'One or more alarms have been activated' };
    const answers = {
      ...DEPLOYED,
      'deploy wait': 255,
      'deploy get-deployment': { status: 'Stopped', error },
    };

    const ran = release(outputs, answers);

    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('catalog: deployment d-1 did not succeed: {"status":"Stopped"');
    expect(ran.stderr).toContain('ALARM_ACTIVE');
    expect(inputsOf(ran)).toHaveLength(1);
  });

  test.each(['rolling', 'blue-green'])('has nothing to shift under %s', (deployment) => {
    const ran = release({ EcsSelfHealing: outputsOf({ deployment }) });

    expect(ran).toMatchObject({ status: 0, calls: [] });
    expect(ran.stdout).toContain('nothing to shift');
  });

  test.each<[unknown, string]>([
    [[], 'outputs: got [], wanted an object'],
    [{ Other: {} }, 'outputs.Other: got "Other", wanted one of EcsSelfHealing'],
    [{ EcsSelfHealing: 'x' }, 'EcsSelfHealing: got "x", wanted an object'],
    [
      { EcsSelfHealing: { Url: 'http://x' } },
      'EcsSelfHealing: got ["Url"], wanted an output <service>TaskDefinition',
    ],
    [
      {
        EcsSelfHealing: {
          webTaskDefinition: `${DEFINITION}/web:7`,
          webDeploymentApplication: 'web',
        },
      },
      'EcsSelfHealing.webDeploymentGroup: got nothing, wanted a non-empty string',
    ],
    [
      {
        EcsSelfHealing: {
          webTaskDefinition: 'web',
          webDeploymentApplication: 'web',
          webDeploymentGroup: 'web',
        },
      },
      'EcsSelfHealing.webTaskDefinition: got "web", wanted an ARN with a revision',
    ],
  ])('fails with the outputs %j, before it asks AWS for anything', (outputs, message) => {
    const ran = release(outputs);

    expect(ran).toMatchObject({ status: 1, calls: [] });
    expect(ran.stderr).toContain(message);
  });
});

describe('the files for CodePipeline', () => {
  const answered = {
    taskDefinition: {
      taskDefinitionArn: `${DEFINITION}/checkout:7`,
      family: 'checkout',
      revision: 7,
      status: 'ACTIVE',
      requiresAttributes: [],
      compatibilities: ['FARGATE'],
      registeredAt: 1,
      registeredBy: 'somebody',
      cpu: '256',
      containerDefinitions: [{ name: CONTAINER, image: 'x' }],
    },
  };

  function write(folder: string, answer: unknown): Ran {
    const file = path.join(folder, 'outputs.json');
    writeFileSync(file, JSON.stringify({ EcsSelfHealing: outputsOf() }));
    const args = ['files', '--outputs', file, '--folder', path.join(folder, 'out')];
    return run(folder, args, { 'ecs describe-task-definition': answer });
  }

  test('are the definition as it was registered, and an AppSpec with room for its revision', () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), 'files-'));

    const { status, calls } = write(folder.path, answered);

    const read = (name: string) =>
      readFileSync(path.join(folder.path, 'out/checkout', name), 'utf8');
    expect(status).toBe(0);
    expect(calls[0]).toContain(`${DEFINITION}/checkoutTaskDefinition:7`);
    expect(JSON.parse(read('taskdef.json'))).toEqual({
      family: 'checkout',
      cpu: '256',
      containerDefinitions: [{ name: CONTAINER, image: 'x' }],
    });
    expect(read('appspec.yaml')).toContain('"TaskDefinition":"<TASK_DEFINITION>"');
    expect(read('appspec.yaml')).toContain(`"ContainerName":"${CONTAINER}"`);
  });

  test('fail with a definition that lacks the container of the load balancer', () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), 'files-'));
    const taskDefinition = { family: 'checkout', containerDefinitions: [{ name: 'web' }] };

    const { status, stderr } = write(folder.path, { taskDefinition });

    expect(status).toBe(1);
    expect(stderr).toContain(
      `taskDefinition.containerDefinitions: got ["web"], wanted one with the name ${CONTAINER}`,
    );
  });
});

describe('the repository', () => {
  const ask = (outputs: readonly object[]): Ran => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), 'repository-'));
    const answers = { 'cloudformation describe-stacks': { Stacks: [{ Outputs: outputs }] } };
    return run(folder.path, ['repository'], answers);
  };

  test('is the one of the delivery stack', () => {
    const uri = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecsselfhealingdelivery-repository-0';
    const ran = ask([{ OutputKey: 'RepositoryUri', OutputValue: uri }]);

    expect(ran).toMatchObject({ status: 0, stdout: `${uri}\n` });
    expect(ran.calls[0]).toContain('EcsSelfHealingDelivery');
  });

  test('fails when that stack does not tell', () => {
    const { status, stderr } = ask([]);

    expect(status).toBe(1);
    expect(stderr).toContain('EcsSelfHealingDelivery.RepositoryUri: got nothing, wanted the URI');
  });
});

describe('the image of a commit', () => {
  const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout';
  const COMMIT = '0123456789'.repeat(4);

  function push(commit: string, found: string): Ran {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), 'push-'));
    const command = ['bash', 'infra/delivery/push-image.sh', REPOSITORY, commit] as const;
    return runWith(folder.path, { 'ecr batch-get-image': found }, command);
  }

  test('is built, pushed and named', () => {
    const { status, stdout, calls } = push(COMMIT, '0');

    expect(status).toBe(0);
    expect(stdout).toBe(`${REPOSITORY}:${COMMIT}\n`);
    const docker = calls.filter(([tool]) => tool === 'docker').map(([, verb]) => verb);
    expect(docker).toEqual(['login', 'build', 'push']);
    expect(calls[0]).toEqual(expect.arrayContaining(['shop/checkout', `imageTag=${COMMIT}`]));
  });

  test('is taken as it is when a run is repeated, for its tag cannot move', () => {
    const { stdout, calls } = push(COMMIT, '1');

    expect(stdout).toBe(`${REPOSITORY}:${COMMIT}\n`);
    expect(calls.some(([tool]) => tool === 'docker')).toBe(false);
  });

  test.each(['latest', '0123abc'])('fails with the tag %s', (tag) => {
    const { status, stderr, calls } = push(tag, '0');

    expect(status).toBe(2);
    expect(stderr).toContain(`commit: got "${tag}", wanted its 40 hex digits`);
    expect(calls).toEqual([]);
  });
});
