/** Something that the tasks call fails, and with it every task alike. */
import type { Cause, CauseInput } from './cause.ts';
import { failedEnds, isShort } from './cause-ends.ts';
import { countOf, evidenceOf, linesOf, listOf, messageOf, quote } from './cause-words.ts';
import { isWell } from './evidence.ts';

/** One task's error is its own. */
const TASKS_MIN = 2;

/** Every task that fails logs the same error of something it calls, and none that serves is without it. */
export function dependency(input: CauseInput): Cause | undefined {
  const failing = complaintsOf(input, failingIds(input));
  const known = failing.filter(({ isKnown }) => isKnown);
  if (known.length < TASKS_MIN) return undefined;
  const [first, ...others] = known.map(({ calls }) => new Set(calls.map(alike)));
  const shared = [...(first ?? [])].filter(
    (one) =>
      others.every((all) => all.has(one)) && known.every(({ id }) => isMostly(input, id, one)),
  );
  const [key] = shared.toSorted();
  if (key === undefined || isServedWithout(input, key)) return undefined;
  const said = known.flatMap(({ calls }) => calls.filter((one) => alike(one) === key)).toSorted();
  const words = quote(wordsOf(said[0] ?? key));
  const { downstream } = input.observation;
  const ringing = downstream.filter((behind) => behind.ringing.length > 0);
  const names = listOf(ringing.map(({ serviceId }) => serviceId).toSorted());
  const behind =
    ringing.length === 0
      ? ''
      : `; ${names} ${ringing.length === 1 ? 'has' : 'have'} an alarm on too`;
  return {
    code: 'dependency',
    sentence: `${countOf(known.length, 'failing task')} log the same error of what they call: ${words}${behind}.`,
    evidence: evidenceOf(said.map((one) => quote(one))),
    fix: LOOPBACK.test(words)
      ? 'Correct the address that is called: in a task it leads back to the task itself.'
      : 'Heal what this line names, or the way to it: these tasks only pass its failure on.',
  };
}

/** `::1` begins with no letter or digit, so that no word begins there. */
const LOOPBACK = /\b(?:127\.\d+\.\d+\.\d+|localhost)(?![\w-]|\.\w)|(?<![\w:])::1\b/i;

/** Errors of a caller. A connection that was reset is left out: clients that go away leave the same line. */
const CALLS: readonly RegExp[] = [
  /ECONNREFUSED/i,
  /ETIMEDOUT/i,
  /ENOTFOUND/i,
  /EAI_AGAIN/i,
  /EHOSTUNREACH/i,
  /ENETUNREACH/i,
  /CONNECT_TIMEOUT/i,
  /getaddrinfo/i,
  /no such host/i,
  /name or service not known/i,
  /no route to host/i,
  /connection (?:to \S+ )?(?:refused|timed out|failed)/i,
  /connect(?:ion)? time(?:d )?out/i,
  /(?:could not|cannot|can't|unable to|failed to) (?:\w+ )?connect/i,
  /communications link failure/i,
  /too many (?:connections|clients)/i,
  /connection slots are reserved/i,
  /(?:answered|responded|returned|replied)(?: with)?(?: status)?(?: code)? 5\d\d/i,
  /(?:request|call|query|fetch) (?:to \S+ )?failed: /i,
  /upstream (?:\S+ )?(?:error|timed? ?out|unavailable|connect)/i,
  /ThrottlingException/i,
  /ProvisionedThroughputExceeded/i,
];

function isCall(line: string): boolean {
  return CALLS.some((call) => call.test(line));
}

/** What sends measurements away fails without harm, and often in every task. */
const WATCHER = /otel|otlp|opentelemetry|telemetry|statsd|x-?ray|metrics|:431[78]\b/i;

interface Complaints {
  readonly id: string;
  /** False when none of its lines were seen. */
  readonly isKnown: boolean;
  readonly calls: readonly string[];
}

function failingIds(input: CauseInput): readonly string[] {
  const ended = isShort(input) ? failedEnds(input).map(({ id }) => id) : [];
  return [...new Set([...input.diagnosis.illIds, ...ended])].toSorted();
}

function complaintsOf(input: CauseInput, ids: readonly string[]): readonly Complaints[] {
  return ids.map((id) => {
    const seen = seenOf(input, id);
    return { id, isKnown: seen.length > 0, calls: seen.filter(isCall) };
  });
}

/** Its lines, and the errors that the reading of its requests brought along. */
function seenOf(input: CauseInput, id: string): readonly string[] {
  return [...linesOf(input, id), ...lastErrorsOf(input, id)].filter((line) => !WATCHER.test(line));
}

function lastErrorsOf({ observation }: CauseInput, id: string): readonly string[] {
  return observation.traffic?.tasks.find(({ taskId }) => taskId === id)?.lastErrors ?? [];
}

/** Where its requests fail, most of them must fail of this. */
function isMostly(input: CauseInput, id: string, key: string): boolean {
  const errors = lastErrorsOf(input, id);
  return errors.filter((line) => alike(line) === key).length * 2 >= errors.length;
}

function isServedWithout(input: CauseInput, key: string): boolean {
  const { illIds, views } = input.diagnosis;
  return views.some(
    (view) =>
      isWell(view) &&
      !illIds.includes(view.task.id) &&
      view.traffic?.requests !== 0 &&
      !seenOf(input, view.task.id).some((line) => alike(line) === key),
  );
}

/** Without the level, and without the status that the request was answered with. */
function wordsOf(line: string): string {
  return messageOf(line).replace(/^[1-5]\d\d\s+/, '');
}

/** The same error of two tasks differs in numbers, ids and addresses only. */
function alike(line: string): string {
  return wordsOf(line)
    .toLowerCase()
    .replace(/\b[\da-f]{8,}(?:-[\da-f]{4,})*\b/g, '#')
    .replace(/\d+/g, '#');
}
