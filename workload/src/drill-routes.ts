import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FAULT_MS_MAX, readSignedRequest, type SignedRequest } from './drill-signature.ts';
import { type Fault, type FaultSwitch, parseFault, silences } from './faults.ts';

export interface DrillOptions {
  /** Shared with whoever may drill; it never travels. */
  readonly token: string;
  /** Of this task: through a load balancer, a request meets any. */
  readonly taskId: string;
  readonly faults: FaultSwitch;
}

const PATH = '/drill/fault';
const NOT_FOUND = 404;
/** The request is for another task, which the same address may reach the next time. */
const MISDIRECTED = 421;
const CONFLICT = 409;

/** Adds the fault switches; to whoever does not know the secret they answer as if they did not exist. */
export function addDrillRoutes(server: FastifyInstance, options: DrillOptions): void {
  addSwitches(server, options);
}

function addSwitches(server: FastifyInstance, { token, taskId, faults }: DrillOptions): void {
  let mendedAt = 0;
  const check = (request: FastifyRequest): SignedRequest | number => {
    const { method, headers, body } = request;
    const text = typeof body === 'string' ? body : '';
    const call = { method, path: PATH, headers, body: text };
    const signed = readSignedRequest(call, token, Date.now());
    if (signed === undefined) return NOT_FOUND;
    if (signed.taskId !== taskId) return MISDIRECTED;
    // A drill that was ended must not be begun again by a request that was on its way.
    return method === 'PUT' && signed.issuedAt <= mendedAt ? CONFLICT : signed;
  };
  const refuse = (reply: FastifyReply, status: number): FastifyReply => {
    if (status === NOT_FOUND) {
      reply.callNotFound();
      return reply;
    }
    return reply.code(status).send({ error: status === CONFLICT ? 'mended since' : 'other task' });
  };

  server.put(PATH, async (request, reply) => {
    const signed = check(request);
    if (typeof signed === 'number') return refuse(reply, signed);
    const fault = readFault(request.body, signed, Date.now());
    if (typeof fault === 'string') return reply.code(400).send({ error: fault });
    const { endsAt = Date.now() } = signed;
    const begin = (): void => faults.begin(fault, endsAt);
    request.log.warn({ fault, endsAt: new Date(endsAt).toISOString() }, 'fault switched on');
    // Once the answer has left, or the drill could not tell a fault from a lost request.
    if (silences(fault)) reply.raw.once('close', begin);
    else begin();
    return reply.code(202).send({ taskId, fault });
  });

  server.delete(PATH, async (request, reply) => {
    const signed = check(request);
    if (typeof signed === 'number') return refuse(reply, signed);
    mendedAt = Math.max(mendedAt, signed.issuedAt);
    faults.clear();
    request.log.warn('faults switched off');
    return reply.code(202).send({ taskId });
  });
}

/** @returns the fault, which lasts no longer than it may, or what is wrong with the request in words. */
function readFault(body: unknown, { endsAt }: SignedRequest, now: number): Fault | string {
  if (endsAt === undefined || !(endsAt > now && endsAt <= now + FAULT_MS_MAX)) {
    return `x-drill-ends-at: wanted a time within the next ${FAULT_MS_MAX / 60_000} minutes`;
  }
  const fault = parseFault(parseJson(body));
  if (typeof fault === 'string' || !('durationMs' in fault)) return fault;
  return { ...fault, durationMs: Math.min(fault.durationMs, endsAt - now) };
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
