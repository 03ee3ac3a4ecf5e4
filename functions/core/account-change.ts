/** What a change of one service's lock writes about all services: its opening, and the stop that it claims. */
import { type AccountState, noteOpened, noteStop, stormAt } from './account.ts';
import type { Decision, DecisionInput } from './decide.ts';
import type { EntryKind } from './entry.ts';
import type { Reason } from './verdict.ts';

interface DecidedInput extends DecisionInput {
  readonly decision: Decision;
}

/** A person has this service, so its alarm says nothing about the others. */
const CHOSEN: readonly Reason[] = ['paused', 'scaled-to-zero', 'alarm-suppressed'];

/**
 * @param kinds - of the entries that the change makes.
 * @returns undefined when the account stays as it is.
 */
export function accountAfter(
  input: DecidedInput,
  kinds: readonly EntryKind[],
): AccountState | undefined {
  const { account, limits, service, now } = input;
  const opens = kinds.includes('opened') || kinds.includes('reopened');
  const opened = opens ? afterOpening(input) : account;
  const next = kinds.includes('claimed') ? noteStop(opened, service.id, now, limits) : opened;
  return next === account ? undefined : { ...next, version: account.version + 1 };
}

/** A storm begins only in the write that tells of it, so it is told once and never forgotten. */
function afterOpening({ account, limits, service, now, decision }: DecidedInput): AccountState {
  const { verdict } = decision;
  const reason = 'reason' in verdict ? verdict.reason : undefined;
  if (reason !== undefined && CHOSEN.includes(reason)) return account;
  const next = noteOpened(account, service.id, now, limits);
  const isBegun = stormAt(account, now) === undefined && stormAt(next, now) !== undefined;
  return isBegun && reason !== 'account-storm' ? account : next;
}
