/** The grace period is over before the application is up: the checks stop it on its way. */
import type { Cause, CauseInput } from './cause.ts';
import { failedEnds, hasPassed, isFailedByChecks, isShort, revisionsOf } from './cause-ends.ts';
import { type Fault, stoppedFaults } from './cause-faults.ts';
import { listeningOf } from './cause-listen.ts';
import { countOf, evidenceOf, isComplaint, linesOf, listOf, quote } from './cause-words.ts';
import type { StoppedTaskReading } from './observation.ts';
import { between, durationMillis, seconds, spell } from './time.ts';

/** One may be an accident. */
const TASKS_MIN = 2;
/** The scheduler may be a little early by our clocks. */
const GRACE_SHARE = 0.8;

/** Tasks are stopped for failed checks soon after their grace, and none of them had said that it was ready. */
export function slowStart(input: CauseInput): Cause | undefined {
  if (!isShort(input)) return undefined;
  const grace = seconds(input.observation.service.graceSeconds);
  const ends = failedEnds(input).filter(
    (end) =>
      isFailedByChecks(end) && !hasPassed(input, { at: end.stoppedAt, revision: end.revision }),
  );
  const told = ends.filter(({ id }) => linesOf(input, id).length > 0);
  const faults = stoppedFaults(input);
  if (told.length < TASKS_MIN) return undefined;
  if (!told.every((end) => isCutOff(input, end, faults, grace))) return undefined;
  const lives = told.map(lifeOf);
  const least = spell(durationMillis(Math.min(...lives)));
  const late = told.flatMap(({ id }) => linesOf(input, id).filter(saysReady));
  const last = told.flatMap(({ id }) => linesOf(input, id).slice(-1));
  const ready = late.length > 0 ? 'were ready too late' : 'had not said that they were ready';
  return {
    code: 'slow-start',
    sentence:
      `${countOf(told.length, 'task')} of ${listOf(revisionsOf(told))} ${ready} when the health ` +
      `checks stopped them, ${least} after the start (grace period ${spell(grace)}).`,
    evidence: evidenceOf([
      quote(told[0]?.stoppedReason ?? ''),
      ...(late.length > 0 ? late : last)
        .map((line) => quote(line))
        .toSorted()
        .slice(0, 2),
    ]),
    fix: 'Raise the health check grace period of the service above the start-up time, or start faster.',
  };
}

/** "Started CheckoutApplication in 95.3 seconds", "ready in 95 s", "ready after 1200 ms". */
const STARTED_IN =
  /\b(?:started|ready|startup|up)\b.{0,60}?\b(?:in|after|took)\s+(\d+(?:\.\d+)?)\s*(ms|s|sec|seconds)\b/i;
const READY =
  /\bready\b|startup complete|\bstarted\b.{0,40}\b(?:in|on|successfully)\b|accepting connections/i;
const NOT_READY = /not (?:yet )?ready|readiness|until ready|waiting/i;
/** What it writes when ECS tells it to end: what comes after that came too late. */
const ENDING = /SIGTERM|\bdraining\b|shutting down|graceful(?:ly)? (?:shut|stop)/i;

/** How long the start took by the application's own word, in milliseconds. */
function startOf(line: string): number | undefined {
  const [, amount, unit] = STARTED_IN.exec(line) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit?.toLowerCase() === 'ms' ? 1 : 1_000);
}

function saysReady(line: string): boolean {
  return READY.test(line) && !NOT_READY.test(line);
}

function lifeOf({ startedAt, stoppedAt }: StoppedTaskReading): number {
  return startedAt === undefined ? 0 : between(startedAt, stoppedAt);
}

function isCutOff(
  input: CauseInput,
  end: StoppedTaskReading,
  faults: readonly Fault[],
  grace: number,
): boolean {
  const life = lifeOf(end);
  const { policy } = input.service;
  const isSoonAfter = life >= grace * GRACE_SHARE && life <= grace + policy.nativePatience;
  const lines = linesOf(input, end.id);
  if (end.startedAt === undefined || !isSoonAfter || lines.some(isComplaint)) return false;
  const started = lines.flatMap((line) => startOf(line) ?? []);
  // Ready before the grace was over, or long before the end: then it was not the start that failed.
  if (started.length > 0)
    return started.every((took) => took > grace && took >= life * GRACE_SHARE);
  const ending = lines.findIndex((line) => ENDING.test(line));
  const before = ending < 0 ? lines : lines.slice(0, ending);
  if (before.some(saysReady)) return false;
  return listeningOf(lines).length === 0 || answersStarting(faults, end.id);
}

/** It listens, and says itself that it is not there yet. */
function answersStarting(faults: readonly Fault[], taskId: string): boolean {
  const own = faults.filter((fault) => fault.taskId === taskId);
  return (
    own.length > 0 && own.every(({ codes }) => codes.length > 0 && codes.every((c) => c === 503))
  );
}
