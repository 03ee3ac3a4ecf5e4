import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { topicTeller } from '../adapters/amazon-q/topic-teller.ts';
import { entryTimeline } from '../adapters/aws/incident-history.ts';
import { keptSecret } from '../adapters/aws/kept-secret.ts';
import { sqsDeadLetters } from '../adapters/aws/sqs-dead-letters.ts';
import { threadStore } from '../adapters/aws/thread-store.ts';
import { topicPublisher } from '../adapters/aws/topic-publisher.ts';
import { readSlackApiUrl, slackApi } from '../adapters/slack/api.ts';
import { slackBot } from '../adapters/slack/bot.ts';
import { slackWebhook } from '../adapters/slack/webhook.ts';
import { webhookTeller } from '../adapters/slack/webhook-teller.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { onceTeller } from '../adapters/threads/once-teller.ts';
import type { TurnOptions } from '../adapters/threads/turn.ts';
import type { Chat, NotifyEnvironment } from '../core/environment-notify.ts';
import type { Teller } from '../ports/messaging.ts';
import type { DeadLetters } from '../ports/tellings.ts';

const CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
/** Without limits of its own a client waits for a network that does not answer until Lambda ends it. */
const SOURCES = {
  secrets: () => new SecretsProvider({ awsSdkV3Client: new SecretsManagerClient(CLIENT) }),
  parameters: () => new SSMProvider({ awsSdkV3Client: new SSMClient(CLIENT) }),
};

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The way to tell people that was chosen; the clients of the others are not made.
 *
 * @throws {config.invalid} when `SLACK_API_URL` is set, and is no address for a token.
 */
export function composeTeller(environment: NotifyEnvironment, variables: Variables): Teller {
  const { chat, canRespond, runbookUrl } = environment;
  const runbook = runbookUrl === undefined ? {} : { runbookUrl };
  switch (chat.kind) {
    case 'webhook': {
      const url = keptSecret(chat.url, 'webhookUrl', SOURCES);
      const teller = webhookTeller(slackWebhook({ url }), { canRespond, ...runbook });
      return onceTeller(teller, composeTurns(environment));
    }
    case 'bot':
      return composeBot(chat, environment, variables);
    case 'topic': {
      const publish = topicPublisher(new SNSClient(CLIENT), chat.topicArn);
      return onceTeller(topicTeller({ publish, ...runbook }), composeTurns(environment));
    }
  }
}

/** What was told, what is to be told, and whose turn it is: all in the table. */
function composeTurns({ tableName }: NotifyEnvironment): TurnOptions {
  const client = new DynamoDBClient(CLIENT);
  const threads = threadStore(client, tableName);
  return { threads, timeline: entryTimeline(client, tableName), clock: systemClock };
}

function composeBot(
  { token, channel, broadcast, mention }: Extract<Chat, { kind: 'bot' }>,
  environment: NotifyEnvironment,
  variables: Variables,
): Teller {
  const { canRespond, runbookUrl } = environment;
  const url = readSlackApiUrl(variables['SLACK_API_URL']);
  return slackBot({
    api: slackApi({ token: keptSecret(token, 'botToken', SOURCES), ...url }),
    ...composeTurns(environment),
    channel,
    broadcast,
    render: {
      canRespond,
      ...(runbookUrl === undefined ? {} : { runbookUrl }),
      ...(mention === undefined ? {} : { mention }),
    },
  });
}

/** Its client is made at the first use: hardly ever. */
export function composeDeadLetters({ deadLettersUrl: url }: NotifyEnvironment): {
  readonly deadLetters?: DeadLetters;
} {
  if (url === undefined) return {};
  const send: DeadLetters['send'] = (...message) =>
    sqsDeadLetters(new SQSClient(CLIENT), url).send(...message);
  return { deadLetters: { send } };
}
