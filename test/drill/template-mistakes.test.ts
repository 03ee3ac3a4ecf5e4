import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AlarmStateChangeEvent } from '../lab/cloudwatch/alarm-event.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { lettersIn } from '../lab/letters.ts';
import { ACCOUNT, CALLER, ERROR_RATE_ALARM, REGION } from '../lab/names.ts';
import { type Properties, planted, Synthesised } from '../lab/template/synthesised.ts';
import type { Template } from '../lab/template/template.ts';

const FACTOR = 60;
const PATIENT = { timeout: 15_000, interval: 50 };

let app: Synthesised;

beforeAll(async () => {
  app = await Synthesised.app();
});
afterAll(() => app.close());

async function aLab(template: Template): Promise<Lab> {
  const lab = await startLab({ timeFactor: FACTOR, tasks: 1, healer: { template } });
  onTestFinished(() => lab.close());
  return lab;
}

const RULE = ['AWS::Events::Rule', 'AlarmChanges'] as const;
const REMEDIATE = ['AWS::Lambda::Function', 'Remediate'] as const;
const REMEDIATE_POLICY = ['AWS::IAM::Policy', 'RemediateRole'] as const;
const INBOX = ['AWS::SQS::Queue', 'InboxBF'] as const;
const INBOX_POLICY = ['AWS::SQS::QueuePolicy', 'InboxPolicy'] as const;
const RULE_DEAD_LETTERS_POLICY = ['AWS::SQS::QueuePolicy', 'RuleDeadLettersPolicy'] as const;

function alarmEvent(value: string, alarm = ERROR_RATE_ALARM): AlarmStateChangeEvent {
  const at = { value, reason: REASON, timestamp: '2026-01-01T00:00:00.000+0000' };
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: ACCOUNT,
    time: '2026-01-01T00:00:00Z',
    region: REGION,
    resources: [`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${alarm}`],
    detail: {
      alarmName: alarm,
      configuration: {},
      previousState: { ...at, value: 'OK' },
      state: at,
    },
  };
}

const REASON = 'a test of the wiring';

/** Names of the queues that our events were put into, without CDK's hashes. */
function filled(lab: Lab): readonly string[] {
  return sendings(lab).map(({ QueueUrl }) => queueOf(QueueUrl));
}

/** Not those of the lab's own alarms, which ring as they like. */
function sendings(lab: Lab) {
  return lab.events
    .calls()
    .filter((call) => call.caller === CALLER.platform && call.operation === 'SendMessage')
    .map(({ input }) => input as { QueueUrl: string; MessageBody: string })
    .filter(({ MessageBody: body }) => body.includes(REASON));
}

function queueOf(url: string): string {
  const name = url.slice(url.lastIndexOf('/') + 1);
  return name.replace(/^HealingHealer|[0-9A-F]{8}$/g, '');
}

function withoutLetRulesSend({ PolicyDocument: document }: Properties): void {
  document.Statement = document.Statement.filter(({ Sid: sid }: Properties) => sid === undefined);
}

describe('an alarm', () => {
  test('that changes reaches the inbox, and remediate', async () => {
    const lab = await aLab(app.template);

    await lab.healer?.deliver(alarmEvent('ALARM'));
    await lab.healer?.deliver(alarmEvent('OK'));

    expect(filled(lab)).toEqual(['Inbox', 'Inbox']);
    await vi.waitFor(
      () =>
        expect(lab.events.all()).toContainEqual(
          expect.objectContaining({
            kind: 'invocation',
            functionName: 'remediate',
            outcome: 'succeeded',
            result: { batchItemFailures: [] },
          }),
        ),
      PATIENT,
    );
  });

  test('that guards nothing reaches nobody', async () => {
    const lab = await aLab(app.template);

    await lab.healer?.deliver(alarmEvent('ALARM', 'billing'));
    await lab.healer?.deliver(alarmEvent('INSUFFICIENT_DATA'));

    expect(filled(lab)).toEqual([]);
  });

  test.for<readonly [string, (template: Template) => Template, readonly string[]]>([
    [
      'whose rule has no target reaches nobody',
      (template) =>
        planted(template, RULE, (rule) => {
          delete rule['Targets'];
        }),
      [],
    ],
    [
      'whose rule is disabled reaches nobody',
      (template) =>
        planted(template, RULE, (rule) => {
          rule['State'] = 'DISABLED';
        }),
      [],
    ],
    [
      'whose rule forgets OK is never over',
      (template) =>
        planted(template, RULE, ({ EventPattern }) => {
          EventPattern.detail.state.value = ['ALARM'];
        }),
      ['Inbox'],
    ],
    [
      'that the inbox does not take becomes a dead letter, twice',
      (template) => planted(template, INBOX_POLICY, withoutLetRulesSend),
      ['RuleDeadLetters', 'RuleDeadLetters'],
    ],
    [
      'that no queue takes is lost',
      (template) =>
        planted(
          planted(template, INBOX_POLICY, withoutLetRulesSend),
          RULE_DEAD_LETTERS_POLICY,
          withoutLetRulesSend,
        ),
      [],
    ],
  ])('%s', async ([, plant, queues]) => {
    const lab = await aLab(plant(app.template));

    await lab.healer?.deliver(alarmEvent('ALARM'));
    await lab.healer?.deliver(alarmEvent('OK'));

    expect(filled(lab)).toEqual(queues);
  });
});

