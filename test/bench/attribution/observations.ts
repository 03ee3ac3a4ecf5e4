/**
 * Generated observations with a known truth: who is ill, why, and what of the evidence is
 * missing.
 */
import type {
  Observation,
  Reading,
  TargetReading,
  TaskReading,
  TaskTraffic,
} from '../../../functions/core/observation.ts';
import { anAlarm, anObservation, aTarget, aTask, NOW, traffic } from '../../core/builders.ts';
import { Random } from '../world/random.ts';

/** Which tasks are ill; a stop can help only in the first three that have any. */
export const PATTERNS = [
  'nobody',
  'one task',
  'several tasks',
  'one slow task',
  'one zone',
  'one revision',
  'everybody',
] as const;
export type Pattern = (typeof PATTERNS)[number];

export const CURABLE: readonly Pattern[] = ['one task', 'several tasks', 'one slow task'];

/** What of the evidence is not there. */
export const GAPS = [
  'nothing',
  'no log group',
  'no load balancer',
  'logs unreadable',
  'targets unreadable',
  'tasks unreadable',
  'service unreadable',
  'alarms unreadable',
  'a task without target',
  "the ill task's lines",
] as const;
export type Gap = (typeof GAPS)[number];

const ILL_RATES = [0.05, 0.1, 0.2, 0.5, 0.8, 1] as const;

export interface GeneratedCase {
  readonly observation: Observation;
  readonly pattern: Pattern;
  readonly gap: Gap;
  /** Share of the requests of an ill task that fail, or are slow. */
  readonly illRate: number;
  readonly ill: ReadonlySet<string>;
  readonly tasks: number;
  readonly requests: number;
}

const TASKS = { least: 2, most: 200 };
const REQUESTS = { least: 5, most: 100_000 };
const BASE_RATE_MOST = 0.05;
/** Healthy tasks are not all alike: each has its own rate around the fleet's. */
const SPREAD = 0.25;

export function generateCase(seed: string): GeneratedCase {
  const random = new Random(seed);
  const tasks = Math.round(logUniform(random, TASKS));
  const requests = Math.round(logUniform(random, REQUESTS));
  const pattern = random.pick(PATTERNS);
  const gap = random.next() < 0.5 ? 'nothing' : random.pick(GAPS.slice(1));
  const illRate = random.pick(ILL_RATES);
  const readings = Array.from({ length: tasks }, (_, index) => taskOf(index, pattern, random));
  const ill = new Set(chooseIll(pattern, readings, random).map(({ id }) => id));
  const base = random.next() * BASE_RATE_MOST;
  const lines = readings.map((task, index) => {
    const served = Math.max(1, Math.round(requests * random.between(0.8, 1.2)));
    const usual = base * random.between(1 - SPREAD, 1 + SPREAD);
    const isIll = ill.has(task.id);
    const isSlow = pattern === 'one slow task';
    const errors = random.binomial(served, isIll && !isSlow ? Math.max(usual, illRate) : usual);
    const slow = random.binomial(served, isIll && isSlow ? illRate : usual);
    return { ...traffic(index + 1, served, errors), slow };
  });
  const observation = withGap(gap, observe(readings, lines), ill, random);
  return { observation, pattern, gap, illRate, ill, tasks, requests };
}

function logUniform(random: Random, { least, most }: { least: number; most: number }): number {
  return Math.exp(random.between(Math.log(least), Math.log(most)));
}

/** More than 255 tasks have no address of their own in the builders, and 200 are the most here. */
function taskOf(index: number, pattern: Pattern, random: Random): TaskReading {
  const isNew = pattern === 'one revision' && random.next() < 0.3;
  return aTask(index + 1, isNew ? { revision: 'checkout-api:43' } : {});
}

function chooseIll(
  pattern: Pattern,
  tasks: readonly TaskReading[],
  random: Random,
): readonly TaskReading[] {
  switch (pattern) {
    case 'nobody':
      return [];
    case 'one task':
    case 'one slow task':
      return [random.pick(tasks)];
    case 'several tasks': {
      const count = Math.max(1, Math.min(5, Math.floor(tasks.length / 3)));
      return Array.from({ length: count }, () => random.pick(tasks));
    }
    case 'one zone':
      return tasks.filter(({ zone }) => zone === 'eu-west-1a');
    case 'one revision':
      return tasks.filter(({ revision }) => revision === 'checkout-api:43');
    case 'everybody':
      return tasks;
  }
}

function observe(tasks: readonly TaskReading[], lines: readonly TaskTraffic[]): Observation {
  const targets = tasks.map((_, index) => aTarget(index + 1));
  return anObservation({ tasks, targets, traffic: lines, alarms: [anAlarm()], at: NOW });
}

function withGap(
  gap: Gap,
  whole: Observation,
  ill: ReadonlySet<string>,
  random: Random,
): Observation {
  const unreadable: Reading<never> = {
    kind: 'unreadable',
    code: 'dependency.unavailable',
    message: 'throttled',
  };
  switch (gap) {
    case 'nothing':
      return whole;
    case 'no log group':
      return { ...whole, traffic: { kind: 'absent' } };
    case 'no load balancer':
      return { ...whole, targets: { kind: 'absent' } };
    case 'logs unreadable':
      return { ...whole, traffic: unreadable };
    case 'targets unreadable':
      return { ...whole, targets: unreadable };
    case 'tasks unreadable':
      return { ...whole, tasks: unreadable };
    case 'service unreadable':
      return { ...whole, service: unreadable };
    case 'alarms unreadable':
      return { ...whole, alarms: unreadable };
    case 'a task without target':
      return { ...whole, targets: withoutOne(whole.targets, random) };
    case "the ill task's lines":
      return { ...whole, traffic: withoutLines(whole.traffic, ill) };
  }
}

function withoutOne(
  targets: Reading<readonly TargetReading[]>,
  random: Random,
): Reading<readonly TargetReading[]> {
  if (targets.kind !== 'read') return targets;
  const lost = random.pick(targets.value);
  return { kind: 'read', value: targets.value.filter((target) => target !== lost) };
}

function withoutLines(reading: Observation['traffic'], ill: ReadonlySet<string>) {
  if (reading.kind !== 'read') return reading;
  const tasks = reading.value.tasks.filter(({ taskId }) => !ill.has(taskId));
  return { ...reading, value: { ...reading.value, tasks } };
}
