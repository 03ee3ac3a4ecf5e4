/** The healer that the lab deploys by itself: no roles, no policies, everything permitted. */
import {
  compressAccountLimits,
  DEFAULT_ACCOUNT_LIMITS,
} from '../../../functions/core/account-limits.ts';
import { remediateVariables } from '../../../functions/core/environment.ts';
import { drillVariables } from '../../../functions/core/environment-drill.ts';
import { type Chat, notifyVariables } from '../../../functions/core/environment-notify.ts';
import { respondVariables } from '../../../functions/core/environment-respond.ts';
import type { Bundle, FunctionName } from '../../../infra/bundle.ts';
import {
  ACCOUNT,
  BACKEND_ALARMS,
  FAULT_SECRET,
  FUNCTION_CALLER,
  GUARDED_ALARMS,
  REGION,
  SERVICE_ID,
  SERVICES_PATH,
  SIGNING_SECRET,
  SLACK_SECRET,
  TABLE,
  TOKEN_SECRET,
} from '../names.ts';
import type { GuardedServiceEntry } from '../site/guarded-services.ts';
import type { Deployment, FunctionSpec, MappingSpec, SecretSpec } from './deployment.ts';
import { compilePattern } from './event-pattern.ts';
import { functionArn, queueArn, queueUrl, topicArn } from './names.ts';

export interface DefaultsOptions {
  readonly bundles: readonly Bundle[];
  /** What is in its care, as configuration writes it. */
  readonly services: readonly GuardedServiceEntry[];
  readonly gatewayUrl: string;
  readonly factor: number;
  /** Where users reach the guarded service. */
  readonly serviceUrl: string;
  /** How people are told. @default 'webhook' */
  readonly chat?: ChatKind;
}

/** With a bot there are buttons too, and `respond` answers them. */
export type ChatKind = Chat['kind'];

/** Who may click in the lab. */
const LAB_USER = 'U0LAB00001';
/** Any will do: the bot's own stands in its place when it is deployed. */
const CHANNEL = 'C0LAB00001';

const TIMEOUT_SECONDS = 60;
const RECEIVES_MAX = 5;
/** The chat may be down for long. */
const TELLINGS_MAX = 1_000;
/** Messages handled at the same time; each environment runs one. */
const CONCURRENCY = 4;
/** As the construct has it. */
const TELLING = { batchSize: 10, concurrency: 2 };
const INBOX = 'inbox';
const DEAD_LETTERS = 'inbox-dlq';
const LOOKS = 'drill-looks';
const LOOKS_DEAD_LETTERS = 'drill-looks-dlq';
const ANNOUNCEMENTS = 'announcements';
const ANNOUNCEMENTS_DEAD_LETTERS = 'announcements-dlq';
const TOPIC = 'incidents';
const CHAT_TOPIC = 'chat';
const NAMES = {
  tableName: TABLE,
  servicesPath: SERVICES_PATH,
  topicArn: topicArn(TOPIC),
};

export function defaultDeployment(options: DefaultsOptions): Deployment {
  const { services, gatewayUrl, chat = 'webhook' } = options;
  const named = (name: string) => ({ name, arn: queueArn(name), url: queueUrl(gatewayUrl, name) });
  const worked = (name: string, deadLetters: string, maxReceiveCount = RECEIVES_MAX) => ({
    ...named(name),
    visibilityTimeoutSeconds: TIMEOUT_SECONDS,
    redrive: { deadLetterArn: queueArn(deadLetters), maxReceiveCount },
  });
  const topics = chat === 'topic' ? [TOPIC, CHAT_TOPIC] : [TOPIC];
  return {
    table: tableSpec(),
    queues: [
      named(DEAD_LETTERS),
      worked(INBOX, DEAD_LETTERS),
      named(LOOKS_DEAD_LETTERS),
      worked(LOOKS, LOOKS_DEAD_LETTERS),
      named(ANNOUNCEMENTS_DEAD_LETTERS),
      worked(ANNOUNCEMENTS, ANNOUNCEMENTS_DEAD_LETTERS, TELLINGS_MAX),
    ],
    topics: topics.map((name) => ({ name, arn: topicArn(name) })),
    functions: functionsOf(options, chat),
    mappings: [
      mappingOf('remediate', INBOX),
      mappingOf('drill', LOOKS),
      { ...mappingOf('notify', ANNOUNCEMENTS), ...TELLING },
    ],
    subscriptions: [{ topicArn: topicArn(TOPIC), queueArn: queueArn(ANNOUNCEMENTS), raw: true }],
    permissions: letAskAll('respond'),
    rules: [ruleOfAlarms()],
    parameters: services.map((entry) => ({
      name: `${SERVICES_PATH}/${entry.service}`,
      value: JSON.stringify([entry]),
    })),
    urls: [{ functionName: 'respond' }],
    secrets: secretsOf(chat),
  };
}

