/** Whether people see that an incident opened, while nothing is told of it yet. */
import type { Part } from './change.ts';
import type { Incident } from './incident.ts';
import type { Reason } from './verdict.ts';

/** Of the quiet reasons those under which users may suffer meanwhile: that it is known is shown. */
const SHOWN: readonly Reason[] = ['no-suspect', 'starting', 'downstream'];

interface Opening {
  readonly parts: readonly Part[];
  /** What the incident remembers of it. */
  readonly incident?: { readonly told?: boolean; readonly shown?: true };
}

/**
 * How an opening is heard of whose hold is not told.
 *
 * @param last - the incident as it was, if there was one
 */
export function showOpening(
  last: Incident | undefined,
  incident: Incident,
  parts: readonly Part[],
  reason: Reason,
): Opening {
  if (parts.length === 0) return { parts };
  if (wasHeard(last, incident)) {
    return { parts: parts.map((part) => ({ ...part, announce: true })), incident: { told: true } };
  }
  if (!SHOWN.includes(reason)) return { parts };
  return { parts: parts.map((part) => ({ ...part, quiet: true })), incident: { shown: true } };
}

/** Its recovery was told, and stands in the chat: that it is not over after all is news, however quiet the hold. */
function wasHeard(last: Incident | undefined, { id }: Incident): boolean {
  return last?.id === id && (last.stopped > 0 || last.escalated !== undefined);
}
