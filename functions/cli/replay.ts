/** Puts recorded decisions to the rules of today, or to other limits, and says what would come of them. Pure. */
import { decide } from '../core/decide.ts';
import { nameDelivery } from '../core/delivery.ts';
import { type PolicyOverrides, parsePolicy, policyOverrides } from '../core/policy.ts';
import { type EpochMillis, iso } from '../core/time.ts';
import { spellVerdict } from '../core/verdict.ts';
import type { Recording } from './recordings.ts';

export interface Replay {
  readonly at: EpochMillis;
  readonly service: string;
  readonly trigger: string;
  /** As `spellVerdict` writes it. */
  readonly was: string;
  readonly is: string;
  readonly differs: boolean;
  /** Of today's verdict. */
  readonly why: string;
  /** ARN of the task that would be stopped. */
  readonly task?: string;
}

/** @param overrides - limits that take the place of the recorded ones. @throws {config.invalid} on a bad limit. */
export function replay(recording: Recording, overrides: PolicyOverrides): Replay {
  const { input, verdict } = recording;
  const policy = parsePolicy({ ...policyOverrides(input.service.policy), ...overrides });
  const today = decide({ ...input, service: { ...input.service, policy } }).verdict;
  const is = spellVerdict(today);
  return {
    at: input.now,
    service: input.service.id,
    trigger: nameDelivery(input.delivery),
    was: verdict,
    is,
    differs: verdict !== is,
    why: today.kind === 'act' ? today.victim.why : today.detail,
    ...(today.kind === 'act' ? { task: today.victim.taskArn } : {}),
  };
}

/** One line per decision for people, oldest first, and a sum at the end. */
export function renderReplays(replays: readonly Replay[]): string {
  const lines = replays.flatMap(({ at, service, was, is, differs, why, task }) => [
    `${iso(at)}  ${service}  ${differs ? `${was} → ${is}` : is}`,
    `    ${why}${task === undefined ? '' : ` (${task})`}`,
  ]);
  const acts = replays.filter(({ is }) => is === 'act');
  const tasks = new Set(acts.map(({ task }) => task));
  const differing = replays.filter(({ differs }) => differs).length;
  const total = `${replays.length} decisions, ${differing} would differ, ${tasks.size} tasks would be stopped`;
  return [...lines, '', total, ''].join('\n');
}
