/** A bug that is planted into the healer's source, in memory only. */
export interface Mutant {
  readonly name: string;
  /** Below `functions`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
  /**
   * The first seed that is tried, in a world without the watchdog, which mends some bugs: one that is known to catch
   * it, so that a test need not look for long.
   */
  readonly from: number;
  /** It is caught within so many seeds, whatever else changes. */
  readonly within: number;
}
