/** What the functions may do, read from the roles of the synthesised template. */
import { Stack } from 'aws-cdk-lib';
import { IAM_REASONS } from './iam-reasons.ts';
import { markdownTable } from './regions.ts';
import type { Sample } from './sample.ts';

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  readonly Roles: readonly unknown[];
}

/** What the functions of the defaults may do. @throws when a statement has no reason. */
export function iamTable(sample: Sample): string {
  return tableOf(rowsOf(sample));
}

/** What they may do besides with a bot, buttons and drills. */
export function iamOptionsTable(sample: Sample, whole: Sample): string {
  const known = new Set(rowsOf(sample).map((row) => JSON.stringify(row)));
  const common = new Set(rowsOf(sample).map(([, ...rest]) => JSON.stringify(rest)));
  const added = rowsOf(whole).filter(
    (row) => !known.has(JSON.stringify(row)) && !common.has(JSON.stringify(row.slice(1))),
  );
  return tableOf(added);
}

type Row = readonly string[];

function tableOf(rows: readonly Row[]): string {
  return markdownTable(['function', 'may', 'on', 'if', 'because'], joined(rows));
}

/** Nobody should deploy what nobody can explain. */
function rowsOf(sample: Sample): readonly Row[] {
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    Object.values(sample.template.findResources(type)).map(
      (resource) => resource['Properties'] as Policy,
    ),
  );
  return (['remediate', 'notify', 'respond', 'drill'] as const).flatMap((name) => {
    const made = sample.healing[name];
    if (made === undefined) return [];
    const { role } = made;
    const roleId = Stack.of(role).getLogicalId(role.node.defaultChild as never);
    const own = policies.filter(({ Roles }) => JSON.stringify(Roles).includes(`"${roleId}"`));
    return own
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .map((statement) => rowOf(statement, name, sample));
  });
}

/** What several may do stands in one row. */
function joined(rows: readonly Row[]): readonly Row[] {
  const owners = new Map<string, string[]>();
  for (const [owner = '', ...rest] of rows) {
    const key = JSON.stringify(rest);
    owners.set(key, [...(owners.get(key) ?? []), owner]);
  }
  return [...owners].map(([rest, names]) => [names.join(', '), ...(JSON.parse(rest) as string[])]);
}

function rowOf(statement: Statement, name: string, sample: Sample): Row {
  const actions = [statement.Action].flat();
  const key = statement.Sid?.replace(/\d+$/, '') ?? actions[0] ?? '';
  const reason = IAM_REASONS[key];
  if (reason === undefined) {
    throw new Error(`${name}: statement ${key} (${actions.join(', ')}) has no reason`);
  }
  const conditions = Object.values(statement.Condition ?? {}).flatMap(Object.entries);
  return [
    name,
    actions.map(code).join(' '),
    [statement.Resource]
      .flat()
      .map((resource) => code(spell(resource, sample)))
      .join(' '),
    conditions.map(([what, value]) => `${code(what)} is ${code(spell(value, sample))}`).join(', '),
    reason,
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Without what is the same for all: partition, Region and account. */
function spell(value: unknown, sample: Sample): string {
  const text = flatten(value, sample);
  return text.replace(/^arn:[^:]*:([\w-]+):[\w-]*:\d*:/, '$1:');
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'region',
  'AWS::AccountId': '',
  'AWS::URLSuffix': 'amazonaws.com',
};

function flatten(value: unknown, sample: Sample): string {
  if (typeof value === 'string') return value.replace(/Sample-Healing-\w+/, '<healer>');
  const node = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(node['Fn::Join'])) {
    const [delimiter, parts] = node['Fn::Join'] as [string, readonly unknown[]];
    return parts.map((part) => flatten(part, sample)).join(delimiter);
  }
  if (Array.isArray(node['Fn::GetAtt'])) return pathOf(String(node['Fn::GetAtt'][0]), sample);
  if (Array.isArray(value)) return value.map((part) => flatten(part, sample)).join(', ');
  const reference = String(node['Ref']);
  return PSEUDO[reference] ?? pathOf(reference, sample);
}

/** The construct that a logical id stands for, from the healer on. */
function pathOf(logicalId: string, { stack, healing }: Sample): string {
  const found = healing.node.findAll().find(({ node }) => {
    const resource = node.defaultChild;
    return resource !== undefined && stack.getLogicalId(resource as never) === logicalId;
  });
  if (found === undefined) throw new Error(`no construct of the healer is ${logicalId}`);
  return found.node.path.slice(healing.node.path.length + 1);
}
