/** Where a drill was run, and what identifies it: every form of the report says so alike. */
import { createHash } from 'node:crypto';
import type { Journal } from '../journal.ts';
import { type Verdict, verdictOf } from '../result-table.ts';

/** The same for runs of the same definition: only those are compared. */
export function definitionHash({ experiment }: Pick<Journal, 'experiment'>): string {
  return createHash('sha256').update(canonical(experiment)).digest('hex').slice(0, 12);
}

/** With its keys in one order: a file that was read has them in another. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** With the reason of an early end, where the drill says it. */
export function outcomeOf(journal: Journal): Verdict {
  const { word, why } = verdictOf(journal);
  const abort = journal.drill?.abort;
  if (abort !== undefined) return { word, why: abort };
  const untold = journal.rows.filter(({ unmeasured }) => unmeasured !== undefined).length;
  if (word !== 'PASS' || untold === 0) return { word, why };
  return { word, why: `every limit that can be told holds; ${untold} cannot` };
}

/** The guarded service, by its name alone. */
export function serviceOf(drill: Journal['drill']): string {
  return drill?.service.split('/').at(-1) ?? 'checkout-api';
}

/** One or two sentences. */
export function settingOf(journal: Journal): string {
  const { drill, healer, start, duration, timeFactor, experiment } = journal;
  const when = `${start.slice(0, 16).replace('T', ' ')} UTC, ${duration.toFixed(0)} s`;
  if (drill !== undefined) {
    const { service, environment, by, id } = drill;
    return `Drill ${experiment.name} (${id}) of ${service} (${environment}) in AWS, by ${by}; ${when}.`;
  }
  const who = healer ? 'with the healer' : 'with ECS alone, without the healer';
  const pace = `AWS’s periods divided by ${timeFactor}`;
  return `Drill ${experiment.name} of checkout-api in the lab (L0), ${who}; ${when} here, ${pace}.`;
}

export function identityOf(journal: Journal): string {
  const { version = 'not recorded' } = journal;
  return `Definition ${definitionHash(journal)} · tool version ${version}`;
}

/** Nobody counted where the drill sent none itself. */
export function failuresOf({ requests }: Journal): string | undefined {
  const { sent, failed } = requests.sinceFault;
  if (requests.sent === 0) return undefined;
  return `${failed} of ${sent} requests failed since the fault.`;
}
