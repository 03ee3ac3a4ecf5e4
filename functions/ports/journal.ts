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
  /** Something did not work; the work itself goes on or is retried. */
  failed(record: {
    readonly what: string;
    readonly error: unknown;
    readonly service?: string;
  }): void;
}
