/** A template as CDK wrote it, and the assets that lie beside it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { DeploymentError } from '../healer/deployment-error.ts';

export interface Resource {
  readonly Type: string;
  /** It would have to be evaluated to know whether the resource is there. */
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  /** Where it was read from; messages and journals name it. */
  readonly file: string;
  /** By logical id. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** Absolute folder of each file asset, by its key in the bucket. */
  readonly assets: Readonly<Record<string, string>>;
}

const RESOURCE = v.looseObject({
  Type: v.string(),
  Condition: v.exactOptional(v.string()),
  Properties: v.exactOptional(v.record(v.string(), v.unknown())),
});
const TEMPLATE = v.looseObject({ Resources: v.record(v.string(), RESOURCE) });

const DESTINATION = v.looseObject({ objectKey: v.string() });
const ASSETS = v.looseObject({
  files: v.optional(
    v.record(
      v.string(),
      v.looseObject({
        source: v.looseObject({ path: v.string() }),
        destinations: v.record(v.string(), DESTINATION),
      }),
    ),
    {},
  ),
});

const SUFFIX = '.template.json';

/**
 * Reads `<stack>.template.json` and the `<stack>.assets.json` beside it.
 *
 * @throws DeploymentError naming the file, and what it should be.
 */
export function readTemplate(file: string): Template {
  if (!file.endsWith(SUFFIX)) {
    throw new DeploymentError(`template: got ${file}, want a file that ends with ${SUFFIX}`);
  }
  const { Resources: resources } = read(file, TEMPLATE);
  const { files } = read(`${file.slice(0, -SUFFIX.length)}.assets.json`, ASSETS);
  const folder = path.dirname(path.resolve(file));
  const assets = Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(
      ({ objectKey }) => [objectKey, path.join(folder, source.path)] as const,
    ),
  );
  return { file, resources, assets: Object.fromEntries(assets) };
}

function read<T>(file: string, schema: v.GenericSchema<unknown, T>): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DeploymentError(`${file}: want what "npm run synth" writes: ${String(error)}`);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DeploymentError(`${file}: ${v.getDotPath(issue) ?? 'content'}: ${issue.message}`);
}

/** Logical ids and resources of one type, in the order of the template. */
export function resourcesOf(
  { resources }: Template,
  type: string,
): readonly (readonly [string, Resource])[] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

/** The logical id that a plain reference names; nothing for any other value. */
export function referredBy(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  if (typeof ref === 'string') return ref;
  return Array.isArray(attribute) ? String(attribute[0]) : undefined;
}

/** Every logical id that is referred to anywhere in the value. */
export function allReferredBy(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = referredBy(value);
  return own === undefined ? Object.values(value).flatMap(allReferredBy) : [own];
}
