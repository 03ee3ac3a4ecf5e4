/**
 * The fault switches of a service's tasks, reached through its own URL: no network of ours leads to a single task, so
 * a request names the task that it is for, and is repeated until it meets that one.
 */
import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TaskFault } from '../core/drill/definition.ts';
import { describe } from '../core/errors.ts';
import type { FaultSwitch, SwitchCall, SwitchOutcome } from '../ports/drill.ts';

/** Below the URL of the service. */
const FAULT_PATH = '/drill/fault';
const ANSWER_MS_MAX = 2_000;
/** A look has other things to do, and another one comes. */
const BUDGET_MS = 12_000;
const MISDIRECTED = 421;
/** Of an answer that is shown. */
const SHOWN_MAX = 200;

export interface SignedCall {
  readonly method: 'PUT' | 'DELETE';
  readonly taskId: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** When the fault ends by itself; epoch milliseconds. */
  readonly endsAt?: number;
  readonly body: string;
}

/**
 * HMAC-SHA256 over everything that the task goes by, each part on a line of its own.
 *
 * The path is the switch's own, not the one below which a proxy offers it.
 */
export function signFaultCall(secret: string, call: SignedCall): Record<string, string> {
  const { method, taskId, issuedAt, endsAt, body } = call;
  const ends = endsAt === undefined ? '' : String(endsAt);
  const digest = createHash('sha256').update(body).digest('hex');
  const text = ['v1', method, FAULT_PATH, taskId, String(issuedAt), ends, digest].join('\n');
  return {
    'x-drill-task': taskId,
    'x-drill-timestamp': String(issuedAt),
    ...(endsAt === undefined ? {} : { 'x-drill-ends-at': ends }),
    'x-drill-signature': `v1=${createHmac('sha256', secret).update(text).digest('hex')}`,
  };
}

/** @param secret - shared with the tasks; asked for at each call, so that a rotated one is used. */
export function faultSwitch(secret: () => Promise<string>): FaultSwitch {
  const call = async (
    { url, taskId, issuedAt, triesMax }: SwitchCall,
    rest: Pick<SignedCall, 'method' | 'endsAt' | 'body'>,
    signal: AbortSignal,
  ): Promise<SwitchOutcome> => {
    const headers = signFaultCall(await secret(), { taskId, issuedAt, ...rest });
    const sent = { url: switchUrl(url), ...rest, headers };
    return repeat(() => send(sent, signal), { taskId, triesMax }, signal);
  };
  return {
    on: ({ fault, endsAt, ...rest }, signal) =>
      call(rest, { method: 'PUT', endsAt, body: JSON.stringify(inWorkloadWords(fault)) }, signal),
    off: (rest, signal) => call(rest, { method: 'DELETE', body: '' }, signal),
  };
}

/** Until the task that is meant answers, or one that refuses; bounded in number and time. */
async function repeat(
  ask: () => Promise<Answer>,
  { taskId, triesMax }: Pick<SwitchCall, 'taskId' | 'triesMax'>,
  signal: AbortSignal,
): Promise<SwitchOutcome> {
  const endAt = performance.now() + BUDGET_MS;
  let tries = 0;
  while (tries < triesMax && performance.now() < endAt && !signal.aborted) {
    tries += 1;
    const answer = await ask();
    if (answer.status === 202 && answer.text.includes(taskId)) return { kind: 'taken', tries };
    // A request that got lost may be repeated; what was understood and refused stays refused.
    if (isRefusal(answer.status)) {
      const message = `fault switch: status ${answer.status}: ${answer.text}`;
      return { kind: 'refused', tries, message: message.slice(0, SHOWN_MAX) };
    }
  }
  return { kind: 'not-met', tries };
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== MISDIRECTED;
}

/** The workload knows milliseconds only. */
function inWorkloadWords(fault: TaskFault): object {
  return 'seconds' in fault ? { kind: fault.kind, durationMs: fault.seconds * 1_000 } : fault;
}

function switchUrl(base: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${FAULT_PATH}`;
  return url;
}

interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly text: string;
}

/** On a connection of its own: one that is kept would meet the same task again. */
function send(
  call: {
    readonly url: URL;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  signal: AbortSignal,
): Promise<Answer> {
  const { url, method, body } = call;
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = {
    ...call.headers,
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    'content-length': String(Buffer.byteLength(body)),
  };
  return new Promise((resolve) => {
    const failed = (error: unknown): void => resolve({ status: 0, text: describe(error) });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
    const sent = make(url, { method, headers, agent: false, signal: limit }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (text.length < SHOWN_MAX) text += part;
      });
      response.on('error', failed);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', failed);
    sent.end(body);
  });
}
