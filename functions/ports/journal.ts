import type { DecisionInput } from '../core/decide.ts';
import type { Entry } from '../core/entry.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Look } from '../core/watchdog.ts';

/** The decision log: one entry with fixed keys per decision, and the metrics that go with it. */
export interface Journal {
  decided(record: {
    readonly service: string;
    readonly incident?: string;
    readonly trigger: string;
    readonly verdict: string;
    readonly reason?: string;
    readonly detail: string;
    readonly version: number;
    readonly durationMs: number;
  }): void;
  /** What a decision stood on, so that it can be put to other rules later; see `npm run backtest`. */
  weighed(input: DecisionInput, verdict: Verdict): void;
  /** The watchdog looked: what could not be read is what an alarm would meet. */
  looked(look: Look): void;
  /** An incident went a step further: asked for once, by whoever wrote the step. */
  advanced(entry: Entry): void;
  /** Something did not work; the work itself goes on or is retried. */
  failed(record: {
    readonly what: string;
    readonly error: unknown;
    readonly service?: string;
  }): void;
}
