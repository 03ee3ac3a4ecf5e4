/** The events folder, as tests and `npm run invoke` read it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const EVENTS_DIR = path.resolve(import.meta.dirname, '../../events');

export interface Expectation {
  readonly alarm?: 'metric' | 'metric-math' | 'composite';
  readonly state?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** The verdict, or its reason where it has one. */
  readonly verdict?: string;
  readonly error?: string;
  /** Which records of a batch come back, counted from 1. */
  readonly failedMessages?: readonly number[];
}

export interface ManifestEntry {
  readonly provenance: 'documented' | 'ours';
  /** `answer`: what an AWS API returns, not something to deliver. */
  readonly role: 'delivery' | 'answer';
  readonly docs?: string;
  readonly note?: string;
  readonly operation?: string;
  readonly expect?: Expectation;
}

export function readEvent(name: string): unknown {
  return JSON.parse(readFileSync(path.join(EVENTS_DIR, name), 'utf8'));
}

const ALARM_TIMES = /(\d{4}-\d\d-\d\dT[\d:.]+)(Z|\+0000)/g;

/** As {@link readEvent}; an alarm changed just now, and its message was sent just now: an old one is not acted upon. */
export function readFresh(name: string): unknown {
  const text = readFileSync(path.join(EVENTS_DIR, name), 'utf8');
  if (!/alarmname/i.test(text)) return JSON.parse(text);
  const times = [...text.matchAll(ALARM_TIMES)].map(([, time = '']) => Date.parse(`${time}Z`));
  const passed = Date.now() - Math.max(...times);
  const shift = (_all: string, time: string, zone: string): string =>
    `${new Date(Date.parse(`${time}Z`) + passed).toISOString().slice(0, -1)}${zone}`;
  const sent = text.replace(/("SentTimestamp": ")\d+/g, `$1${Date.now()}`);
  return JSON.parse(sent.replace(ALARM_TIMES, shift));
}

export function readManifest(): Readonly<Record<string, ManifestEntry>> {
  return (readEvent('manifest.json') as { files: Record<string, ManifestEntry> }).files;
}

export function eventFiles(): readonly string[] {
  return readdirSync(EVENTS_DIR)
    .filter((name) => name !== 'manifest.json')
    .toSorted();
}

/** Deliveries and what they must lead to. */
export function deliveries(): readonly (readonly [string, Expectation])[] {
  return Object.entries(readManifest()).flatMap(([name, { role, expect }]) =>
    role === 'delivery' && expect !== undefined ? [[name, expect] as const] : [],
  );
}
