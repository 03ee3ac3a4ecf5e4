/** A journal from its file; what is none is refused with the field, what it has and what is wanted. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { JOURNAL_SCHEMA, type Journal } from '../journal.ts';

export class JournalError extends Error {
  override readonly name = 'JournalError';
}

const time = v.pipe(v.string(), v.isoTimestamp());
const activity = v.looseObject({
  name: v.string(),
  status: v.picklist(['succeeded', 'failed']),
  start: time,
  end: time,
});

const counted = { sent: v.number(), failed: v.number() };
const row = v.looseObject({
  measure: v.string(),
  name: v.string(),
  unit: v.string(),
  limit: v.optional(
    v.looseObject({
      at: v.picklist(['most', 'least', 'exactly']),
      value: v.union([v.number(), v.string()]),
    }),
  ),
});

/** What the report reads; the journal has more. */
const shape = v.looseObject({
  schema: v.literal(JOURNAL_SCHEMA),
  experiment: v.looseObject({ name: v.string(), title: v.string(), hypothesis: v.string() }),
  healer: v.boolean(),
  timeFactor: v.pipe(v.number(), v.minValue(1)),
  status: v.picklist(['completed', 'failed', 'aborted']),
  deviated: v.optional(v.boolean()),
  start: time,
  end: time,
  faultAt: v.optional(time),
  duration: v.number(),
  steady_states: v.looseObject({ before: activity }),
  run: v.array(activity),
  rollbacks: v.array(activity),
  rows: v.array(row),
  requests: v.looseObject({
    ...counted,
    byStatus: v.record(v.string(), v.number()),
    sinceFault: v.looseObject(counted),
    answers: v.array(v.looseObject({ at: v.number(), durationMs: v.number() })),
  }),
  decisions: v.array(v.looseObject({ at: v.number(), verdict: v.string(), calls: v.number() })),
  faults: v.array(v.looseObject({ from: v.number() })),
  states: v.array(
    v.looseObject({
      at: v.number(),
      healthy: v.number(),
      desired: v.number(),
      incident: v.string(),
    }),
  ),
  timeline: v.array(v.looseObject({ at: v.number(), kind: v.string() })),
  messages: v.array(v.unknown()),
  events: v.array(v.looseObject({ kind: v.string(), at: v.number() })),
});

/** @throws JournalError when there is no such file, or it is no journal of this version. */
export function readJournal(file: string): Journal {
  const value = parse(file, read(file));
  const result = v.safeParse(shape, value);
  if (result.success) return result.output as unknown as Journal;
  // The version first: of another one, the other fields say nothing.
  const version = result.issues.find((issue) => v.getDotPath(issue) === 'schema');
  const issue = version ?? result.issues[0];
  const field = v.getDotPath(issue) ?? 'journal';
  const isAbsent = issue.received === 'undefined';
  const wanted = version
    ? JOURNAL_SCHEMA
    : isAbsent
      ? 'a value'
      : (issue.expected ?? issue.message);
  throw new JournalError(
    `${file}: ${field}: got ${isAbsent ? 'nothing' : issue.received}, wanted ${wanted}`,
  );
}

/** @throws JournalError when it is no control run of the same drill. */
export function readControl(file: string, { experiment }: Journal): Journal {
  const control = readJournal(file);
  if (control.healer) {
    throw new JournalError(`${file}: healer: got true, wanted false, as of a control run`);
  }
  const { name } = control.experiment;
  if (name !== experiment.name) {
    throw new JournalError(`${file}: experiment.name: got ${name}, wanted ${experiment.name}`);
  }
  return control;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new JournalError(`journal: got ${file} (${code}), wanted a file that can be read`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const start = JSON.stringify(text.slice(0, 40));
    throw new JournalError(`${file}: content: got ${start}, wanted JSON`);
  }
}