describe('an announcement', () => {
  async function announce(template: Template): Promise<Lab> {
    const lab = await aLab(template);
    const sns = new SNSClient(clientConfig(lab.gateway.url, REGION, CALLER.platform));
    onTestFinished(() => sns.destroy());
    const topic = Object.keys(template.resources).find((id) => id.includes('HealerIncidentsFF'));
    const TopicArn = `arn:aws:sns:${REGION}:000000000000:${topic}`;
    await sns.send(new PublishCommand({ TopicArn, Message: REASON }));
    return lab;
  }

  const invocations = (lab: Lab) =>
    lab.events.all().filter((e) => e.kind === 'invocation' && e.functionName === 'notify');

  test('invokes notify', async () => {
    const lab = await announce(app.template);

    await vi.waitFor(() => expect(invocations(lab)).not.toEqual([]), PATIENT);
  });

  test('that the queue does not take from SNS becomes a dead letter', async () => {
    const policy = ['AWS::SQS::QueuePolicy', 'HealerAnnouncementsPolicy'] as const;
    const lab = await announce(
      planted(app.template, policy, ({ PolicyDocument: document }) => {
        document.Statement = document.Statement.filter(
          ({ Principal }: Properties) => Principal?.Service !== 'sns.amazonaws.com',
        );
      }),
    );

    await vi.waitFor(
      async () => expect(await lettersIn(lab, 'AnnouncementDeadLetters')).toBe(1),
      PATIENT,
    );
    expect(invocations(lab)).toEqual([]);
  });
});

test('a mapping that is disabled leaves messages in the inbox', async () => {
  const mapping = ['AWS::Lambda::EventSourceMapping', 'Remediate'] as const;
  const lab = await aLab(
    planted(app.template, mapping, (own) => {
      own['Enabled'] = false;
    }),
  );
  await lab.healer?.deliver(alarmEvent('ALARM'));
  const sqs = new SQSClient(clientConfig(lab.gateway.url, REGION, CALLER.platform));
  onTestFinished(() => sqs.destroy());
  const [sent] = sendings(lab);

  const command = new ReceiveMessageCommand({ QueueUrl: sent?.QueueUrl });
  const { Messages = [] } = await sqs.send(command);

  expect(Messages).toHaveLength(1);
});

describe('what AWS refuses to deploy', () => {
  function without(action: string) {
    return ({ PolicyDocument: document }: Properties): void => {
      for (const statement of document.Statement) {
        statement.Action = [statement.Action].flat().filter((name) => name !== action);
      }
    };
  }
  const cases: readonly [
    string,
    readonly [string, string],
    (properties: Properties) => void,
    string,
  ][] = [
    [
      'a visibility timeout below that of the function',
      INBOX,
      (own) => {
        own['VisibilityTimeout'] = 59;
      },
      'Queue visibility timeout: 59 seconds is less than Function timeout: 60 seconds',
    ],
    [
      "the queue's default where the function needs longer",
      INBOX,
      (own) => {
        delete own['VisibilityTimeout'];
      },
      'Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds',
    ],
    [
      'a role that may not poll',
      REMEDIATE_POLICY,
      without('sqs:ReceiveMessage'),
      'execution role does not have permissions to call ReceiveMessage on SQS',
    ],
    [
      'a role that may not write dead letters',
      REMEDIATE_POLICY,
      without('sqs:SendMessage'),
      'execution role does not have permissions to call SendMessage on SQS',
    ],
    [
      'a role that Lambda may not assume',
      ['AWS::IAM::Role', 'RemediateRole'],
      ({ AssumeRolePolicyDocument: document }) => {
        document.Statement[0].Principal = { Service: 'ecs.amazonaws.com' };
      },
      'The role defined for the function cannot be assumed by Lambda.',
    ],
    [
      'a rule whose target is not deployed',
      RULE,
      ({ Targets }) => {
        Targets[0].Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:other`;
      },
      'want a queue that is deployed',
    ],
    [
      'an environment that is too large',
      REMEDIATE,
      ({ Environment }) => {
        Environment.Variables.NOTES = 'n'.repeat(4_096);
      },
      'exceeded the 4KB limit',
    ],
  ];

  test.for(cases)('%s', async ([, which, edit, words]) => {
    const starting = aLab(planted(app.template, which, edit));

    await expect(starting).rejects.toThrow(words);
  });
});
