/** What the healers of a bench decided, and what came in their way: the journal that they write into. */
import type { DecisionInput } from '../../../functions/core/decide.ts';
import type { Entry } from '../../../functions/core/entry.ts';
import { unreadableIn } from '../../../functions/core/watchdog.ts';
import type { Journal } from '../../../functions/ports/journal.ts';

export interface Decided {
  readonly at: number;
  readonly service: string;
  readonly trigger: string;
  readonly verdict: string;
  readonly reason: string;
  readonly durationMs: number;
}

export class Ledger implements Journal {
  readonly decisions: Decided[] = [];
  readonly entries: Entry[] = [];
  readonly failures: string[] = [];
  /** Sources that a decision had to do without; all of them are there, so AWS refused or came too late. */
  readonly blind: string[] = [];

  decided({
    service,
    trigger,
    verdict,
    reason = '',
    durationMs,
  }: Parameters<Journal['decided']>[0]) {
    const at = performance.now();
    this.decisions.push({ at, service, trigger, verdict, reason, durationMs });
  }

  weighed({ observation }: DecisionInput): void {
    this.#see(unreadableIn(observation));
  }

  looked({ unreadable }: Parameters<Journal['looked']>[0]): void {
    this.#see(unreadable);
  }

  advanced(entry: Entry): void {
    this.entries.push(entry);
  }

  failed({ what, error }: Parameters<Journal['failed']>[0]): void {
    this.failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }

  #see(unreadable: ReturnType<typeof unreadableIn>): void {
    for (const { source, message } of unreadable) this.blind.push(`${source}: ${message}`);
  }
}
