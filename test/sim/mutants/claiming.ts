/** The lock, its fence, and what becomes of a claim. */
import type { Mutant } from './mutant.ts';

const COMMIT_SHARED = 'deps.store.commitShared(next, account, entries, writer, request.signal)';

export const CLAIMING: readonly Mutant[] = [
  {
    name: 'claim-unconditional',
    file: 'app/reconcile.ts',
    find: COMMIT_SHARED,
    replace: `readShared(deps, request).then((now) => deps.store.commitShared(
          { ...next, version: now.lock.version + 1 },
          { ...account, version: now.account.version + 1 },
          entries, writer, request.signal))`,
    from: 103,
    within: 300,
  },
  {
    name: 'lost-claim-acts',
    file: 'app/reconcile.ts',
    find: "if (written === 'conflict')\n",
    replace: "if (written === 'conflict' && decision.verdict.kind !== 'act')\n",
    from: 45,
    within: 300,
  },
  {
    name: 'account-not-conditional',
    file: 'app/reconcile.ts',
    find: COMMIT_SHARED,
    replace: `deps.store.readAccount(request.signal).then(({ version }) => deps.store.commitShared(
          next, { ...account, version: version + 1 }, entries, writer, request.signal))`,
    from: 326,
    within: 600,
  },
  {
    name: 'claim-without-the-account',
    file: 'app/reconcile.ts',
    find: COMMIT_SHARED,
    replace: 'deps.store.commit(next, entries, writer, request.signal)',
    from: 28,
    within: 300,
  },
  {
    name: 'intent-not-read',
    file: 'core/decide.ts',
    find: '  if (intent === undefined) return undefined;\n  const refusal',
    replace: '  if (intent !== null) return undefined;\n  const refusal',
    from: 61,
    within: 300,
  },
  {
    name: 'lease-ignored',
    file: 'core/lock.ts',
    find: 'between(intent.claimedAt, now) < policy.claimLease',
    replace: 'between(intent.claimedAt, now) < 0',
    from: 89,
    within: 300,
  },
  {
    name: 'fence-not-raised',
    file: 'core/change.ts',
    find: 'version: step.lock.version + 1,',
    replace: 'version: Math.max(1, step.lock.version),',
    from: 1,
    within: 50,
  },
  {
    name: 'released-instead-of-confirmed',
    file: 'core/advance.ts',
    find: 'const confirmed = confirm(lock, service.policy, now);',
    replace: 'const confirmed = release(lock);',
    from: 2,
    within: 300,
  },
  {
    name: 'unknown-outcome-taken-as-refused',
    file: 'app/reconcile.ts',
    find: "  if (outcome.kind === 'unknown') {",
    replace: '  if (outcome.kind === undefined) {',
    from: 19,
    within: 600,
  },
  {
    name: 'unknown-outcome-taken-as-accepted',
    file: 'app/reconcile.ts',
    find: "({ kind: 'accepted' } as const) : answer;",
    replace:
      "({ kind: 'accepted' } as const) : answer.kind === 'unknown' ? ({ kind: 'accepted' } as const) : answer;",
    from: 247,
    within: 600,
  },
  {
    name: 'stop-before-the-claim',
    file: 'app/reconcile.ts',
    find: '  const { next, entries } = change;\n',
    replace: `  const { next, entries } = change;
  if (decision.verdict.kind === 'act') {
    await deps.stopper.stop(service, decision.verdict.victim.taskArn, '', signal);
  }
`,
    from: 1,
    within: 50,
  },
  {
    name: 'old-look-acted-upon',
    file: 'app/reconcile.ts',
    find: '  return between(at, clock.now()) >= policy.claimLease;',
    replace: '  return between(at, clock.now()) < 0 && policy.claimLease > 0;',
    from: 116,
    within: 1_000,
  },
  {
    name: 'dead-claim-completed-unasked',
    file: 'core/decide.ts',
    find: 'const refusal = askGuardrails(CLAIM_GUARDRAILS, context);',
    replace: 'const refusal = askGuardrails([], context);',
    from: 636,
    within: 1_500,
  },
];
