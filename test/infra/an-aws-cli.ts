/** Commands of our own for `aws` and `docker`: each writes down how it was called, and answers as told. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** By the first two words of the call, such as `deploy wait`; a number is an exit code. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The arguments of each call. */
  readonly calls: readonly (readonly string[])[];
}

/** Runs a command of the repository with ours before any other. */
export function runWith(
  folder: string,
  answers: Answers,
  [command, ...args]: readonly [string, ...string[]],
): Ran {
  for (const tool of ['aws', 'docker']) fake(folder, tool, answers);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: `${folder}:${path.dirname(process.execPath)}:/usr/bin:/bin` },
  });
  const log = path.join(folder, 'calls');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  const calls = lines.map((line) => JSON.parse(line) as readonly string[]);
  return { status: status ?? -1, stdout, stderr, calls };
}

function fake(folder: string, tool: string, answers: Answers): void {
  const file = path.join(folder, tool);
  const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const [first, second, ...rest] = process.argv.slice(2);
appendFileSync(${JSON.stringify(path.join(folder, 'calls'))},
  JSON.stringify(['${tool}', first, second, ...rest]) + '\\n');
// A password comes by standard input; who does not read it breaks the pipe.
if ('${tool}' === 'docker') readFileSync(0);
const answer = ${JSON.stringify(answers)}[first + ' ' + second];
if (typeof answer === 'number') process.exit(answer);
process.stdout.write(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
`;
  writeFileSync(file, program);
  chmodSync(file, 0o755);
}
