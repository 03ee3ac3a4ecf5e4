/** Causes of tasks that end by themselves: memory, and what is wrong at their start. */
import type { Cause, CauseInput } from './cause.ts';
import { failedEnds, hasPassed, isShort, revisionsOf } from './cause-ends.ts';
import { countOf, distinct, evidenceOf, linesOf, listOf, messageOf, quote } from './cause-words.ts';
import { graceOf } from './guardrail.ts';
import type { StoppedTaskReading } from './observation.ts';
import { between, durationMillis, spell } from './time.ts';

/** The platform killed the container for its memory; exit code 137 alone is any SIGKILL. */
export function outOfMemory(input: CauseInput): Cause | undefined {
  const ends = failedEnds(input);
  const found = ends.filter((end) => OUT_OF_MEMORY.test(reasonsOf(end)));
  const { policy } = input.service;
  const isAlone = isShort(input) && input.diagnosis.illIds.length === 0;
  if (found.length * 2 <= ends.length) return undefined;
  if (found.length < policy.failures && !isAlone) return undefined;
  return {
    code: 'out-of-memory',
    sentence:
      `${whoOf(found)} ${found.length === 1 ? 'was' : 'were'} killed for using more memory than ` +
      `allowed${lifeOf(found)}.`,
    evidence: evidenceOf(found.map((end) => quote(reasonsOf(end), OUT_OF_MEMORY))),
    fix: 'Raise the memory in the task definition, or mend the leak if its use only grows.',
  };
}

/** It ends at its start, and its last words name the variable or the file that it misses. */
export function missingConfiguration(input: CauseInput): Cause | undefined {
  const exits = exitsAtStart(input);
  const missing = distinct(exits.flatMap(({ line }) => namesMissing(line ?? '')));
  if (missing.length === 0) return undefined;
  const named = listOf(missing.slice(0, NAMES_MAX));
  const said = `: ${named} ${missing.length === 1 ? 'is' : 'are'} missing`;
  const files = missing.filter((name) => name.startsWith('/'));
  if (files.length === missing.length)
    return tellExit(exits, said, `Put ${named} into the image, or mount it.`);
  const verb = files.length === 0 ? `Set ${named} in the task definition` : `Provide ${named}`;
  return tellExit(exits, said, `${verb}, or roll back to the revision before.`);
}

/** It ends at its start, with a code of its own. */
export function exitAtStart(input: CauseInput): Cause | undefined {
  const exits = exitsAtStart(input);
  const said = exits.find(({ line }) => line !== undefined)?.line;
  return tellExit(
    exits,
    said === undefined ? '' : `; its last words: ${quote(messageOf(said))}`,
    said === undefined
      ? 'Read the log of one of these tasks, or roll back to the revision before.'
      : 'Mend what the last log line says, or roll back to the revision before.',
  );
}

const OUT_OF_MEMORY = /OutOfMemoryError/i;
const NAMES_MAX = 3;

interface Exit {
  readonly end: StoppedTaskReading;
  /** Its last words, when any were read. */
  readonly line?: string;
}

/** Success, and an answer to SIGTERM. */
const ORDERLY = [0, 143];

function exitsAtStart(input: CauseInput): readonly Exit[] {
  if (!isShort(input)) return [];
  const grace = graceOf(input);
  return failedEnds(input)
    .filter((end) => {
      const { stopCode, exitCode, startedAt, stoppedAt, revision } = end;
      if (stopCode !== 'EssentialContainerExited' || exitCode === undefined) return false;
      if (ORDERLY.includes(exitCode) || OUT_OF_MEMORY.test(end.containerReason ?? '')) return false;
      const isEarly = startedAt === undefined || between(startedAt, stoppedAt) <= grace;
      return isEarly && !hasPassed(input, { at: stoppedAt, revision });
    })
    .map((end) => {
      const line = lastWords(input, end.id);
      return { end, ...(line === undefined ? {} : { line }) };
    });
}

