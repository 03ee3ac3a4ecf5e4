/** `npm run heal -- <command>`: looks at a deployed healer, in AWS or in the lab. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../adapters/system-clock.ts';
import { runHeal } from './heal/run.ts';

const BACKTEST = fileURLToPath(new URL('backtest.ts', import.meta.url));
const { stdout, stderr, env, argv, execPath } = process;

/** A command of its own, which reads its arguments itself. */
async function backtest(args: readonly string[]): Promise<number> {
  const child = spawn(execPath, [BACKTEST, ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
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
  backtest,
});
