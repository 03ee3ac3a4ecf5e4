import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseGuardedServices } from '../../functions/core/guarded-service.ts';
import { compressPolicy, DEFAULT_POLICY } from '../../functions/core/policy.ts';
import type { Deployment } from './healer/deployment.ts';
import {
  BACKEND,
  BACKEND_ID,
  CALLER,
  CLUSTER,
  ERROR_RATE_ALARM,
  HEALTHY_HOSTS_ALARM,
  LOG_GROUP,
  SERVICE,
  SLOW_ALARM,
  TABLE,
  UNHEALTHY_ALARM,
} from './names.ts';
import { policiesOf, readDeployment } from './template/read-deployment.ts';
import { type Properties, planted, Synthesised } from './template/synthesised.ts';
import { readTemplate, type Template } from './template/template.ts';

const FACTOR = 10;
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/own/1';
const PLACE = {
  gatewayUrl: 'http://127.0.0.1:4566',
  serviceHost: '127.0.0.1:8080',
  factor: FACTOR,
  policy: {},
  targetGroups: { [SERVICE]: [GROUP] },
};

let app: Synthesised;
let twoTiers: Synthesised;

beforeAll(async () => {
  app = await Synthesised.app();
  twoTiers = await Synthesised.app({ secondTier: true });
});
afterAll(async () => {
  await app.close();
  await twoTiers.close();
});

function entriesOf({ parameters }: Deployment) {
  return parseGuardedServices(parameters.flatMap(({ value }) => JSON.parse(value)));
}

function functionOf({ functions }: Deployment, name: string) {
  const found = functions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}

describe('the app as the lab deploys it', () => {
  test('runs the very files of the assets', () => {
    const { functions } = readDeployment(app.template, PLACE);

    expect(functions.map(({ name }) => name).toSorted()).toEqual(['notify', 'remediate']);
    for (const { handlerFile, handlerExport } of functions) {
      expect(path.relative(path.dirname(app.file), handlerFile)).toMatch(
        /^asset\.[0-9a-f]+\/index\.mjs$/,
      );
      expect(handlerExport).toBe('handler');
    }
  });

  test('gives functions what the template names, in the names of the lab', () => {
    const deployment = readDeployment(app.template, PLACE);
    const { environment, deadLetterArn, timeoutSeconds } = functionOf(deployment, 'remediate');
    const mapping = deployment.mappings.find(({ functionName }) => functionName === 'remediate');
    const inbox = deployment.queues.find(({ arn }) => arn === mapping?.queueArn);

    expect(environment).toMatchObject({
      TABLE_NAME: TABLE,
      INBOX_URL: inbox?.url,
      TOPIC_ARN: deployment.topics[0]?.arn,
    });
    expect(inbox?.url).toMatch(/^http:\/\/127\.0\.0\.1:4566\/000000000000\//);
    expect(inbox?.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(timeoutSeconds);
    expect(mapping).toMatchObject({
      functionName: 'remediate',
      batchSize: 1,
      reportBatchItemFailures: true,
      enabled: true,
    });
    const queues = deployment.queues.map(({ arn }) => arn);
    expect(queues).toContain(deadLetterArn);
    expect(queues).toContain(inbox?.redrive?.deadLetterArn);
    expect(JSON.parse(environment['ACCOUNT_LIMITS'] ?? '')).toMatchObject({
      budgetWindowSeconds: 360,
    });
    expect(deployment.table).toMatchObject({ name: TABLE, timeToLive: 'expiresAt' });
  });

  test("guards the lab's own service, its periods compressed", () => {
    const deployment = readDeployment(app.template, PLACE);
    const [entry, ...others] = entriesOf(deployment);

    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      id: `${CLUSTER}/${SERVICE}`,
      logGroup: LOG_GROUP,
      targetGroupArns: [GROUP],
      policy: { settle: DEFAULT_POLICY.settle / FACTOR, recheck: DEFAULT_POLICY.recheck / FACTOR },
    });
    expect(entry?.alarmArns.map((arn) => arn.split(':').at(-1))).toEqual([
      ERROR_RATE_ALARM,
      UNHEALTHY_ALARM,
      SLOW_ALARM,
      HEALTHY_HOSTS_ALARM,
    ]);
    const path = functionOf(deployment, 'remediate').environment['GUARDED_SERVICES_PATH'];
    expect(deployment.parameters[0]?.name).toMatch(new RegExp(`^${path}/`));
  });

  test('has both target groups where the site has both', () => {
    const both = [GROUP, `${GROUP}2`];
    const deployment = readDeployment(app.template, {
      ...PLACE,
      targetGroups: { [SERVICE]: both },
    });

    expect(entriesOf(deployment)[0]?.targetGroupArns).toEqual(both);
  });

  test('brings what is published to notify, by a queue that waits for long', () => {
    const { subscriptions, mappings, queues } = readDeployment(app.template, PLACE);
    const telling = mappings.find(({ functionName }) => functionName === 'notify');
    const queue = queues.find(({ arn }) => arn === telling?.queueArn);

    expect(subscriptions).toMatchObject([{ queueArn: queue?.arn, raw: true }]);
    expect(telling).toMatchObject({ batchSize: 10, concurrency: 2, reportBatchItemFailures: true });
    const { visibilityTimeoutSeconds = 0, redrive, retentionSeconds = 0 } = queue ?? {};
    const tried = visibilityTimeoutSeconds * (redrive?.maxReceiveCount ?? 0);
    expect(tried).toBeGreaterThanOrEqual(4 * 3_600);
    expect(retentionSeconds).toBeGreaterThan(tried);
    expect(subscriptions[0]?.deadLetterArn).toBe(redrive?.deadLetterArn);
  });

  test('lays the policy of a scenario over its own', () => {
    const policy = { attempts: 7 };
    const [entry] = entriesOf(readDeployment(app.template, { ...PLACE, policy }));

    expect(entry?.policy).toEqual({ ...compressPolicy(DEFAULT_POLICY, FACTOR), attempts: 7 });
  });

  test('carries the statements of each role, resolved', () => {
    const policies = policiesOf(readDeployment(app.template, PLACE));

    const { documents } = policies[CALLER.remediate] ?? { documents: [] };
    expect(JSON.stringify(documents)).not.toMatch(/"Fn::|"Ref"/);
    expect(documents).toContainEqual(
      expect.objectContaining({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Action: expect.arrayContaining(['ecs:StopTask']),
            Resource: `arn:aws:ecs:eu-west-1:123456789012:task/${CLUSTER}/*`,
          }),
        ]),
      }),
    );
    expect(JSON.stringify(policies[CALLER.notify])).not.toContain('ecs:');
  });
});

