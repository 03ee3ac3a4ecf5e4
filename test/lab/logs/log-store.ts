/**
 * What the lab's tasks and functions have logged: events by group, in time order, within bounded
 * memory.
 */

import type { MetricStore } from '../cloudwatch/metric-store.ts';

export interface StoredEvent {
  readonly stream: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  /**
   * Order of arrival, unique in the store: decides between equal timestamps, and names the event.
   */
  readonly sequence: number;
}

export interface StoredStream {
  readonly name: string;
  readonly creationTime: number;
  firstEventTimestamp?: number;
  lastEventTimestamp?: number;
  lastIngestionTime?: number;
}

export interface LogStoreOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** How long after its arrival an event is seen by readers; 0 when absent. */
  readonly visibleAfterMs?: number;
  /** Events kept per group, the oldest dropped first; 100,000 when absent. */
  readonly maxEventsPerGroup?: number;
  /** Told what each group receives, as CloudWatch Logs reports about itself. */
  readonly metrics?: MetricStore;
}

interface StoredGroup {
  readonly name: string;
  readonly creationTime: number;
  readonly streams: Map<string, StoredStream>;
  /** By timestamp, then by arrival. */
  readonly events: StoredEvent[];
  bytes: number;
}

export type LogGroup = Readonly<Omit<StoredGroup, 'events'>>;

/** What CloudWatch Logs counts per event beside its message. */
const EVENT_OVERHEAD_BYTES = 26;

export class LogStore {
  readonly #groups = new Map<string, StoredGroup>();
  readonly #now: () => number;
  readonly #visibleAfterMs: number;
  readonly #maxEvents: number;
  readonly #metrics: MetricStore | undefined;
  #sequence = 0;

  constructor(options: LogStoreOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#visibleAfterMs = options.visibleAfterMs ?? 0;
    this.#maxEvents = options.maxEventsPerGroup ?? 100_000;
    this.#metrics = options.metrics;
  }

  /** Drops a group with all it holds; unknown is fine. */
  deleteGroup(name: string): void {
    this.#groups.delete(name);
  }

  /** Makes the group, empty, unless it is there; readers of a group nobody made get an error. */
  createGroup(name: string): void {
    this.#group(name);
  }

  /** Adds an event; its group and stream are made as needed. */
  put(group: string, stream: string, timestampMs: number, message: string): void {
    const into = this.#group(group);
    const event = {
      stream,
      timestamp: timestampMs,
      ingestionTime: this.#now(),
      message,
      sequence: this.#sequence++,
    };
    insert(into.events, event);
    into.bytes += sizeOf(event);
    noteEvent(into, event);
    this.#report(group, event);
    // Trimmed a tenth at a time, since each trim moves all that is kept.
    if (into.events.length > this.#maxEvents * 1.1) {
      const dropped = into.events.splice(0, into.events.length - this.#maxEvents);
      for (const old of dropped) into.bytes -= sizeOf(old);
    }
  }

  groups(): readonly LogGroup[] {
    return [...this.#groups.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  /** Visible events of a group in time order, from the first at or after `from`. */
  *events(group: string, from = Number.NEGATIVE_INFINITY): Generator<StoredEvent> {
    const events = this.#groups.get(group)?.events ?? [];
    const visibleUntil = this.#now() - this.#visibleAfterMs;
    for (let index = firstFrom(events, from); index < events.length; index++) {
      const event = events[index] as StoredEvent;
      if (event.ingestionTime <= visibleUntil) yield event;
    }
  }

  #report(LogGroupName: string, event: StoredEvent): void {
    const metric = { namespace: 'AWS/Logs', dimensions: { LogGroupName } };
    this.#metrics?.record({ ...metric, name: 'IncomingLogEvents' }, 1, event.ingestionTime);
    this.#metrics?.record({ ...metric, name: 'IncomingBytes' }, sizeOf(event), event.ingestionTime);
  }

  #group(name: string): StoredGroup {
    let group = this.#groups.get(name);
    if (!group) {
      group = { name, creationTime: this.#now(), streams: new Map(), events: [], bytes: 0 };
      this.#groups.set(name, group);
    }
    return group;
  }
}

export function sizeOf(event: StoredEvent): number {
  return Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
}

function insert(events: StoredEvent[], event: StoredEvent): void {
  // Nearly every event is the newest: looked for from the end.
  let index = events.length;
  while (index > 0 && (events[index - 1] as StoredEvent).timestamp > event.timestamp) index -= 1;
  events.splice(index, 0, event);
}

function noteEvent(group: StoredGroup, event: StoredEvent): void {
  let stream = group.streams.get(event.stream);
  if (!stream) {
    stream = { name: event.stream, creationTime: event.ingestionTime };
    group.streams.set(event.stream, stream);
  }
  stream.firstEventTimestamp = Math.min(stream.firstEventTimestamp ?? Infinity, event.timestamp);
  stream.lastEventTimestamp = Math.max(stream.lastEventTimestamp ?? -Infinity, event.timestamp);
  stream.lastIngestionTime = event.ingestionTime;
}

function firstFrom(events: readonly StoredEvent[], from: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle] as StoredEvent).timestamp < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
