/** The function that tells people. */
import { Token } from 'aws-cdk-lib';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type Chat, notifyVariables } from '../../functions/core/environment-notify.ts';
import type { Slack } from '../slack.ts';
import { HealerFunction } from './functions.ts';
import { grantKept, keptIn } from './kept.ts';
import type { Messaging } from './messaging.ts';
import { letReadServices, letUseTopic } from './permissions.ts';
import { allow, type HealerPlace } from './place.ts';
import { workThrough } from './remediate.ts';
import { letKeepThreads, letReadTimelines, letReadWeek } from './table-permissions.ts';

/**
 * Most incidents are one channel's, which Slack lets write once a second: more at a time would only
 * wait for each other. Two is the least that AWS takes.
 */
const WORK = { maxConcurrency: 2, batchSize: 10 };

export function makeNotify(scope: Construct, place: HealerPlace): HealerFunction {
  const { props, table, messaging, servicesPath, environment } = place;
  const { slack, buttons, runbookUrl, digest = true } = props;
  refuseButtons(place);
  const notify = HealerFunction._make(scope, 'Notify', {
    name: 'notify',
    description: 'Tells incidents in Slack',
    environment: notifyVariables({
      chat: chatOf(slack, messaging),
      canRespond: buttons !== undefined,
      tableName: table.tableName,
      servicesPath,
      environment,
      deadLettersUrl: messaging.announcementDeadLetters.queueUrl,
      ...(runbookUrl === undefined ? {} : { runbookUrl: httpsUrl(runbookUrl) }),
    }),
    deadLetters: messaging.invocationDeadLetters,
    settings: props,
  });
  letTell(notify, place);
  if (digest) {
    letReadServices(notify.role, servicesPath);
    letReadWeek(notify.role, table);
  }
  workThrough(notify, messaging.announcements, WORK);
  const { queueArn } = messaging.announcementDeadLetters;
  allow(notify.role, 'GiveUpTelling', ['sqs:SendMessage'], [queueArn]);
  return notify;
}

function letTell({ role }: HealerFunction, { props: { slack }, table, messaging }: HealerPlace) {
  letKeepThreads(role, table);
  letReadTimelines(role, table);
  switch (slack._way) {
    case 'webhook':
      grantKept(role, 'Webhook', slack);
      break;
    case 'bot':
      grantKept(role, 'BotToken', slack);
      break;
    case 'topic':
      letUseTopic(role, 'TellChat', chatTopicOf(messaging), messaging);
      break;
  }
}

function chatTopicOf({ chatTopic, topic }: Messaging): Topic {
  return chatTopic ?? topic;
}

function chatOf(slack: Slack, messaging: Messaging): Chat {
  const { botOptions, _way: way } = slack;
  if (way === 'topic') return { kind: 'topic', topicArn: chatTopicOf(messaging).topicArn };
  const kept = keptIn(slack);
  if (botOptions === undefined) return { kind: 'webhook', url: kept };
  const { channel, mention, broadcast } = botOptions;
  return {
    kind: 'bot',
    token: kept,
    channel,
    broadcast: broadcast?._value ?? 'needs-human',
    ...(mention === undefined ? {} : { mention }),
  };
}

/** What Amazon Q shows comes from its own app, whose clicks go to AWS. */
function refuseButtons({ props: { slack, buttons } }: HealerPlace): void {
  if (buttons === undefined || slack._way !== 'topic') return;
  throw new Error(
    'buttons: got some with Slack.amazonQ(), wanted none: only messages of your own Slack app have ' +
      'buttons that it answers; use Slack.bot or Slack.webhook, or leave them out',
  );
}

function httpsUrl(url: string): string {
  if (Token.isUnresolved(url) || /^https:\/\/[^\s<>|]+$/.test(url)) return url;
  throw new Error(`runbookUrl: got '${url}', wanted an https URL`);
}
