/** The app's real template, synthesised into a folder of its own, and mistakes planted in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { APP_STACK } from '../../../infra/delivery/names.ts';
import { anApp } from '../../infra/stacks-template.ts';
import { readTemplate, type Template } from './template.ts';

export class Synthesised {
  /** `<folder>/<stack>.template.json`, its assets beside it. */
  readonly file: string;
  readonly template: Template;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.file = path.join(folder, `${APP_STACK}.template.json`);
    this.template = readTemplate(this.file);
  }

  static async app(context: Record<string, unknown> = {}): Promise<Synthesised> {
    const folder = await mkdtemp(path.join(tmpdir(), 'synth-'));
    anApp(context, folder).app.synth();
    return new Synthesised(folder);
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Properties as a mistake would write them: whatever one likes. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is CloudFormation's, and may be broken here.
export type Properties = Record<string, any>;

/**
 * A copy of the template in which the one resource of the type whose logical id has these words is
 * changed, or taken out where `edit` is `remove`.
 */
export function planted(
  template: Template,
  [type, words]: readonly [type: string, words: string],
  edit: ((properties: Properties) => void) | 'remove',
): Template {
  const resources = structuredClone(template.resources) as Record<
    string,
    { Type: string; Properties?: Properties }
  >;
  const found = Object.entries(resources).filter(
    ([id, resource]) => resource.Type === type && id.includes(words),
  );
  const [[id, { Properties: properties = {} }] = ['', {}], ...others] = found;
  if (id === '' || others.length > 0) {
    throw new Error(`${type} ${words}: got ${found.length}, want 1`);
  }
  if (edit === 'remove') delete resources[id];
  else edit(properties);
  return { ...template, resources };
}
