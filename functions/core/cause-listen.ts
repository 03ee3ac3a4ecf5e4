/** Causes in where an application listens, against where the load balancer asks. */
import type { Cause, CauseCode, CauseInput } from './cause.ts';
import { type Fault, faultsOf, isPassedBySome } from './cause-faults.ts';
import { countOf, distinct, evidenceOf, linesOf, listOf, quote } from './cause-words.ts';

/** It listens on the right port, and only where nobody outside the task can reach it. */
export function loopbackBind(input: CauseInput): Cause | undefined {
  return nameListening(input, 'loopback-bind', (listening, port) => {
    const here = listening.filter((one) => one.port === port);
    return here.length > 0 && here.every(({ host }) => isLoopback(host)) ? here : undefined;
  });
}

/** It listens, and not on the port that the load balancer asks. */
export function wrongPort(input: CauseInput): Cause | undefined {
  return nameListening(input, 'wrong-port', (listening, port) => {
    const own = listening.filter(({ isOwn }) => isOwn);
    return own.length > 0 && listening.every((one) => one.port !== port) ? own : undefined;
  });
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** False when it may as well be an address that is called. */
  readonly isOwn: boolean;
  readonly line: string;
}

/** What shows the cause in one task's log, out of all addresses that it listens on. */
type Pick = (listening: readonly Listening[], port: number) => readonly Listening[] | undefined;

/** Certain when every task that fails and says where it listens shows it, and no task of the revision is well. */
function nameListening(input: CauseInput, code: CauseCode, pick: Pick): Cause | undefined {
  const faults = faultsOf(input);
  if (faults.some(({ kind }) => kind !== 'refused')) return undefined;
  if (isPassedBySome(input, (own) => faults.some(({ revision }) => revision === own)))
    return undefined;
  const told = faults.flatMap((fault) => {
    const lines = linesOf(input, fault.taskId);
    const found = listeningOf(lines);
    return found.length === 0 || lines.some((line) => EVERYWHERE.test(line))
      ? []
      : [{ fault, shown: pick(found, fault.port) }];
  });
  const shown = told.flatMap((one) => one.shown ?? []);
  if (told.length === 0 || told.some((one) => one.shown === undefined)) return undefined;
  return tell(code, faults, shown);
}

function tell(code: CauseCode, faults: readonly Fault[], shown: readonly Listening[]): Cause {
  const asked = listOf(distinct(faults.map(({ port }) => port)).map(String));
  const hosts = distinct(shown.map(({ host }) => host));
  const isInside = shown.every(({ host }) => isLoopback(host));
  const inside = isInside ? ` on ${listOf(hosts)} only` : '';
  const ports = listOf(distinct(shown.map(({ port }) => port)).map(String));
  const who = `${countOf(new Set(faults.map(({ taskId }) => taskId)).size, 'task')}`;
  const sentence =
    code === 'wrong-port'
      ? `The application listens on port ${ports}${inside}, the health checks of ${who} go to ${asked}.`
      : `The application listens${inside}, port ${ports}: the load balancer cannot reach it (${who}).`;
  const address = `Let the application listen on 0.0.0.0:${asked}`;
  return {
    code,
    sentence,
    evidence: evidenceOf([
      ...new Set([
        ...shown.slice(0, 2).map(({ line }) => quote(line)),
        quote(faults[0]?.words ?? ''),
      ]),
    ]),
    fix:
      code === 'wrong-port'
        ? `${address}, or correct the container port of the task definition and the target group.`
        : `${address}, not on ${listOf(hosts)}.`,
  };
}

/** "Listening on", "Server listening at", "Uvicorn running on", "Tomcat started on port(s)", "Now listening on". */
const VERB =
  /\b(?:listening|listens|running|started|serving)\b(?:\s+\w+){0,3}?\s*(?:\b(?:on|at)\b|:|(?=[a-z]+:\/\/))/i;
const PORT_WORD = /^\W{0,3}(?:tcp |http |the )?port(?:\(s\)|s)?\W{0,3}(\d{2,5})\b/i;
const ADDRESS = /([a-z]+:\/\/)?(\[[\da-f:.]*\]|\*|[a-z\d][\w.-]*)?:(\d{2,5})\b/i;
const ANYWHERE = /^(?:|\*|0\.0\.0\.0|\[::\])$/;
const IP = /^(?:\d{1,3}\.){3}\d{1,3}$/;
/** Doors for tools: that they stand elsewhere says nothing about the front door. */
const SIDE_DOOR =
  /debug|inspect|metric|prometheus|admin|management|actuator|pprof|profil|telemetry|statsd|jmx|ws:\/\//i;
/** Flask says so before it lists the addresses one by one. */
const EVERYWHERE = /running on all addresses/i;

/** Where a task's log says that it listens. */
export function listeningOf(lines: readonly string[]): readonly Listening[] {
  return lines.flatMap((line) => {
    const verb = VERB.exec(line);
    if (verb === null || SIDE_DOOR.test(line)) return [];
    const rest = line.slice(verb.index + verb[0].length);
    const named = PORT_WORD.exec(rest)?.[1];
    if (named !== undefined) return [{ host: '', port: Number(named), isOwn: true, line }];
    const [, scheme = '', host = '', port] = ADDRESS.exec(rest) ?? [];
    if (port === undefined) return [];
    const isUrl = scheme.startsWith('http') && IP.test(host);
    const isOwn = isLoopback(host) || ANYWHERE.test(host) || isUrl;
    return [{ host, port: Number(port), isOwn, line }];
  });
}

export function isLoopback(host: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/i.test(host);
}
