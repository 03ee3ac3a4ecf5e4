/** The tables are worked out from what is deployed, and fail rather than leave something out. */
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { appTable } from '../../infra/docs/app-table.ts';
import { idleCostTable, incidentCostTable } from '../../infra/docs/cost-tables.ts';
import { iamTable } from '../../infra/docs/iam-table.ts';
import { makeSample, type Sample } from '../../infra/docs/sample.ts';
import { parseSettings } from '../../infra/stacks/settings.ts';

let sample: Sample;

beforeAll(async () => {
  await bundle();
  sample = makeSample();
});

const cellsOf = (table: string): readonly (readonly string[])[] =>
  table.split('\n').map((line) =>
    line
      .replaceAll('**', '')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const dollarsIn = (cell = ''): number => Number(/\$([\d.]+)/.exec(cell)?.[1] ?? Number.NaN);

test.each([
  ['a month', idleCostTable, 'the healer, idle', 0.01],
  ['an incident', incidentCostTable, 'an incident', 0.000_1],
] as const)('the cost of %s is the sum of the lines above it', (_name, makeTable, name, close) => {
  const rows = cellsOf(makeTable());
  const end = rows.findIndex(([what]) => what === name);
  const parts = rows.slice(2, end).map((row) => dollarsIn(row[3]));

  expect(parts.length).toBeGreaterThan(3);
  const sum = parts.reduce((total, part) => total + part, 0);
  expect(Math.abs(sum - dollarsIn(rows[end]?.[3]))).toBeLessThan(close);
});

test('every metric that an alarm looks at is counted', () => {
  const rows = cellsOf(idleCostTable());
  const count = (what: string) => rows.find(([name]) => name === what)?.[1];

  // The share of errors takes two metrics of each target group, and each has its ill targets.
  expect(count('each guarded service')).toBe('3 metrics');
  expect(count('… with two target groups')).toBe('6 metrics');
});

/** The sample, with one more statement in the role of remediate. */
function withStatement(statement: object): Sample {
  const json = structuredClone(sample.template.toJSON()) as {
    readonly Resources: Record<string, { Properties: { PolicyDocument: { Statement: object[] } } }>;
  };
  const id = Object.keys(json.Resources).find((name) => name.startsWith('HealingRemediateRoleDef'));
  json.Resources[id ?? '']?.Properties.PolicyDocument.Statement.push(statement);
  return { ...sample, template: Template.fromJSON(json) };
}

test('the stop is limited to tasks of one cluster, and says why', () => {
  const row = iamTable(sample)
    .split('\n')
    .find((line) => line.includes('ecs:StopTask'));

  expect(row).toContain('| `ecs:task/shop/*` | `ecs:cluster` is `ecs:cluster/shop` |');
});

test('fails at a permission that nobody has given a reason for', () => {
  const statement = { Sid: 'DeleteAll', Action: 'ecs:DeleteCluster', Resource: '*' };

  expect(() => iamTable(withStatement(statement))).toThrow(
    'remediate: statement DeleteAll (ecs:DeleteCluster) has no reason',
  );
});

test('shows a permission on what is not the healer by its ARN', () => {
  const queue = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sqs:eu-west-1:1:other']] };
  const statement = { Sid: 'LookAgainLater9', Action: 'sqs:SendMessage', Resource: queue };

  expect(iamTable(withStatement(statement))).toContain('| `sqs:other` |');
});

test('the defaults of the app are those that it takes without any context', () => {
  const rows = new Map(cellsOf(appTable()).map(([key, , standard]) => [key, standard]));
  const { deployment, desiredCount, health } = parseSettings({});

  expect(rows.get('`deployment`')).toBe(`\`${deployment}\``);
  expect(rows.get('`desiredCount`')).toBe(`\`${desiredCount}\``);
  expect(rows.get('`graceSeconds`')).toBe(`\`${health.graceSeconds}\``);
  expect(rows.get('`slackSecret`')).toBe('none');
});
