/** Statements of policies, wherever a template has them. */
import type { Template } from 'aws-cdk-lib/assertions';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Owned {
  readonly id: string;
  readonly type: string;
  readonly statement: Statement;
}

/** As CDK reads it from a template. */
type Resource = ReturnType<Template['findResources']>[string];

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : ([value].flat() as readonly T[]);

/** Every statement of a template: of roles, and of what lets others in. */
export function statementsOf(template: Template): readonly Owned[] {
  const resources = Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);
  return resources.flatMap(([id, { Type: type, Properties = {} }]) => {
    const { PolicyDocument, KeyPolicy, Policies = [] } = Properties;
    const inline = (Policies as readonly Resource['Properties'][]).map(
      (each) => each.PolicyDocument,
    );
    const documents = [PolicyDocument, KeyPolicy, ...inline].filter((found) => found !== undefined);
    const statements = documents.flatMap(({ Statement }) => Statement as Statement[]);
    const permission = type === 'AWS::Lambda::Permission' ? [permissionOf(Properties)] : [];
    return [...statements, ...permission].map((statement) => ({ id, type, statement }));
  });
}

/** A permission of Lambda is a statement, written otherwise. */
function permissionOf({ Action, Principal, SourceArn }: Resource['Properties']): Statement {
  const source =
    SourceArn === undefined ? {} : { Condition: { ArnLike: { 'aws:SourceArn': SourceArn } } };
  return { Effect: 'Allow', Action, Principal, ...source };
}
