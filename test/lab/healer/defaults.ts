/** The healer that the lab deploys by itself: no roles, no policies, everything permitted. */
import {
  compressAccountLimits,
  DEFAULT_ACCOUNT_LIMITS,
} from '../../../functions/core/account-limits.ts';
import { notifyVariables, remediateVariables } from '../../../functions/core/environment.ts';
import type { Bundle, FunctionName } from '../../../infra/bundle.ts';
import {
  ACCOUNT,
  BACKEND_ALARMS,
  CALLER,
  GUARDED_ALARMS,
  REGION,
  SERVICES_PATH,
  SLACK_SECRET,
  TABLE,
} from '../names.ts';
import type { GuardedServiceEntry } from '../site/guarded-services.ts';
import type { Deployment, FunctionSpec } from './deployment.ts';
import { compilePattern } from './event-pattern.ts';
import { functionArn, queueArn, queueUrl, topicArn } from './names.ts';

export interface DefaultsOptions {
  readonly bundles: readonly Bundle[];
  /** What is in its care, as configuration writes it. */
  readonly services: readonly GuardedServiceEntry[];
  readonly gatewayUrl: string;
  readonly factor: number;
}

const TIMEOUT_SECONDS = 60;
const RECEIVES_MAX = 5;
/** Messages handled at the same time; each environment runs one. */
const CONCURRENCY = 4;
const INBOX = 'inbox';
const DEAD_LETTERS = 'inbox-dlq';
const TOPIC = 'incidents';

export function defaultDeployment(options: DefaultsOptions): Deployment {
  const { services, gatewayUrl } = options;
  const named = (name: string) => ({ name, arn: queueArn(name), url: queueUrl(gatewayUrl, name) });
  const remediate = remediateOf(options);
  const notify = functionOf(options, 'notify', notifyVariables({ slackSecretId: SLACK_SECRET }));
  return {
    table: {
      name: TABLE,
      attributes: [
        { name: 'pk', type: 'S' },
        { name: 'sk', type: 'S' },
      ],
      keys: [
        { name: 'pk', type: 'HASH' },
        { name: 'sk', type: 'RANGE' },
      ],
    },
    queues: [
      named(DEAD_LETTERS),
      {
        ...named(INBOX),
        visibilityTimeoutSeconds: TIMEOUT_SECONDS,
        redrive: { deadLetterArn: queueArn(DEAD_LETTERS), maxReceiveCount: RECEIVES_MAX },
      },
    ],
    topics: [{ name: TOPIC, arn: topicArn(TOPIC) }],
    functions: [remediate, notify],
    mappings: [
      {
        functionName: remediate.name,
        queueArn: queueArn(INBOX),
        batchSize: 1,
        reportBatchItemFailures: true,
        enabled: true,
        concurrency: CONCURRENCY,
        filters: [],
      },
    ],
    subscriptions: [{ topicArn: topicArn(TOPIC), functionName: notify.name }],
    permissions: [
      {
        functionName: notify.name,
        action: 'lambda:InvokeFunction',
        principal: 'sns.amazonaws.com',
      },
    ],
    rules: [ruleOfAlarms()],
    parameters: services.map((entry) => ({
      name: `${SERVICES_PATH}/${entry.service}`,
      value: JSON.stringify([entry]),
    })),
    webhooks: [{ in: 'secret', name: SLACK_SECRET }],
  };
}

/** Every change of state: what is not worth an incident is for the function to know. */
function ruleOfAlarms(): Deployment['rules'][number] {
  return {
    arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/alarms`,
    pattern: compilePattern({ resources: [...GUARDED_ALARMS, ...BACKEND_ALARMS] }),
    enabled: true,
    targets: [{ queueArn: queueArn(INBOX) }],
  };
}

function remediateOf(options: DefaultsOptions): FunctionSpec {
  const variables = remediateVariables({
    tableName: TABLE,
    inboxUrl: queueUrl(options.gatewayUrl, INBOX),
    topicArn: topicArn(TOPIC),
    servicesPath: SERVICES_PATH,
    accountLimits: compressAccountLimits(DEFAULT_ACCOUNT_LIMITS, options.factor),
  });
  return functionOf(options, 'remediate', variables);
}

function functionOf(
  { bundles }: DefaultsOptions,
  name: FunctionName,
  environment: Readonly<Record<string, string>>,
): FunctionSpec {
  const found = bundles.find((bundle) => bundle.name === name);
  if (found === undefined) throw new Error(`no bundle of ${name}`);
  return {
    name,
    arn: functionArn(name),
    handlerFile: found.file,
    handlerExport: 'handler',
    environment,
    timeoutSeconds: TIMEOUT_SECONDS,
    memoryMb: 512,
    accessKeyId: CALLER[name],
  };
}
