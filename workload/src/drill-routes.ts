import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { blockEventLoop, type Fault, type FaultSwitch, parseFault } from './faults.ts';

export interface DrillOptions {
  readonly token: string;
  readonly faults: FaultSwitch;
  readonly exit: (code: number) => void;
}

/** Adds the fault switches; without the right token they answer as if they did not exist. */
export function addDrillRoutes(server: FastifyInstance, options: DrillOptions): void {
  const wanted = digest(options.token);
  const hasToken = (request: FastifyRequest): boolean => {
    const got = request.headers['x-drill-token'];
    return typeof got === 'string' && timingSafeEqual(digest(got), wanted);
  };

  server.put('/drill/fault', async (request, reply) => {
    if (!hasToken(request)) return reply.callNotFound();
    const fault = parseFault(request.body);
    if (typeof fault === 'string') return reply.code(400).send({ error: fault });
    request.log.warn({ fault }, 'fault switched on');
    apply(fault, reply, options);
    return reply.code(202).send({ fault });
  });

  server.delete('/drill/fault', async (request, reply) => {
    if (!hasToken(request)) return reply.callNotFound();
    options.faults.clear();
    request.log.warn('faults switched off');
    return reply.code(204).send();
  });
}

function apply(fault: Fault, reply: FastifyReply, { faults, exit }: DrillOptions): void {
  switch (fault.kind) {
    case 'grey':
    case 'latency':
      faults.set(fault);
      return;
    // These two run once the answer has left, or the drill could not tell a fault from a lost
    // request.
    case 'hang':
      reply.raw.once('close', () => blockEventLoop(fault.durationMs));
      return;
    case 'exit':
      reply.raw.once('close', () => exit(fault.code));
      return;
  }
}

/** Digests have one length whatever the token's, which the constant-time comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
