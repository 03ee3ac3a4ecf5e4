/** Requests to the drill function, and the looks that it sends itself. */
import * as v from 'valibot';
import { listProblems, showInput } from '../../core/bad-input.ts';
import { BUILT_IN } from '../../core/drill/built-in.ts';
import type { Definition } from '../../core/drill/definition.ts';
import { HealerError } from '../../core/errors.ts';
import type { DrillArrival, DrillInbound } from '../../ports/drill.ts';
import { checkDefinition } from './check-definition.ts';
import { Person, read, readJson, Sentence, ServiceId } from './schema.ts';

const SqsBatch = v.looseObject({
  Records: v.array(
    v.looseObject({
      eventSource: v.literal('aws:sqs'),
      messageId: v.string(),
      body: v.string(),
    }),
  ),
});

/** Who asks in the calendar's name. */
const SCHEDULE = 'schedule';

const Asked = {
  service: ServiceId,
  drill: v.optional(v.string()),
  definition: v.optional(v.looseObject({})),
  by: Person,
  allowProduction: v.optional(v.boolean(), false),
};
const Plan = v.strictObject({ kind: v.literal('drill-plan'), ...Asked });
const Run = v.strictObject({ kind: v.literal('drill-run'), ...Asked });

const Stop = v.strictObject({
  kind: v.literal('drill-stop'),
  service: ServiceId,
  by: Person,
  why: Sentence,
});

const Status = v.strictObject({
  kind: v.literal('drill-status'),
  service: ServiceId,
  drillId: v.optional(v.string()),
});

const Look = v.strictObject({
  kind: v.literal('drill-look'),
  serviceId: ServiceId,
  drillId: v.string(),
  token: v.pipe(v.number(), v.integer()),
});

/** @throws {event.malformed} or {event.unknown-kind}; for a batch only when one of its records is opened. */
export function openDrill(event: unknown): DrillInbound {
  if (typeof event === 'object' && event !== null && 'Records' in event) {
    const { Records } = read(SqsBatch, event, 'SQS event');
    const records = Records.map(({ messageId, body }) => ({
      id: messageId,
      open: () => openMessage(readJson(body, 'message body')),
    }));
    return { kind: 'batch', records };
  }
  return { kind: 'direct', arrival: openMessage(event) };
}

function openMessage(message: unknown): DrillArrival {
  const fields = (message ?? {}) as { readonly kind?: unknown };
  switch (fields.kind) {
    case 'drill-plan': {
      const { kind, ...asked } = read(Plan, message, 'drill request');
      return { kind, ...asOf(asked) };
    }
    case 'drill-run': {
      const { kind, ...asked } = read(Run, message, 'drill request');
      return { kind, ...asOf(asked), scheduled: asked.by === SCHEDULE };
    }
    case 'drill-stop': {
      const { service: serviceId, ...asked } = read(Stop, message, 'drill request');
      return { ...asked, serviceId };
    }
    case 'drill-status': {
      const { kind, service: serviceId, drillId } = read(Status, message, 'drill request');
      return { kind, serviceId, ...(drillId === undefined ? {} : { drillId }) };
    }
    case 'drill-look':
      return read(Look, message, 'look of a drill');
    default: {
      const wanted = 'drill-plan, drill-run, drill-stop or drill-status';
      const got = showInput(fields.kind ?? Object.keys(fields).slice(0, 5));
      throw new HealerError(
        'event.unknown-kind',
        `drill request: kind: got ${got}, wanted ${wanted}`,
      );
    }
  }
}

function asOf({
  service: serviceId,
  by,
  allowProduction,
  drill,
  definition,
}: Omit<v.InferOutput<typeof Run>, 'kind'>) {
  return { serviceId, by, allowProduction, definition: definitionOf(drill, definition) };
}

function definitionOf(name: string | undefined, given: object | undefined): Definition {
  if ((name === undefined) === (given === undefined)) {
    const got = name === undefined ? 'neither' : 'both';
    throw malformed(`drill request: drill, definition: got ${got}, wanted one of the two`);
  }
  if (given !== undefined) return checked(given);
  const found = BUILT_IN.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const known = BUILT_IN.map((definition) => definition.name).join(', ');
  throw malformed(`drill request: drill: got ${showInput(name)}, wanted one of: ${known}`);
}

function checked(given: object): Definition {
  const { name } = given as { readonly name?: unknown };
  const problems = checkDefinition(given, typeof name === 'string' ? name : '');
  if (problems.length === 0) return given as Definition;
  throw malformed(`drill request: definition: ${listProblems(problems)}`);
}

function malformed(message: string): HealerError {
  return new HealerError('event.malformed', message);
}
