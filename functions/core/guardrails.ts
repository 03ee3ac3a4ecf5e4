/** The rules that hold the healer's hand, in the order in which they are asked; the first that objects decides. */
import { accountBudget, accountStorm } from './guard-account.ts';
import {
  badRollout,
  cannotStart,
  crashLoop,
  lineage,
  noTargets,
  oneZone,
  sameRevision,
  storm,
} from './guard-cause.ts';
import {
  deploymentInProgress,
  downstream,
  otherActor,
  paused,
  replacing,
  scaledToZero,
  settling,
  starting,
  unreadable,
} from './guard-moment.ts';
import {
  atFloor,
  attemptsFailed,
  budgetSpent,
  claimedIsWell,
  coolingDown,
  noSuspect,
  observeOnly,
  protectedTask,
} from './guard-victim.ts';
import type { Guardrail } from './guardrail.ts';
import type { Reason } from './verdict.ts';

/** Asked in this order. `lock-held` and `alarm-cleared` are asked before any of these, in `decide`. */
export const GUARDRAILS: readonly Guardrail[] = [
  { reason: 'paused', check: paused },
  { reason: 'scaled-to-zero', check: scaledToZero },
  { reason: 'account-storm', check: accountStorm },
  { reason: 'downstream', check: downstream },
  { reason: 'cannot-start', check: cannotStart },
  { reason: 'crash-loop', check: crashLoop },
  { reason: 'no-targets', check: noTargets },
  { reason: 'same-revision', check: badRollout },
  { reason: 'deployment-in-progress', check: deploymentInProgress },
  { reason: 'other-actor', check: otherActor },
  { reason: 'one-zone', check: oneZone },
  { reason: 'same-revision', check: sameRevision },
  { reason: 'storm', check: storm },
  { reason: 'settling', check: settling },
  { reason: 'replacing', check: replacing },
  { reason: 'starting', check: starting },
  { reason: 'unreadable', check: unreadable },
  { reason: 'no-suspect', check: noSuspect },
  { reason: 'protected', check: protectedTask },
  { reason: 'attempts-failed', check: attemptsFailed },
  { reason: 'same-revision', check: lineage },
  { reason: 'cooling-down', check: coolingDown },
  { reason: 'budget-spent', check: budgetSpent },
  { reason: 'budget-spent', check: accountBudget },
  { reason: 'at-floor', check: atFloor },
  { reason: 'observe-only', check: observeOnly },
];

/** What is about the service as it is now, not about whom to choose. */
const ABOUT_NOW: readonly Reason[] = [
  'paused',
  'scaled-to-zero',
  'account-storm',
  'downstream',
  'cannot-start',
  'crash-loop',
  'no-targets',
  'deployment-in-progress',
  'other-actor',
  'replacing',
  'starting',
  'unreadable',
  'protected',
  'at-floor',
  'observe-only',
];

/** Asked before an old claim is completed, whose task is chosen already: it may have got well. */
export const CLAIM_GUARDRAILS: readonly Guardrail[] = GUARDRAILS.flatMap((guardrail) => {
  const { reason } = guardrail;
  if (reason === 'no-suspect') return [{ reason, check: claimedIsWell }];
  return ABOUT_NOW.includes(reason) ? [guardrail] : [];
});
