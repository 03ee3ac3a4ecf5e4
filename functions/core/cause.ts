/** What is wrong, in plain words, when the evidence names it: the sentence on-call reads, and the likely fix. */

import { dependency } from './cause-dependency.ts';
import { exitAtStart, missingConfiguration, outOfMemory } from './cause-exit.ts';
import { loopbackBind, wrongPort } from './cause-listen.ts';
import { noTargets, securityGroup, wrongHealthPath } from './cause-reach.ts';
import { slowStart } from './cause-slow-start.ts';
import { imageMissing, imageRateLimit, network, secretForbidden } from './cause-start.ts';
import type { Diagnosis } from './evidence.ts';
import type { GuardedService } from './guarded-service.ts';
import type { CompleteObservation } from './observation.ts';

/** `docs/runbook.md` has a paragraph for each. */
export const CAUSE_CODES = [
  'image-missing',
  'image-rate-limit',
  'network',
  'secret-forbidden',
  'out-of-memory',
  'exit-at-start',
  'wrong-port',
  'wrong-health-path',
  'loopback-bind',
  'security-group',
  'no-targets',
  'slow-start',
  'dependency',
] as const;

export type CauseCode = (typeof CAUSE_CODES)[number];

export interface Cause {
  readonly code: CauseCode;
  /** What is wrong, with the evidence in it. */
  readonly sentence: string;
  /** What shows it: AWS's own words or a redacted log line, at most three. */
  readonly evidence: readonly string[];
  /** What most likely mends it. */
  readonly fix: string;
}

/** The last lines that a task wrote, redacted, oldest first. */
export interface TaskLines {
  readonly taskId: string;
  readonly lines: readonly string[];
  /** Those written since its trouble began: they tell a task that works from one that hangs. */
  readonly recent?: readonly string[];
}

export interface CauseInput {
  readonly observation: CompleteObservation;
  readonly diagnosis: Diagnosis;
  readonly service: GuardedService;
  readonly lines: readonly TaskLines[];
}

/** One cause: certain, or silent. */
export type CauseRule = (input: CauseInput) => Cause | undefined;

/**
 * The sharpest first: what kept a task from starting comes before what it said, what it said before what the load
 * balancer saw of it, and patience last, because a task that waits in vain is slow too.
 */
const RULES: readonly CauseRule[] = [
  imageRateLimit,
  imageMissing,
  network,
  secretForbidden,
  outOfMemory,
  missingConfiguration,
  loopbackBind,
  wrongPort,
  dependency,
  exitAtStart,
  wrongHealthPath,
  securityGroup,
  noTargets,
  slowStart,
];

/**
 * Names what is wrong, or nothing: unknown is an answer, a guess is not.
 *
 * @example
 * const cause = nameCause({ observation, diagnosis, service, lines });
 * if (cause !== undefined) tell(`${cause.sentence} ${cause.fix}`);
 */
export function nameCause(input: CauseInput): Cause | undefined {
  for (const rule of RULES) {
    const cause = rule(input);
    if (cause !== undefined) return cause;
  }
  return undefined;
}
