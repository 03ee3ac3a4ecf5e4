import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type FaultSwitch, parseFault, silences } from './faults.ts';

export interface DrillOptions {
  readonly token: string;
  readonly faults: FaultSwitch;
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
    // Once the answer has left, or the drill could not tell a fault from a lost request.
    if (silences(fault)) reply.raw.once('close', () => options.faults.begin(fault));
    else options.faults.begin(fault);
    return reply.code(202).send({ fault });
  });

  server.delete('/drill/fault', async (request, reply) => {
    if (!hasToken(request)) return reply.callNotFound();
    options.faults.clear();
    request.log.warn('faults switched off');
    return reply.code(204).send();
  });
}

/** Digests have one length whatever the token's, which the constant-time comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
