/** What is written by hand and read by the functions: guarded services, drill definitions, environment variables. */
import { checkDefinition } from '../../functions/adapters/events/check-definition.ts';
import { readRemediateEnvironment } from '../../functions/core/environment.ts';
import { parseGuardedServices } from '../../functions/core/guarded-service.ts';
import { DEFAULT_POLICY, policyOverrides } from '../../functions/core/policy.ts';
import type { Random } from '../bench/world/random.ts';
import { ALARM_ARN, TARGET_GROUP } from '../core/builders.ts';
import { readEvent } from '../events/manifest.ts';
import type { Case, Door, Found } from './door.ts';
import { damage, mutateValue, write } from './mutate.ts';
import { judgeError } from './oracle.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-prod';
const { definition: DEFINITION } = readEvent('drill-own.json') as { readonly definition: object };

const SERVICES = [
  {
    cluster: CLUSTER,
    service: 'checkout-api',
    environment: 'prod',
    alarms: [ALARM_ARN],
    targetGroups: [TARGET_GROUP],
    logGroup: '/ecs/checkout-api',
    logFields: { status: 'statusCode', level: ['level'] },
    policy: policyOverrides(DEFAULT_POLICY),
    dependsOn: ['shop-prod/catalog-api'],
  },
  {
    cluster: CLUSTER,
    service: 'catalog-api',
    environment: 'prod',
    alarms: [`${ALARM_ARN}-2`],
    policy: {},
  },
];

const VARIABLES = {
  TABLE_NAME: 'table',
  TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:incidents',
  INBOX_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/inbox',
  SERVICES_PATH: '/healer/services',
  ACCOUNT_LIMITS: '{"budget":5}',
};

interface Kind {
  readonly given: () => unknown;
  /** @throws HealerError @returns what became of it. */
  readonly read: (value: unknown) => string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  services: {
    given: () => structuredClone(SERVICES),
    read: (value) => `services: ${parseGuardedServices(value).length}`,
  },
  definition: {
    given: () => structuredClone(DEFINITION),
    read: (value) => {
      const problems = checkDefinition(value, 'slow-task');
      return problems.length === 0 ? 'definition: sound' : 'definition: problems named';
    },
  },
  variables: {
    given: () => ({ ...VARIABLES }),
    read: (value) => {
      const texts = Object.entries(value ?? {}).filter(([, text]) => typeof text === 'string');
      readRemediateEnvironment(Object.fromEntries(texts) as Record<string, string>);
      return 'variables: sound';
    },
  },
};

export const FILES: Door = {
  name: 'files',
  about: 'guarded services in parameters, drill definitions, environment variables',
  generate(random: Random) {
    const setting = random.pick(Object.keys(KINDS));
    const value = mutateValue(random, KINDS[setting]?.given(), random.pick([0, 1, 1, 2, 4]));
    const text = write(value);
    return { text: damage(random, text, random.pick([0, 0, 0, 1])), setting };
  },
  async send({ text, setting }: Case): Promise<Found> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { outcomes: ['no JSON'] };
    }
    try {
      return { outcomes: [KINDS[setting]?.read(value) ?? 'nothing'] };
    } catch (error) {
      const { code, broken } = judgeError(error);
      const outcomes = [`${setting}: ${code}`];
      return broken === undefined ? { outcomes } : { outcomes, broken: `${setting}: ${broken}` };
    }
  },
};
