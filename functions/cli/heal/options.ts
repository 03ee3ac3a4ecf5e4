/** Every option that a command may have, in one place each. */
import { type Command, Option } from 'commander';
import { parseSince } from './since.ts';
import { parseEnd, parseSpan } from './span.ts';

/** Options as commander gives them; `color` is false after `--no-color`. */
export interface Options {
  readonly table?: string;
  readonly path?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly json?: true;
  readonly color: boolean;
  readonly service?: string;
  readonly since?: ReturnType<typeof parseSince>;
  readonly inbox?: string;
  readonly deadLetters?: readonly string[];
  readonly slackSecret?: string;
  readonly slackParameter?: string;
  readonly slackTokenSecret?: string;
  readonly slackTokenParameter?: string;
  readonly slackChannel?: string;
  readonly postTest?: true;
  readonly try?: true;
  readonly function?: string;
  readonly notifyFunction?: string;
  readonly drillFunction?: string;
  readonly all?: true;
  /** Spans as ISO 8601 writes them, such as `PT30M`. */
  readonly for?: string;
  /** As ISO 8601 writes it, in UTC. */
  readonly until?: string;
  readonly why?: string;
  readonly by?: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly drill?: string;
  /** File. */
  readonly definition?: string;
  readonly allowProduction?: true;
  /** Folder. */
  readonly out?: string;
}

export const serviceOption = (): Option =>
  new Option('--service <id>', 'only this one: <cluster>/<service>, or the service alone');

export const sinceOption = (): Option =>
  new Option('--since <when>', 'such as 30min, 12h, 7d or 2026-11-20').argParser(parseSince);

/** Where AWS is, and how the answer is written. */
export function addConnection(command: Command): Command {
  return command
    .addOption(new Option('--region <region>', "AWS Region; else the SDK's usual chain"))
    .addOption(new Option('--profile <name>', "AWS profile; else the SDK's usual chain"))
    .addOption(new Option('--endpoint <url>', 'such as the lab').env('AWS_ENDPOINT_URL'))
    .option('--json', 'one JSON line per fact')
    .option('--no-color', 'as NO_COLOR=1');
}

export const pathOption = (): Option =>
  new Option('--path <path>', 'of the parameters that list the services').env(
    'GUARDED_SERVICES_PATH',
  );

export const tableOption = (): Option =>
  new Option('--table <name>', "the healer's table").env('TABLE_NAME');

export const functionOption = (): Option =>
  new Option('--function <name>', 'name or ARN of remediate').env('REMEDIATE_FUNCTION');

export const drillFunctionOption = (): Option =>
  new Option('--drill-function <name>', 'name or ARN of drill').env('DRILL_FUNCTION');

export const byOption = (): Option =>
  new Option('--by <name>', 'who asks; else the name of the account on this machine');

export const yesOption = (): Option => new Option('-y, --yes', 'do not ask whether it is meant');

/** How long a pause lasts, and why. */
export function addPause(command: Command): Command {
  return command
    .addOption(
      new Option('--for <span>', 'such as 30min, 2h or 1d; at most 7d').argParser(parseSpan),
    )
    .addOption(new Option('--until <time>', 'such as 2026-11-20T14:30Z').argParser(parseEnd));
}

/** What only the doctor looks at. */
export function addPlaces(command: Command): Command {
  return command
    .addOption(functionOption())
    .addOption(
      new Option('--notify-function <name>', 'name or ARN of notify').env('NOTIFY_FUNCTION'),
    )
    .addOption(drillFunctionOption())
    .addOption(new Option('--inbox <url>', 'the queue of alarms and re-checks').env('INBOX_URL'))
    .option('--dead-letters <url...>', 'queues to look at besides the one of the inbox')
    .addOption(
      new Option('--slack-secret <id>', 'secret that holds the webhook').env(
        'SLACK_WEBHOOK_SECRET_ID',
      ),
    )
    .addOption(
      new Option('--slack-parameter <name>', 'SecureString that holds the webhook').env(
        'SLACK_WEBHOOK_PARAMETER_NAME',
      ),
    )
    .addOption(
      new Option('--slack-token-secret <id>', "secret that holds the bot's token").env(
        'SLACK_TOKEN_SECRET_ID',
      ),
    )
    .addOption(
      new Option('--slack-token-parameter <name>', "SecureString that holds the bot's token").env(
        'SLACK_TOKEN_PARAMETER_NAME',
      ),
    )
    .addOption(
      new Option('--slack-channel <id>', 'where a test is posted by the bot').env(
        'SLACK_CHANNEL_ID',
      ),
    )
    .option('--try', 'let remediate look at every service, and do nothing: what it may read')
    .option('--post-test', 'post a marked test message to Slack; otherwise nothing is posted');
}
