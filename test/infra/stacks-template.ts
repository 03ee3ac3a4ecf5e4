/** Synthesises the app with an image in ECR, so that nothing needs Docker. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../infra/app.ts';
import { bundle } from '../../infra/bundle.ts';

const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout:0123abc';

/** The CLI reads it and hands it on; a test must see the same templates as a deployment. */
const CDK_JSON = path.resolve(import.meta.dirname, '../../cdk.json');
const { context: FLAGS } = JSON.parse(readFileSync(CDK_JSON, 'utf8')) as {
  readonly context: Readonly<Record<string, unknown>>;
};

// The CLI does it by the `build` command of the same file.
await bundle();

type Properties = Readonly<Record<string, unknown>>;

export function anApp(
  context: Record<string, unknown> = {},
  outdir?: string,
): ReturnType<typeof makeApp> {
  return makeApp({ ...FLAGS, image: IMAGE, ...context }, outdir);
}

export function aTemplate(context: Record<string, unknown> = {}): Template {
  return Template.fromStack(anApp(context).stack);
}

/** Properties of all resources of the type, by logical id. */
export function propertiesOf(
  template: Template,
  type: string,
): Readonly<Record<string, Properties>> {
  const found = template.findResources(type) as Record<string, { Properties?: Properties }>;
  return Object.fromEntries(
    Object.entries(found).map(([id, { Properties: properties }]) => [id, properties ?? {}]),
  );
}

/** The one logical id of the type that begins with the text. */
export function idOf(template: Template, type: string, start: string): string {
  const ids = Object.keys(template.findResources(type)).filter((id) => id.startsWith(start));
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw new Error(`${start}*: ${ids.join(', ') || 'none'}`);
  return id;
}
