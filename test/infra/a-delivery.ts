/** The delivery stack, synthesised, and looks at its parts. */
import { Template } from 'aws-cdk-lib/assertions';
import { anApp, idOf, propertiesOf } from './stacks-template.ts';

export const PIPELINE = {
  connectionArn: 'arn:aws:codeconnections:eu-west-1:123456789012:connection/0a1b',
  repository: 'octo/shop',
  branch: 'release',
};

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

export function delivered(context: Record<string, unknown> = { pipeline: PIPELINE }): Template {
  const { delivery } = anApp(context);
  if (delivery === undefined) throw new Error('no delivery stack');
  return Template.fromStack(delivery);
}

/** Of the one resource of the type whose logical id begins so. */
export function propertyOf(template: Template, type: string, start: string, name: string): unknown {
  return propertiesOf(template, type)[idOf(template, type, start)]?.[name];
}

export function statementsOf(template: Template, start: string): readonly Statement[] {
  const document = propertyOf(template, 'AWS::IAM::Policy', start, 'PolicyDocument');
  return (document as { readonly Statement: readonly Statement[] }).Statement;
}

export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ Action: actions }) => actions);
}
