/** Where a drill's progress goes: a person's terminal, a log, or another program. */
import type { Progress } from './progress.ts';
import type { Paint } from './result-table.ts';
import { makePaint, Terminal } from './terminal.ts';

export interface Output {
  /** One step of one drill. */
  show(progress: Progress): void;
  /** One line about a whole drill: its words, or what it says to a program. */
  tell(text: (paint: Paint, width: number) => string, data: object): void;
  close(): void;
}

export function makeOutput(json: boolean): Output {
  const { stdout, env } = process;
  if (json) {
    const write = (data: object): boolean => stdout.write(`${JSON.stringify(data)}\n`);
    return { show: write, tell: (_text, data) => write(data), close: () => {} };
  }
  const color = stdout.isTTY && (env['NO_COLOR'] ?? '') === '';
  const width = (): number => (stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY);
  const terminal = new Terminal({
    write: (text) => stdout.write(text),
    color,
    live: stdout.isTTY && env['CI'] === undefined,
    width,
  });
  return {
    show: (progress) => terminal.show(progress),
    tell: (text) => stdout.write(`${text(makePaint(color), width())}\n`),
    close: () => terminal.close(),
  };
}
