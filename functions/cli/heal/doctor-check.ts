/** What the checks of the doctor have in common. */
import { describe, type ErrorCode, isHealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { CheckDone, Finding } from './events.ts';
import type { DeployedHealer, Place } from './healer.ts';

export interface Health {
  readonly healer: DeployedHealer;
  readonly place: Place;
  /** Empty when they could not be read. */
  readonly services: readonly GuardedService[];
  readonly signal: AbortSignal;
}

export interface Check {
  readonly name: string;
  readonly look: (health: Health) => Promise<readonly CheckDone[]>;
}

export function finding(check: string, found: Finding, detail: string, mend?: string): CheckDone {
  return { kind: 'check', check, finding: found, detail, ...(mend === undefined ? {} : { mend }) };
}

/** What says that the deployed set is wrong, and not that this person cannot see it. */
const FAULTS: readonly ErrorCode[] = [
  'config.invalid',
  'dependency.missing',
  'store.malformed',
  'chat.refused',
];

/** @param mend - next step where the error is the fault itself. */
export function explainFailure(check: string, error: unknown, mend: string): CheckDone {
  const detail = describe(error);
  if (!isHealerError(error)) return finding(check, 'unknown', detail, 'this is a bug: report it');
  if (FAULTS.includes(error.code)) return finding(check, 'wrong', detail, mend);
  const next =
    error.code === 'dependency.refused'
      ? 'look again as somebody who may read it; the functions have roles of their own'
      : 'look again in a moment; check region, credentials and endpoint';
  return finding(check, 'unknown', detail, next);
}

/** `3 services`, `1 service`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
