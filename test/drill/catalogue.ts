/** The catalogue: one production failure for each file, and what must be true of the healer in it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { describe } from '../../functions/core/errors.ts';
import { parsePolicy } from '../../functions/core/policy.ts';
import type { Definition, Effect, SiteSettings, Step } from './definition.ts';
import { DEFINITION } from './definition-schema.ts';
import { MEASURES, type Tolerance } from './tolerance.ts';

const FOLDER = path.join(import.meta.dirname, 'catalogue');
const ENDING = '.json';
const SHOWN_MAX = 60;
/** Of a site that does not say how many. */
export const TASKS = 4;

/** What is wrong with the catalogue, all of it at once: file, field, value got and value wanted. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the catalogue is invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Every definition, by name. @throws CatalogueError naming all problems of all files. */
export function loadCatalogue(folder = FOLDER): readonly Definition[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
  const names = files.map((file) => path.basename(file, ENDING)).toSorted();
  const read = names.map((name) => readDefinition(folder, name));
  const problems = read.flatMap((result) => ('problems' in result ? result.problems : []));
  if (problems.length > 0) throw new CatalogueError(problems);
  return read.flatMap((result) => ('definition' in result ? [result.definition] : []));
}

type Read = { readonly definition: Definition } | { readonly problems: readonly string[] };

function readDefinition(folder: string, name: string): Read {
  const file = `${name}${ENDING}`;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  } catch (error) {
    return { problems: [`${file}: wanted JSON: ${describe(error)}`] };
  }
  const problems = checkDefinition(value, name);
  if (problems.length > 0) return { problems: problems.map((problem) => `${file}: ${problem}`) };
  return { definition: value as Definition };
}

/** @returns what is wrong with one definition, `field: got …, wanted …`; nothing when it may run. */
export function checkDefinition(value: unknown, name: string): readonly string[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [told('file', value, 'an object')];
  const parsed = v.safeParse(DEFINITION, value);
  if (!parsed.success) return parsed.issues.map(tellIssue);
  const definition = parsed.output;
  return [
    ...(definition.name === name ? [] : [told('name', definition.name, `the file's, ${name}`)]),
    ...checkSite(definition),
    ...checkSteps(definition),
    ...checkTolerances(definition.tolerances),
  ];
}

function told(field: string, got: unknown, wanted: string): string {
  return `${field}: got ${show(got)}, wanted ${wanted}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'nothing' : text.slice(0, SHOWN_MAX);
}

function tellIssue(issue: v.BaseIssue<unknown>): string {
  return told(v.getDotPath(issue) ?? 'file', issue.input, wantedBy(issue));
}

/** Words of our own where there are some; valibot's own begin with "Invalid". */
function wantedBy({ message, expected, input, type }: v.BaseIssue<unknown>): string {
  if (type === 'strict_object' && input === undefined) return 'this field';
  if (expected === 'never') return 'no field of this name';
  if (!message.startsWith('Invalid')) return message;
  return (expected ?? message).replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ', ');
}

function checkSite({ site = {} }: Definition): readonly string[] {
  if (site.policy === undefined) return [];
  try {
    parsePolicy(site.policy, 'site.policy');
    return [];
  } catch (error) {
    return [describe(error)];
  }
}

/** What a step names must be there in the site that the definition asks for. */
function checkSteps(definition: Definition): readonly string[] {
  const { method, rollbacks } = definition;
  const at = (list: string) => (step: Step, index: number) =>
    checkStep(definition, step, `${list}.${index}`);
  const first = method.some((step) => !isWaiting(step))
    ? []
    : [
        told(
          'method',
          method.map((step) => step.do),
          'a step that is no waiting',
        ),
      ];
  return [...method.flatMap(at('method')), ...rollbacks.flatMap(at('rollbacks')), ...first];
}

function checkStep({ site = {} }: Definition, step: Step, field: string): readonly string[] {
  const problems = checkTarget(site, step, field);
  if (step.do === 'dependency' && (step.is === 'slow') !== (step.ms !== undefined)) {
    return [told(`${field}.ms`, step.ms, 'milliseconds if and only if it is slow')];
  }
  if (step.do === 'deploy' && step.shiftPercent !== undefined && site.controller === undefined) {
    return [told(`${field}.shiftPercent`, step.shiftPercent, 'it on CODE_DEPLOY only')];
  }
  return problems;
}

function checkTarget(site: SiteSettings, step: Step, field: string): readonly string[] {
  if (!('of' in step || 'on' in step)) return [];
  const { of = 'checkout-api' } = step;
  if (of === 'catalog-api' && site.backend === undefined) {
    return [told(`${field}.of`, of, 'a tier that the site has (site.backend)')];
  }
  if (!('on' in step && 'tasks' in step.on)) return [];
  const tasks = of === 'catalog-api' ? (site.backend?.tasks ?? 0) : (site.tasks ?? TASKS);
  const missing = step.on.tasks.filter((task) => task >= tasks);
  if (missing.length === 0) return [];
  return [told(`${field}.on.tasks`, missing, `tasks from 0 to ${tasks - 1}`)];
}

/** Waiting is no fault: the clock of the measures begins with the first step that is none. */
export function isWaiting(step: Effect): boolean {
  return step.do.startsWith('wait');
}

function checkTolerances(tolerances: readonly Tolerance[]): readonly string[] {
  return tolerances.flatMap(({ measure, at, value }, index) => {
    const field = `tolerances.${index}`;
    const isText = MEASURES[measure][1] === 'text';
    const problems: string[] = [];
    if (isText !== (typeof value === 'string')) {
      problems.push(told(`${field}.value`, value, isText ? 'a text' : 'a number'));
    }
    if (isText && at !== 'exactly') problems.push(told(`${field}.at`, at, '"exactly" for a text'));
    if (tolerances.findIndex((other) => other.measure === measure) < index) {
      problems.push(told(`${field}.measure`, measure, 'one limit for each measure'));
    }
    return problems;
  });
}
