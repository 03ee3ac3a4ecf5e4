/** Who is let in: no service of AWS on behalf of another account, and nobody by a policy that names no source. */
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { flatten } from '../../infra/healing/wildcards.ts';
import { HEALERS } from './healer-variants.ts';

const TIMES = { timeout: 60_000 };

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Door {
  readonly id: string;
  readonly statement: Statement;
}

/** As CDK reads it from a template. */
type Resource = ReturnType<Template['findResources']>[string];

/** What lets others in: policies of queues, topics and keys, and permissions to invoke. */
function doorsOf(template: Template): readonly Door[] {
  const resources = Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);
  return resources.flatMap(([id, { Type, Properties = {} }]) => {
    if (Type === 'AWS::Lambda::Permission') return [{ id, statement: permissionOf(Properties) }];
    if (!/^AWS::(?:SQS::QueuePolicy|SNS::TopicPolicy|KMS::Key)$/.test(Type)) return [];
    const { Statement } = (Properties.PolicyDocument ?? Properties.KeyPolicy) as {
      readonly Statement: readonly Statement[];
    };
    return Statement.map((statement) => ({ id, statement }));
  });
}

function permissionOf({
  Principal,
  SourceArn,
  FunctionUrlAuthType,
  InvokedViaFunctionUrl,
}: Resource['Properties']): Statement {
  const byUrl = FunctionUrlAuthType ?? InvokedViaFunctionUrl;
  const keys = {
    ...(SourceArn === undefined ? {} : { 'aws:SourceArn': SourceArn }),
    ...(byUrl === undefined ? {} : { 'lambda:FunctionUrl': byUrl }),
  };
  return { Effect: 'Allow', Principal, Condition: { ArnLike: keys } };
}

/** Which account a condition lets in: an ARN of this stack's own account, a topic of it, or its number. */
function isOwn(key: string, value: unknown): boolean {
  const text = flatten(value);
  if (key === 'aws:SourceAccount') return text === '<AWS::AccountId>';
  const isOfThisAccount = /^arn:<AWS::Partition>:[\w-]+:<AWS::Region>:<AWS::AccountId>:/.test(text);
  return key === 'aws:SourceArn' && (isOfThisAccount || /^<[\w.]+>$/.test(text));
}

/** Doors that a service may go through for somebody else's sake. */
function deputies(doors: readonly Door[]): readonly string[] {
  return doors
    .filter(({ statement: { Effect, Principal } }) => {
      const named = JSON.stringify(Principal);
      return Effect === 'Allow' && /amazonaws\.com/.test(named);
    })
    .filter(({ statement: { Condition = {} } }) => {
      const keys = Object.values(Condition).flatMap(Object.entries);
      return !keys.some(([key, value]) => [value].flat().every((one) => isOwn(key, one)));
    })
    .map(({ id, statement }) => `${id} ${statement.Sid ?? ''}`);
}

/** Doors that are open to everybody. */
function open(doors: readonly Door[]): readonly string[] {
  return doors
    .filter(({ statement: { Effect, Principal } }) => {
      const named = JSON.stringify(Principal);
      return Effect === 'Allow' && /"\*"/.test(named);
    })
    .map(({ id, statement: { Condition = {} } }) => {
      const [key] = Object.values(Condition).flatMap(Object.keys);
      return key === 'lambda:FunctionUrl' ? 'by the URL of respond' : id;
    });
}

beforeAll(async () => {
  await bundle();
});

describe.each(HEALERS)('%s', TIMES, (name, make) => {
  test('lets services in for its own account alone, and everybody only by the URL of buttons', () => {
    const doors = doorsOf(make());
    const hasButtons = name.includes('buttons');

    expect(doors.length).toBeGreaterThan(5);
    expect(deputies(doors)).toEqual([]);
    expect([...new Set(open(doors))]).toEqual(hasButtons ? ['by the URL of respond'] : []);
  });
});

describe('a mistake', TIMES, () => {
  const door = (statement: Partial<Statement>): Door => ({
    id: 'Door',
    statement: { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, ...statement },
  });
  const elsewhere = 'arn:aws:events:eu-west-1:999999999999:rule/*';

  test.each<[string, Partial<Statement>]>([
    ['a service for whoever asks it', {}],
    ['rules of another account', { Condition: { ArnLike: { 'aws:SourceArn': elsewhere } } }],
    ['another account', { Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } }],
    [
      'a condition that is about something else',
      { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    ],
  ])('%s is found', (_, statement) => {
    expect(deputies([door(statement)])).toHaveLength(1);
  });

  test('a queue for everybody is found', () => {
    expect(open([door({ Principal: '*' })])).toEqual(['Door']);
  });
});

test('a policy without statements has no door', () => {
  expect(doorsOf(Template.fromJSON({ Resources: {} }))).toEqual([]);
});
