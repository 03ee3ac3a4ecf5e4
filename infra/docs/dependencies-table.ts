/** What is deployed of others, each with the reason why it is not ours. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { markdownTable } from './regions.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const SDK = 'Signs, retries and spells requests as AWS wants them:';

/** By the package that needs it. */
export const DEPENDENCY_REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'package.json': {
    '@aws-lambda-powertools/logger': 'Log lines as JSON, with the ids of the invocation.',
    '@aws-lambda-powertools/metrics': 'Metrics by log lines, so that counting makes no call.',
    '@aws-lambda-powertools/parameters': 'Parameters and secrets, kept for five minutes.',
    '@aws-sdk/client-cloudwatch': `${SDK} alarms.`,
    '@aws-sdk/client-cloudwatch-logs': `${SDK} logs of tasks.`,
    '@aws-sdk/client-dynamodb': `${SDK} locks and incidents.`,
    '@aws-sdk/client-ecs': `${SDK} services, tasks, and the one stop.`,
    '@aws-sdk/client-elastic-load-balancing-v2': `${SDK} the health of targets.`,
    '@aws-sdk/client-eventbridge': `${SDK} rules, which only \`heal doctor\` reads.`,
    '@aws-sdk/client-lambda': `${SDK} invocations, which only the command line makes.`,
    '@aws-sdk/client-secrets-manager': `${SDK} the secret of Slack.`,
    '@aws-sdk/client-sns': `${SDK} announcements.`,
    '@aws-sdk/client-sqs': `${SDK} looks and requests.`,
    '@aws-sdk/client-ssm': `${SDK} the guarded services.`,
    '@aws-sdk/util-dynamodb': 'Items of DynamoDB from and to plain values.',
    '@middy/core': 'A time limit and one place for errors around each handler.',
    '@slack/web-api': "Slack's own client, for a bot; a webhook needs none.",
    valibot: 'Checks whatever comes in from outside, field by field.',
  },
  'workload/package.json': {
    fastify:
      'HTTP, its health contract and an orderly end. Of the demo service, not of the healer.',
    pino: 'Log lines as JSON. Of the demo service, not of the healer.',
  },
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** @throws when a package has no reason, or a reason no package. */
export function dependenciesTable(read = readManifest): string {
  const rows = Object.entries(DEPENDENCY_REASONS).flatMap(([file, reasons]) => {
    const { dependencies = {} } = read(file);
    const missing = Object.keys(dependencies).filter((name) => reasons[name] === undefined);
    const idle = Object.keys(reasons).filter((name) => dependencies[name] === undefined);
    if (missing.length > 0) throw new Error(`${file}: ${missing.join(', ')} has no reason`);
    if (idle.length > 0) throw new Error(`${file}: ${idle.join(', ')} is no dependency any more`);
    return Object.entries(dependencies).map(([name, version]) => [
      `\`${name}\``,
      version,
      reasons[name] ?? '',
    ]);
  });
  return markdownTable(['package', 'version', 'why'], rows);
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as Manifest;
}
