/** Causes between the load balancer and tasks that work: the path, the security group, the registration. */
import type { Cause, CauseInput } from './cause.ts';
import { type Fault, faultsOf, isPassedBySome } from './cause-faults.ts';
import { isLoopback, listeningOf } from './cause-listen.ts';
import {
  countOf,
  distinct,
  evidenceOf,
  isComplaint,
  linesOf,
  listOf,
  messageOf,
  quote,
} from './cause-words.ts';
import { isWell, percent, type TaskView } from './evidence.ts';
import { share } from './outlier.ts';

/** Every target answers the health check alike, with a code that is about the path, while the application works. */
export function wrongHealthPath(input: CauseInput): Cause | undefined {
  const faults = faultsOf(input);
  const codes = distinct(faults.flatMap((fault) => fault.codes));
  const isAboutPath = codes.every((code) => code in FIXES);
  if (codes.length === 0 || !isAboutPath) return undefined;
  if (faults.some(({ kind }) => kind !== 'code')) return undefined;
  if (isPassedBySome(input, (own) => faults.some(({ revision }) => revision === own)))
    return undefined;
  const works = whyItWorks(input, faults);
  if (works === undefined) return undefined;
  const lines = faults.flatMap(({ taskId }) => linesOf(input, taskId));
  const checks = lines.filter((line) => codes.some((code) => isAnswer(line, code)));
  const [first = 0] = codes;
  return {
    code: 'wrong-health-path',
    sentence: `The health check gets ${listOf(codes.map(String))} from ${countTasks(faults)}, and ${works}.`,
    evidence: evidenceOf([
      quote(faults[0]?.words ?? ''),
      ...checks.slice(0, 1).map((line) => quote(line)),
    ]),
    fix: FIXES[first] ?? '',
  };
}

const MOVED = 'Point the health check to the final path, or accept the code in its matcher.';
const CLOSED = 'Let the path of the health check answer without a login.';
const FIXES: Readonly<Record<number, string>> = {
  301: MOVED,
  302: MOVED,
  307: MOVED,
  308: MOVED,
  401: CLOSED,
  403: CLOSED,
  404: 'Set the health check of the target group to a path that the application has.',
};

/** Requests that succeed, or tasks that have nothing to complain of. */
function whyItWorks(input: CauseInput, faults: readonly Fault[]): string | undefined {
  const { diagnosis, service } = input;
  const { policy } = service;
  if (diagnosis.requests >= policy.minRequests) {
    if (share(diagnosis) >= policy.minErrorShare) return undefined;
    return `only ${percent(diagnosis)} of ${diagnosis.requests} requests fail`;
  }
  const ids = new Set(faults.map(({ taskId }) => taskId));
  const errors = diagnosis.views.flatMap(({ task, traffic }) =>
    ids.has(task.id) ? (traffic?.lastErrors ?? []) : [],
  );
  const lines = [...ids].flatMap((id) => linesOf(input, id));
  if (errors.length > 0 || lines.some(isComplaint)) return undefined;
  return lines.length > 0 ? 'no task logs an error' : undefined;
}

function isAnswer(line: string, code: number): boolean {
  return new RegExp(`\\b(?:GET|HEAD)\\b.{1,120}\\s${code}\\b`).test(line);
}

/** No target answers in time, and every task shows that it works: what is between them is closed. */
export function securityGroup(input: CauseInput): Cause | undefined {
  const { diagnosis } = input;
  const faults = faultsOf(input);
  if (faults.some(({ kind, isRunning }) => kind !== 'timeout' || !isRunning)) return undefined;
  const ids = new Set(faults.map(({ taskId }) => taskId));
  if (diagnosis.views.some((view) => isWell(view) || view.condition === 'unknown'))
    return undefined;
  const ports = distinct(faults.map(({ port }) => port));
  const ill = diagnosis.views.filter(({ task }) => ids.has(task.id));
  const shown = ill.map((view) => signsOfLife(input, view, ports));
  const seen = shown.filter((signs) => signs !== undefined);
  if (seen.length === 0 || seen.some((signs) => signs.length === 0)) return undefined;
  const asked = listOf(ports.map(String));
  return {
    code: 'security-group',
    sentence:
      `The load balancer gets no answer from ${countTasks(faults)} on port ${asked}, while they ` +
      'log that they serve.',
    evidence: evidenceOf([quote(faults[0]?.words ?? ''), ...distinct(seen.flat()).slice(0, 2)]),
    fix: `Allow port ${asked} from the load balancer's security group to the tasks'.`,
  };
}

/** What a task that hangs does not write. */
const ALIVE = /\bserving\b|\bheartbeat\b|\bready\b|\bstarted\b|\blistening\b/i;
const PROBE = /\b(?:GET|HEAD) \S*(?:health|ready|live|ping|status)\S*\s.{0,60}\b200\b/i;
const DEAD = /\b(?:not|stopped|stops|un)[ -]?(?:serving|ready|listening)|draining|shutting down/i;

/** @returns lines that it wrote since its checks began to fail; undefined when none were looked for. */
function signsOfLife(
  input: CauseInput,
  { task }: TaskView,
  ports: readonly number[],
): readonly string[] | undefined {
  const own = input.lines.filter((entry) => entry.taskId === task.id);
  if (own.length === 0) return undefined;
  const recent = own.flatMap((entry) => entry.recent ?? []);
  const errors = recent.some((line) => isComplaint(line) || DEAD.test(line));
  const isElsewhere = listeningOf(linesOf(input, task.id)).some(
    ({ host, port }) => ports.includes(port) && isLoopback(host),
  );
  if (errors || isElsewhere) return [];
  return recent
    .filter((line) => ALIVE.test(messageOf(line)) || PROBE.test(line))
    .map((line) => quote(line));
}

/** Tasks run past their grace, and get nothing: the load balancer does not know them, or nobody asks it to. */
export function noTargets({ observation, diagnosis }: CauseInput): Cause | undefined {
  const { targets } = observation;
  const settled = diagnosis.views.filter(
    ({ condition }) => condition === 'unknown' || condition === 'ill' || condition === 'healthy',
  );
  if (targets === undefined || settled.length === 0) return undefined;
  const states = settled.flatMap((view) => view.targets);
  const isUnused = states.length > 0 && states.every(({ reason }) => reason === 'Target.NotInUse');
  if (!states.every(({ state, reason }) => isGone(state, reason)) && !isUnused) return undefined;
  const tasks = countOf(settled.length, 'running task');
  const words = states.map(({ state, reason, description }) =>
    quote([state, reason, description].filter((part) => part !== undefined).join(': ')),
  );
  if (isUnused)
    return {
      code: 'no-targets',
      sentence: `The target group of ${tasks} gets no requests: no listener of a load balancer uses it.`,
      evidence: evidenceOf(words),
      fix: 'Attach the target group to a listener rule, in every zone of the tasks.',
    };
  return {
    code: 'no-targets',
    sentence: `None of ${tasks} is registered with the target group.`,
    evidence: evidenceOf(words.length > 0 ? words : [`the target group lists no target of them`]),
    fix: 'Attach the target group to the service (its load balancer configuration), and start new tasks.',
  };
}

function isGone(state: string, reason: string | undefined): boolean {
  return (
    state === 'draining' ||
    (state === 'unused' && reason !== 'Target.NotInUse' && reason !== 'Target.InvalidState')
  );
}

function countTasks(faults: readonly Fault[]): string {
  return countOf(new Set(faults.map(({ taskId }) => taskId)).size, 'task');
}
