/** One query over the events of one or more log groups. */
import type { QueryStatistics, ResultField } from '@aws-sdk/client-cloudwatch-logs';
import { type LogStore, type StoredEvent, sizeOf } from '../log-store.ts';
import { type Command, ROWS_MAX, type Table } from './query.ts';
import { type Row, type Value, written } from './values.ts';

export interface QueryRange {
  readonly groups: readonly string[];
  /** Epoch seconds, both inclusive. */
  readonly startTime: number;
  readonly endTime: number;
  /** Rows at most, where the query itself has no limit. */
  readonly limit?: number | undefined;
}

export interface QueryOutcome {
  readonly results: ResultField[][];
  readonly statistics: QueryStatistics;
}

const SHOWN_BY_DEFAULT = ['@timestamp', '@message'];

export function runQuery(
  store: LogStore,
  commands: readonly Command[],
  range: QueryRange,
): QueryOutcome {
  const events = eventsIn(store, range);
  const rows = events.map(rowOf);
  let table: Table = { rows, shown: [] };
  let recordsMatched = rows.length;
  let isGrouped = false;
  for (const { verb, run } of commands) {
    table = run(table);
    isGrouped ||= verb === 'stats';
    if (verb === 'filter' && !isGrouped) recordsMatched = table.rows.length;
  }
  const shown = table.shown.length === 0 ? SHOWN_BY_DEFAULT : table.shown;
  // Every line can be asked for by its pointer; a group cannot.
  const names = isGrouped ? shown : [...shown, '@ptr'];
  const bytesScanned = events.reduce((sum, event) => sum + sizeOf(event), 0);
  return {
    results: table.rows
      .slice(0, range.limit ?? ROWS_MAX)
      .map((row) => names.flatMap((field) => fieldOf(field, row(field)))),
    statistics: { recordsMatched, recordsScanned: events.length, bytesScanned },
  };
}

/** Newest first, as a query without `sort` answers. */
function eventsIn(store: LogStore, { groups, startTime, endTime }: QueryRange): StoredEvent[] {
  const found = groups.flatMap((group) => [...store.events(group, startTime * 1_000)]);
  return found
    .filter(({ timestamp }) => timestamp < (endTime + 1) * 1_000)
    .toSorted((a, b) => b.timestamp - a.timestamp || b.sequence - a.sequence);
}

function fieldOf(field: string, value: Value): readonly ResultField[] {
  const text = written(value);
  return text === undefined ? [] : [{ field, value: text }];
}

function rowOf(event: StoredEvent): Row {
  const line = parseLine(event.message);
  return (name) => {
    switch (name) {
      case '@timestamp':
        return new Date(event.timestamp).toISOString().replace('T', ' ').replace('Z', '');
      case '@message':
        return event.message;
      case '@logStream':
        return event.stream;
      case '@ptr':
        return String(event.sequence);
      default:
        return valueAt(line, name);
    }
  };
}

function parseLine(message: string): unknown {
  if (!message.startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** Fields of nested objects are named with dots; null is no value, an object neither. */
function valueAt(line: unknown, name: string): Value {
  const found = name.split('.').reduce((value: unknown, step) => memberOf(value, step), line);
  const isValue = ['string', 'number', 'boolean'].includes(typeof found);
  return isValue ? (found as string | number | boolean) : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
