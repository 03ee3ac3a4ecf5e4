/** `node infra/delivery/main.ts`: what the workflow and the pipeline do beside `cdk deploy`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { describe } from '../../functions/core/errors.ts';
import { deploymentInput, writeAppSpec } from './app-spec.ts';
import {
  APP_SPEC_FILE,
  DELIVERY_STACK,
  TASK_DEFINITION_FILE,
  TASK_DEFINITION_PLACEHOLDER,
} from './names.ts';
import { type Release, readReleases, readRepository } from './outputs.ts';
import { type Bom, type Lock, withoutDevelopment } from './sbom.ts';
import { registerable } from './task-definition.ts';

const EXIT = { ok: 0, failed: 1, badInput: 2 } as const;

/** Runs the AWS CLI; it throws what the CLI says when it fails. */
function aws(...args: readonly string[]): string {
  return execFileSync('aws', [...args, '--output', 'json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function readOutputs(file: string): readonly Release[] {
  return readReleases(JSON.parse(readFileSync(file, 'utf8')));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printRepository(): void {
  const answer = aws('cloudformation', 'describe-stacks', '--stack-name', DELIVERY_STACK);
  say(readRepository(JSON.parse(answer)));
}

/** One after the other, so that a bad revision stops before the tier in front of it. */
function release({ outputs }: { outputs: string }): void {
  const releases = readOutputs(outputs);
  if (releases.length === 0) say('CloudFormation has deployed the services; nothing to shift');
  for (const one of releases) {
    const input = JSON.stringify(deploymentInput(one));
    const { deploymentId: id } = JSON.parse(
      aws('deploy', 'create-deployment', '--cli-input-json', input),
    ) as { deploymentId: string };
    say(`${one.service}: deployment ${id} of ${one.taskDefinition}`);
    waitFor(one, id);
    say(`${one.service}: deployed`);
  }
}

function waitFor({ service }: Release, id: string): void {
  try {
    aws('deploy', 'wait', 'deployment-successful', '--deployment-id', id);
  } catch (error) {
    // The waiter says only that it gave up; CodeDeploy knows of the alarm or the tasks.
    const query = 'deploymentInfo.{status:status,error:errorInformation,rollback:rollbackInfo}';
    const answer = aws('deploy', 'get-deployment', '--deployment-id', id, '--query', query);
    const why = JSON.stringify(JSON.parse(answer));
    throw new Error(`${service}: deployment ${id} did not succeed: ${why}`, { cause: error });
  }
}

/** What CodePipeline's action for ECS reads, in a folder for each service. */
function writeFiles({ outputs, folder }: { outputs: string; folder: string }): void {
  for (const { service, taskDefinition } of readOutputs(outputs)) {
    const answer = aws('ecs', 'describe-task-definition', '--task-definition', taskDefinition);
    const definition = JSON.stringify(registerable(JSON.parse(answer)));
    const at = path.join(folder, service);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, TASK_DEFINITION_FILE), definition);
    writeFileSync(path.join(at, APP_SPEC_FILE), writeAppSpec(TASK_DEFINITION_PLACEHOLDER));
    say(`${service}: files for ${taskDefinition}`);
  }
}

/** Of a folder with a lockfile, from what npm says of all its packages. */
function writeSbom({ of: folder }: { of: string }): void {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--prefix', folder];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const bom = execFileSync('npm', args, {
    encoding: 'utf8',
    stdio: [...stdio],
    maxBuffer: 2 ** 26,
  });
  const lock = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  const deployed = withoutDevelopment(JSON.parse(bom) as Bom, JSON.parse(lock) as Lock);
  say(JSON.stringify(deployed, null, 2));
}

function makeCommand(): Command {
  const command = new Command('delivery').exitOverride();
  const outputs = ['--outputs <file>', 'what cdk deploy --outputs-file wrote'] as const;
  command
    .command('repository')
    .description('prints the URI of the repository of the delivery stack')
    .action(printRepository);
  command
    .command('release')
    .description('lets CodeDeploy shift the traffic to what was deployed, and waits for its end')
    .requiredOption(...outputs)
    .action(release);
  command
    .command('files')
    .description("writes what CodePipeline's action for CodeDeploy reads")
    .requiredOption(...outputs)
    .requiredOption('--folder <folder>', 'where to')
    .action(writeFiles);
  command
    .command('sbom')
    .description('prints the bill of materials of npm, without what is for development alone')
    .option('--of <folder>', 'where the lockfile is', '.')
    .action(writeSbom);
  return command;
}

function main(): number {
  try {
    makeCommand().parse();
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    process.stderr.write(`delivery: ${describe(error)}\n`);
    return EXIT.failed;
  }
}

process.exitCode = main();
