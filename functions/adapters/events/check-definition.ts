/** Whether a drill's definition makes sense: its shape, and what its parts say of one another. */
import * as v from 'valibot';
import { shortenInput, showInput } from '../../core/bad-input.ts';
import {
  type Definition,
  isWaiting,
  SITE_TASKS,
  type SiteSettings,
  type Step,
} from '../../core/drill/definition.ts';
import { MEASURES, type Tolerance } from '../../core/drill/tolerance.ts';
import { describe } from '../../core/errors.ts';
import { parsePolicy } from '../../core/policy.ts';
import { DEFINITION } from './drill-definition.ts';

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
  return `${field}: got ${showInput(got)}, wanted ${wanted}`;
}

function tellIssue(issue: v.BaseIssue<unknown>): string {
  return told(shortenInput(v.getDotPath(issue) ?? 'file'), issue.input, wantedBy(issue));
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
  const tasks = of === 'catalog-api' ? (site.backend?.tasks ?? 0) : (site.tasks ?? SITE_TASKS);
  const missing = step.on.tasks.filter((task) => task >= tasks);
  if (missing.length === 0) return [];
  return [told(`${field}.on.tasks`, missing, `tasks from 0 to ${tasks - 1}`)];
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