describe('two tiers', () => {
  test('guard both, the one in front by what is behind', () => {
    const targetGroups = { [SERVICE]: [GROUP], [BACKEND]: [`${GROUP}2`] };
    const deployment = readDeployment(twoTiers.template, { ...PLACE, targetGroups });
    const services = entriesOf(deployment);

    expect(services.map(({ name }) => name).toSorted()).toEqual([BACKEND, SERVICE]);
    const front = services.find(({ name }) => name === SERVICE);
    expect(front?.downstream.map(({ serviceId }) => serviceId)).toEqual([BACKEND_ID]);
  });

  test('are one where the site has one', () => {
    const [entry, ...others] = entriesOf(readDeployment(twoTiers.template, PLACE));

    expect(others).toEqual([]);
    expect(entry).toMatchObject({ name: SERVICE, downstream: [] });
  });

  test('are wanted where the site has them', () => {
    const targetGroups = { [SERVICE]: [GROUP], [BACKEND]: [`${GROUP}2`] };

    expect(() => readDeployment(app.template, { ...PLACE, targetGroups })).toThrow(
      /stands for catalog-api.*-c secondTier=true/,
    );
  });
});

describe('is refused, naming resource and property', () => {
  const REMEDIATE = ['AWS::Lambda::Function', 'Remediate'] as const;
  const cases: readonly [
    string,
    readonly [string, string],
    (properties: Properties) => void,
    RegExp,
  ][] = [
    [
      'a property that the lab does not know',
      ['AWS::SQS::Queue', 'InboxBF'],
      (own) => {
        own['FifoQueue'] = true;
      },
      /^HealingHealerInbox\w+\.FifoQueue: /,
    ],
    [
      'a reference to nothing',
      REMEDIATE,
      (own) => {
        own['Environment'].Variables.TABLE_NAME = { Ref: 'Tabel' };
      },
      /^HealingHealerRemediateFunction\w+\.Environment\.Variables\.TABLE_NAME: got "Tabel\.Ref"/,
    ],
    [
      'code that is no asset',
      REMEDIATE,
      (own) => {
        own['Code'].S3Key = 'other.zip';
      },
      /^HealingHealerRemediateFunction\w+\.Code\.S3Key: got "other\.zip"/,
    ],
    [
      'a handler that is not in the code',
      REMEDIATE,
      (own) => {
        own['Handler'] = 'main.handler';
      },
      /^HealingHealerRemediateFunction\w+\.Handler: got "main\.handler"/,
    ],
    [
      'a managed policy of which nothing is known',
      ['AWS::IAM::Role', 'Remediate'],
      (own) => {
        own['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/AdministratorAccess'];
      },
      /^HealingHealerRemediateRole\w+\.ManagedPolicyArns: got "arn:aws:iam::aws:policy/,
    ],
    [
      'a pattern that it might take for another',
      ['AWS::Events::Rule', 'AlarmChanges'],
      (own) => {
        own['EventPattern'].source = [{ wildcard: '*' }];
      },
      /AlarmChanges\w+\.EventPattern: got .*wildcard/,
    ],
    [
      'an alarm of which the lab has none',
      ['AWS::CloudWatch::Alarm', 'ServiceErrorRate'],
      (own) => {
        own['Metrics'] = [{ Id: 'a', MetricStat: { Metric: { MetricName: 'Orders' } } }];
      },
      /^HealingHealer\w+ErrorRate\w+: got an alarm of Orders, want one of UnHealthyHostCount/,
    ],
  ];

  test.for(cases)('%s', ([, which, edit, words]) => {
    expect(() => readDeployment(planted(app.template, which, edit), PLACE)).toThrow(words);
  });

  test('nothing of what the CDK command adds by itself', () => {
    const added = { Type: 'AWS::CDK::Metadata', Condition: 'CDKMetadataAvailable' };
    const template = { ...app.template, resources: { ...app.template.resources, Added: added } };

    expect(readDeployment(template, PLACE).functions).toHaveLength(2);
  });

  test('a type that the lab does not know', () => {
    const resources = { ...app.template.resources, Odd: { Type: 'AWS::Kinesis::Stream' } };
    const template: Template = { ...app.template, resources };

    expect(() => readDeployment(template, PLACE)).toThrow('Odd: got "AWS::Kinesis::Stream"');
  });

  test('a resource that may be there or not', () => {
    const stream = { Type: 'AWS::SQS::Queue', Condition: 'IsProduction' };
    const template = { ...app.template, resources: { ...app.template.resources, Odd: stream } };

    expect(() => readDeployment(template, PLACE)).toThrow('Odd.Condition: got "IsProduction"');
  });

  test('a file that is no template', () => {
    expect(() => readTemplate('package.json')).toThrow('want a file that ends with .template.json');
    expect(() => readTemplate('none.template.json')).toThrow('want what "npm run synth" writes');
  });
});
