/** The environment variables of notify, both ways. */
import {
  type Kept,
  keptVariables,
  powertools,
  readKept,
  readVariables,
  type Variables,
  writeVariables,
} from './environment-variables.ts';
import { Problems } from './problems.ts';

/** When the channel hears of a reply in a thread. */
export const BROADCASTS = ['needs-human', 'always', 'never'] as const;
export type Broadcast = (typeof BROADCASTS)[number];

/** How people are told. */
export type Chat =
  /** Slack's incoming webhook: posts only. */
  | { readonly kind: 'webhook'; readonly url: Kept }
  /** A Slack app's bot: one message per incident, edited, with a thread. */
  | {
      readonly kind: 'bot';
      readonly token: Kept;
      /** Id of the channel, such as `C0123456789`. */
      readonly channel: string;
      /** Id of the user group that is called when a person must look. */
      readonly mention?: string;
      readonly broadcast: Broadcast;
    }
  /** A topic for Amazon Q Developer in chat applications. */
  | { readonly kind: 'topic'; readonly topicArn: string };

export interface NotifyEnvironment {
  readonly chat: Chat;
  /** Whether `respond` answers clicks; without it no button acts. */
  readonly canRespond: boolean;
  /** Threads, timelines, and the week's incidents. */
  readonly tableName: string;
  /** URL of the queue for what can never be told; absent where nothing comes through a queue. */
  readonly deadLettersUrl?: string;
  readonly servicesPath: string;
  /** Named by messages that are about no service. */
  readonly environment: string;
  /** Page of the runbook; a reason is its anchor. */
  readonly runbookUrl?: string;
}

interface Names {
  readonly tableName: string;
  readonly servicesPath: string;
  readonly environment: string;
}

const NAMES: Readonly<Record<keyof Names, string>> = {
  tableName: 'TABLE_NAME',
  servicesPath: 'GUARDED_SERVICES_PATH',
  environment: 'HEALER_ENVIRONMENT',
};

const WEBHOOK = 'SLACK_WEBHOOK';
const TOKEN = 'SLACK_TOKEN';
const CHANNEL = 'SLACK_CHANNEL_ID';
const MENTION = 'SLACK_MENTION';
const BROADCAST = 'SLACK_BROADCAST';
const RESPONDS = 'SLACK_RESPONDS';
const TOPIC = 'CHAT_TOPIC_ARN';
const RUNBOOK = 'RUNBOOK_URL';
const DEAD_LETTERS = 'DEAD_LETTERS_URL';

export const CHANNEL_ID = /^[CG][A-Z0-9]{2,20}$/;
export const GROUP_ID = /^S[A-Z0-9]{2,20}$/;

/** @throws {config.invalid} naming every variable that is missing, and when there is not one way to tell people. */
export function readNotifyEnvironment(variables: Variables): NotifyEnvironment {
  const problems = new Problems();
  const names = readVariables<Names>(problems, NAMES, variables);
  const chat = readChat(problems, variables);
  const canRespond = variables[RESPONDS] === 'true';
  const runbookUrl = variables[RUNBOOK] ?? '';
  if (runbookUrl !== '' && !/^https:\/\/[^\s<>|]+$/.test(runbookUrl)) {
    problems.add(RUNBOOK, runbookUrl, 'an https URL');
  }
  problems.throwIfAny('environment');
  const deadLettersUrl = variables[DEAD_LETTERS] ?? '';
  return {
    chat,
    canRespond,
    ...names,
    ...(deadLettersUrl === '' ? {} : { deadLettersUrl }),
    ...(runbookUrl === '' ? {} : { runbookUrl }),
  };
}

export function notifyVariables(environment: NotifyEnvironment): Record<string, string> {
  const { chat, canRespond, deadLettersUrl, runbookUrl } = environment;
  return {
    ...writeVariables<Names>(NAMES, environment),
    ...chatVariables(chat),
    ...(canRespond ? { [RESPONDS]: 'true' } : {}),
    ...(deadLettersUrl === undefined ? {} : { [DEAD_LETTERS]: deadLettersUrl }),
    ...(runbookUrl === undefined ? {} : { [RUNBOOK]: runbookUrl }),
    ...powertools('notify'),
  };
}

function chatVariables(chat: Chat): Record<string, string> {
  switch (chat.kind) {
    case 'webhook':
      return keptVariables(WEBHOOK, chat.url);
    case 'topic':
      return { [TOPIC]: chat.topicArn };
    case 'bot':
      return {
        ...keptVariables(TOKEN, chat.token),
        [CHANNEL]: chat.channel,
        [BROADCAST]: chat.broadcast,
        ...(chat.mention === undefined ? {} : { [MENTION]: chat.mention }),
      };
  }
}

function readChat(problems: Problems, variables: Variables): Chat {
  const url = readKept(problems, WEBHOOK, variables);
  const token = readKept(problems, TOKEN, variables);
  const topicArn = variables[TOPIC] ?? '';
  const given = [
    ...(url === undefined ? [] : [WEBHOOK]),
    ...(token === undefined ? [] : [TOKEN]),
    ...(topicArn === '' ? [] : [TOPIC]),
  ];
  if (given.length !== 1) {
    problems.add('chat', given.length === 0 ? undefined : given.join(', '), WANTED);
  }
  if (token !== undefined) return readBot(problems, token, variables);
  if (url !== undefined) return { kind: 'webhook', url };
  return { kind: 'topic', topicArn };
}

const WANTED =
  `one of ${WEBHOOK}_SECRET_ID, ${WEBHOOK}_PARAMETER_NAME, ${TOKEN}_SECRET_ID, ` +
  `${TOKEN}_PARAMETER_NAME, ${TOPIC}`;

function readBot(problems: Problems, token: Kept, variables: Variables): Chat {
  const channel = variables[CHANNEL] ?? '';
  const mention = variables[MENTION] ?? '';
  if (!CHANNEL_ID.test(channel)) {
    problems.add(CHANNEL, variables[CHANNEL], 'the id of a channel such as C0123456789');
  }
  if (mention !== '' && !GROUP_ID.test(mention)) {
    problems.add(MENTION, mention, 'the id of a user group such as S0123456789');
  }
  const broadcast = problems.oneOf(BROADCAST, variables[BROADCAST] ?? 'needs-human', BROADCASTS);
  return { kind: 'bot', token, channel, broadcast, ...(mention === '' ? {} : { mention }) };
}
