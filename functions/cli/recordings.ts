/**
 * What decisions stood on, read back from where it was recorded: the `weighed` lines of the function's log.
 *
 * A file may be a drill's `journal.json`, or log lines as they are exported from CloudWatch: one per line, as they were
 * written, or wrapped in an object with the line in `message` or `@message`.
 */
import * as v from 'valibot';
import type { DecisionInput } from '../core/decide.ts';

/** One decision: what it stood on, and what was decided at the time. */
export interface Recording {
  readonly input: DecisionInput;
  /** As `spellVerdict` writes it. */
  readonly verdict: string;
}

/** What must be there before the pure decision is asked; the rest is the recorder's own. */
const Weighed = v.looseObject({
  message: v.literal('weighed'),
  verdict: v.string(),
  input: v.looseObject({
    now: v.number(),
    service: v.looseObject({ id: v.string(), policy: v.looseObject({}) }),
    lock: v.looseObject({ version: v.number(), stops: v.array(v.unknown()) }),
    account: v.looseObject({ version: v.number() }),
    limits: v.looseObject({ budget: v.number() }),
    observation: v.looseObject({ at: v.number() }),
    delivery: v.looseObject({ kind: v.picklist(['alarm', 'recheck', 'manual']) }),
  }),
});

/** @throws Error naming the place and the field of a recorded decision that cannot be used. */
export function readRecordings(text: string): readonly Recording[] {
  return linesOf(text).flatMap((line, index) => {
    const found = parseObject(line);
    const record = found === undefined ? undefined : unwrap(found);
    if (record?.['message'] !== 'weighed') return [];
    const parsed = v.safeParse(Weighed, record);
    if (!parsed.success) {
      const issue = parsed.issues[0];
      throw new Error(
        `decision ${index + 1}: ${v.getDotPath(issue) ?? 'record'}: ${issue.message}`,
      );
    }
    const { input, verdict } = parsed.output;
    return [{ input: input as unknown as DecisionInput, verdict }];
  });
}

function linesOf(text: string): readonly string[] {
  const journal = parseObject(text);
  const events: unknown = journal?.['events'];
  if (!Array.isArray(events)) return text.split('\n');
  return events.flatMap((event: unknown) => {
    const line = isRecord(event) && event['kind'] === 'function-log' ? event['line'] : undefined;
    return typeof line === 'string' ? [line] : [];
  });
}

/** An exporter's object around the line that was logged. */
function unwrap(found: Record<string, unknown>): Record<string, unknown> | undefined {
  const inner = found['@message'] ?? found['message'];
  return typeof inner === 'string' && inner.startsWith('{') ? parseObject(inner) : found;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
