/** What is around one run of the command line: the streams, the person, the clock. */
import type { Clock } from '../../ports/clock.ts';

export interface Surroundings {
  readonly write: (text: string) => void;
  /** For words that are not data. */
  readonly narrate: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The account on this machine. */
  readonly user: string;
  /** Asks the person who sits there, and gives what they typed; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>;
  /** Waits; ends early when the signal does. */
  readonly rest: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Calls the listener at each Ctrl-C, instead of ending. @returns what ends that. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Runs the backtest with these arguments. @returns its exit code. */
  readonly backtest: (args: readonly string[]) => Promise<number>;
  /** Makes the HTML of a drill's journal. @returns its exit code; nothing where that cannot be made. */
  readonly report: (args: readonly string[]) => Promise<number> | undefined;
}
