/** Guardrails about all services together. Each docstring is its sentence in the runbook. */
import { accountStopsInWindow, noteOpened, type Storm, stormAt } from './account.ts';
import { escalate, type GuardrailContext, type Refusal } from './guardrail.ts';
import { isOpen } from './incident.ts';
import { iso, spell } from './time.ts';

/** What the storm is decided on: nothing about the service itself, so a source that cannot be read does not matter. */
type StormContext = Pick<GuardrailContext, 'service' | 'lock' | 'account' | 'limits' | 'now'>;

/** Many services opened an incident at once: it is not about a task, so nothing is stopped until it is over. */
export function accountStorm(context: StormContext): Refusal | undefined {
  const { service, lock, account, limits, now } = context;
  const on = stormAt(account, now);
  if (on !== undefined) {
    const detail = `many services fail at once since ${iso(on.since)}: no stop before ${iso(on.until)}`;
    return { kind: 'hold', reason: 'account-storm', until: on.until, detail };
  }
  if (isOpen(lock.incident)) return undefined;
  const next = noteOpened(account, service.id, now, limits);
  const begun = stormAt(next, now);
  if (begun === undefined) return undefined;
  const names = next.opened.map(({ serviceId }) => serviceId);
  return escalate('account-storm', tellStorm(context, begun, names));
}

/** Names that one message takes. */
const NAMES_MAX = 5;

function tellStorm({ limits }: StormContext, storm: Storm, names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
  const named = `${names.slice(-NAMES_MAX).join(', ')}${more}`;
  const counted = `${names.length} services opened an incident within ${spell(limits.stormWindow)}`;
  const quiet = `nothing is stopped in any service before ${iso(storm.until)}, later if more follow`;
  return `${counted}, the first at ${iso(storm.since)}: ${named}; ${quiet}`;
}

/** All services together used as many stops as are allowed: what is still ill needs a person, not one more stop. */
export function accountBudget({ account, limits, now }: GuardrailContext): Refusal | undefined {
  const used = accountStopsInWindow(account, limits, now).length;
  if (used < limits.budget) return undefined;
  const counted = `${used} of ${limits.budget} stops of all services`;
  return escalate('budget-spent', `${counted} are used in ${spell(limits.budgetWindow)}`);
}