function tableSpec(): Deployment['table'] {
  return {
    name: TABLE,
    attributes: [
      { name: 'pk', type: 'S' },
      { name: 'sk', type: 'S' },
    ],
    keys: [
      { name: 'pk', type: 'HASH' },
      { name: 'sk', type: 'RANGE' },
    ],
    timeToLive: 'expiresAt',
  };
}

function mappingOf(functionName: FunctionName, queue: string): MappingSpec {
  return {
    functionName,
    queueArn: queueArn(queue),
    batchSize: 1,
    reportBatchItemFailures: true,
    enabled: true,
    concurrency: CONCURRENCY,
    filters: [],
  };
}

function letAskAll(functionName: FunctionName): Deployment['permissions'] {
  return ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].map((action) => ({
    functionName,
    action,
    principal: '*',
    throughUrl: true,
  }));
}

function secretsOf(chat: ChatKind): readonly SecretSpec[] {
  const secret = (name: string, holds: SecretSpec['holds']): SecretSpec => ({
    in: 'secret',
    name,
    holds,
  });
  return [
    secret(SIGNING_SECRET, 'signingSecret'),
    secret(FAULT_SECRET, 'drillToken'),
    ...(chat === 'webhook' ? [secret(SLACK_SECRET, 'webhookUrl')] : []),
    ...(chat === 'bot' ? [secret(TOKEN_SECRET, 'botToken')] : []),
  ];
}

/** Every change of state: what is not worth an incident is for the function to know. */
function ruleOfAlarms(): Deployment['rules'][number] {
  const pattern = { resources: [...GUARDED_ALARMS, ...BACKEND_ALARMS] };
  return {
    arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/alarms`,
    pattern: { matches: compilePattern(pattern), json: JSON.stringify(pattern) },
    enabled: true,
    targets: [{ queueArn: queueArn(INBOX) }],
  };
}

function functionsOf(options: DefaultsOptions, chat: ChatKind): readonly FunctionSpec[] {
  const { gatewayUrl, factor, serviceUrl } = options;
  const inboxUrl = queueUrl(gatewayUrl, INBOX);
  const variables: Readonly<Record<FunctionName, Readonly<Record<string, string>>>> = {
    remediate: remediateVariables({
      ...NAMES,
      inboxUrl,
      accountLimits: compressAccountLimits(DEFAULT_ACCOUNT_LIMITS, factor),
    }),
    notify: notifyVariables({
      ...NAMES,
      chat: chatOf(chat),
      canRespond: chat === 'bot',
      environment: 'prod',
      deadLettersUrl: queueUrl(gatewayUrl, ANNOUNCEMENTS_DEAD_LETTERS),
    }),
    respond: respondVariables({
      ...NAMES,
      inboxUrl,
      signingSecret: { in: 'secret', name: SIGNING_SECRET },
      users: [LAB_USER],
    }),
    drill: drillVariables({
      ...NAMES,
      queueUrl: queueUrl(gatewayUrl, LOOKS),
      mayDrillProduction: true,
      faultSecret: { in: 'secret', name: FAULT_SECRET },
      faultUrls: { [SERVICE_ID]: serviceUrl },
    }),
  };
  return options.bundles.map(({ name, file }) => ({
    name,
    arn: functionArn(name),
    handlerFile: file,
    handlerExport: 'handler',
    environment: variables[name],
    timeoutSeconds: TIMEOUT_SECONDS,
    memoryMb: 512,
    accessKeyId: FUNCTION_CALLER[name],
  }));
}

function chatOf(kind: ChatKind): Chat {
  switch (kind) {
    case 'webhook':
      return { kind, url: { in: 'secret', name: SLACK_SECRET } };
    case 'topic':
      return { kind, topicArn: topicArn(CHAT_TOPIC) };
    case 'bot': {
      const token = { in: 'secret', name: TOKEN_SECRET } as const;
      return { kind, token, channel: CHANNEL, broadcast: 'needs-human' };
    }
  }
}
