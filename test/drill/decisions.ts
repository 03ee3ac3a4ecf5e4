/** What each decision of the healer cost: its AWS calls, and how many of them had to wait for one another. */
import type { LabEvent, RecordedCall } from '../lab/events.ts';
import { longestChain } from './round-trips.ts';

export interface DecisionCost {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly trigger: string;
  readonly verdict: string;
  readonly reason?: string;
  readonly calls: number;
  readonly roundTrips: number;
}

/** One per invocation that logged a decision, oldest first. */
export function decisionsOf(events: readonly LabEvent[]): readonly DecisionCost[] {
  const traces = new Map<string, string>();
  const calls = new Map<string, RecordedCall[]>();
  for (const event of events) {
    if (event.kind === 'invocation') traces.set(event.requestId, event.traceId);
    if (event.kind !== 'call' || event.traceId === undefined) continue;
    calls.set(event.traceId, [...(calls.get(event.traceId) ?? []), event]);
  }
  return events.flatMap((event): readonly DecisionCost[] => {
    const decided = event.kind === 'function-log' ? readDecision(event.line) : undefined;
    if (decided === undefined) return [];
    const { requestId, ...told } = decided;
    const made = calls.get(traces.get(requestId) ?? '') ?? [];
    return [{ at: event.at, ...told, calls: made.length, roundTrips: longestChain(made) }];
  });
}

/** The journal line of the function, which it writes once per decision. */
function readDecision(line: string) {
  if (!line.includes('"message":"decided"')) return undefined;
  const { function_request_id, trigger, verdict, reason } = JSON.parse(line) as Record<
    string,
    string
  >;
  return {
    requestId: String(function_request_id),
    trigger: String(trigger),
    verdict: String(verdict),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** `hold replacing: 3 decisions, 9 calls, 3 round trips`, one line per kind of decision, most costly first. */
export function summariseDecisions(decisions: readonly DecisionCost[]): readonly string[] {
  const kinds = Map.groupBy(decisions, ({ verdict, reason = '' }) => `${verdict} ${reason}`.trim());
  const lines = [...kinds].map(([kind, group]) => {
    const calls = range(group.map((decision) => decision.calls));
    const trips = range(group.map((decision) => decision.roundTrips));
    const count = `${group.length} ${group.length === 1 ? 'decision' : 'decisions'}`;
    return {
      most: Math.max(...group.map((each) => each.calls)),
      text: `${kind}: ${count}, ${plural(calls, 'call')}, ${plural(trips, 'round trip')}`,
    };
  });
  return lines.toSorted((a, b) => b.most - a.most).map(({ text }) => text);
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function plural(count: string, noun: string): string {
  return `${count} ${noun}${count === '1' ? '' : 's'}`;
}
