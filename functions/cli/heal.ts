/** `npm run heal -- <command>`: looks at a deployed healer, in AWS or in the lab, and asks it for something. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../adapters/system-clock.ts';
import { runHeal } from './heal/run.ts';

const BACKTEST = fileURLToPath(new URL('backtest.ts', import.meta.url));
/** Absent where only the functions are installed. */
const DRILL = fileURLToPath(new URL('../../test/drill/main.ts', import.meta.url));
const { stdin, stdout, stderr, env, argv, execPath } = process;

/** A command of its own, which reads its arguments itself. */
async function run(
  file: string,
  args: readonly string[],
  output: 'inherit' | typeof stderr = 'inherit',
): Promise<number> {
  const child = spawn(execPath, [file, ...args], { stdio: ['inherit', output, 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** @returns nothing typed for whoever ends the input, or presses Ctrl-C: that is no yes. */
async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    return await reader.question(question);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  } finally {
    reader.close();
  }
}

// Whoever reads only the beginning, as `head` does, ends the pipe: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runHeal(argv.slice(2), {
  write: (text) => stdout.write(text),
  narrate: (text) => stderr.write(text),
  isTerminal: stdout.isTTY,
  columns: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
  env,
  clock: systemClock,
  user: userInfo().username,
  // On CI a terminal has nobody before it.
  ...(stdin.isTTY && stderr.isTTY && (env['CI'] ?? '') === '' ? { ask } : {}),
  rest: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  },
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
  backtest: (args) => run(BACKTEST, args),
  // Where the report is, is told; data goes to standard output.
  report: (args) => (existsSync(DRILL) ? run(DRILL, ['report', ...args], stderr) : undefined),
});
