/** The commands, run as the shell runs them: at the instant of the builders, without a terminal unless told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../functions/adapters/system-clock.ts';
import { runHeal } from '../../functions/cli/heal/run.ts';
import { NOW } from '../core/builders.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output of `--json`. */
  readonly facts: readonly Record<string, unknown>[];
}

export interface Look {
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What the person at the terminal types; absent where nobody sits. */
  readonly types?: string;
  /** Called before the person types. */
  readonly onAsked?: () => void;
  /** Against a lab: by its clock, which is everybody's. */
  readonly isLive?: boolean;
  /** Presses Ctrl-C that often at the first wait. */
  readonly interrupts?: number;
}

/** A lab's time is compressed, so it is looked at more often. */
const LOOK_EVERY_MS = 250;

export async function run(args: readonly string[], look: Look = {}): Promise<Ended> {
  const out: string[] = [];
  const narrated: string[] = [];
  const listeners = new Set<() => void>();
  let interrupts = look.interrupts ?? 0;
  const { types } = look;
  const code = await runHeal(args, {
    write: (text) => out.push(text),
    narrate: (text) => narrated.push(text),
    isTerminal: look.isTerminal ?? false,
    columns: look.isTerminal === true ? 80 : Number.POSITIVE_INFINITY,
    env: look.env ?? {},
    clock: look.isLive === true ? systemClock : { now: () => NOW },
    user: 'ana',
    ...(types === undefined
      ? {}
      : {
          ask: async (question) => {
            narrated.push(question);
            look.onAsked?.();
            return types;
          },
        }),
    rest: async (_milliseconds, signal) => {
      if (look.isLive === true) await sleep(LOOK_EVERY_MS, undefined, { signal });
      for (; interrupts > 0; interrupts -= 1) for (const listener of listeners) listener();
    },
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    backtest: async (given) => {
      out.push(given.join(' '));
      return 0;
    },
    report: async (given) => {
      narrated.push(given.join(' '));
      return 0;
    },
  });
  const stdout = out.join('');
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"'));
  const facts = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, stdout, stderr: narrated.join(''), facts };
}