function tellExit(exits: readonly Exit[], said: string, fix: string): Cause | undefined {
  if (exits.length === 0) return undefined;
  const ends = exits.map(({ end }) => end);
  const codes = distinct(ends.flatMap(({ exitCode }) => exitCode ?? []));
  const lines = exits.flatMap(({ line }) => (line === undefined ? [] : [quote(line)]));
  const reasons = ends.map((end) => quote(`${reasonsOf(end)} (exit code ${end.exitCode})`));
  return {
    code: 'exit-at-start',
    sentence: `${whoOf(ends)} exited with code ${codes.join(' or ')}${lifeOf(ends)}${said}.`,
    evidence: evidenceOf(lines.length > 0 ? lines : reasons),
    fix,
  };
}

/** Frames of a stack, and what runtimes write after it: the error stands above them. */
const FRAME = /^(?:at\s|File "|\.\.\. \d+ more|Node\.js v\d|\^+$|$)/;
const COMPLAINT =
  /error|exception|fatal|panic|fail|missing|invalid|required|not set|cannot|could not|unable|no such/i;

function lastWords(input: CauseInput, taskId: string): string | undefined {
  const said = linesOf(input, taskId).filter(
    (line) => !FRAME.test(messageOf(line)) && quote(line) !== '',
  );
  return said.findLast((line) => COMPLAINT.test(line)) ?? said.at(-1);
}

const NAME = '[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z][A-Z0-9]{2,}';
/** Each finds the name of something that is not there. */
const MISSING: readonly RegExp[] = [
  new RegExp(
    `\\b(${NAME})\\b['"\`]?:?\\s*(?:environment variable\\s*)?(?:is|was|are|got)?\\s*` +
      '(?:not set|not defined|not provided|not specified|not found|missing|required|undefined|' +
      'unset|empty|nothing|must be set|must be defined|must be provided)',
    'g',
  ),
  new RegExp(`(?:[Mm]issing|[Rr]equired|[Uu]ndefined|[Uu]nset)\\b[^A-Z]{0,60}\\b(${NAME})\\b`, 'g'),
  /KeyError: '([A-Z][A-Z0-9_]+)'/g,
  /[Cc]ould not resolve placeholder '([\w.-]+)/g,
  /(?:ENOENT|[Nn]o such file or directory|FileNotFoundError)[^'"/]{0,80}['"]?(\/[\w./-]+)/g,
  /\bopen (\/[\w./-]+): no such file or directory/g,
];
/** Words in capitals that are no variables. */
const NO_NAME = /^(?:ERR_|E[A-Z]+$|FATAL|WARN|INFO|DEBUG|ENV|HTTP|HTTPS|JSON|YAML|URL|URI|TLS|SSL)/;

function namesMissing(line: string): readonly string[] {
  const found = MISSING.flatMap((pattern) => [...line.matchAll(pattern)].map(([, name]) => name));
  return found.flatMap((name) => (name === undefined || NO_NAME.test(name) ? [] : [name]));
}

function reasonsOf({ stoppedReason, containerReason }: StoppedTaskReading): string {
  return containerReason ?? stoppedReason;
}

function whoOf(ends: readonly StoppedTaskReading[]): string {
  return `${countOf(ends.length, 'task')} of ${listOf(revisionsOf(ends))}`;
}

/** How long they lived, where they lived at all. */
function lifeOf(ends: readonly StoppedTaskReading[]): string {
  const lives = ends.flatMap(({ startedAt, stoppedAt }) =>
    startedAt === undefined ? [] : [between(startedAt, stoppedAt)],
  );
  const [first] = lives;
  if (first === undefined) return ends.length === 1 ? ' before it ran' : ' before they ran';
  const least = durationMillis(Math.min(...lives));
  const most = durationMillis(Math.max(...lives));
  const range = spell(least) === spell(most) ? spell(least) : `${spell(least)} to ${spell(most)}`;
  return `, ${range} after the start`;
}
