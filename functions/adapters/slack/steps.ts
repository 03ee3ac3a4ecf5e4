/** What a bot has to tell, whatever it is about: a step of a thread, with the message for its root and its reply. */
import type { Entry } from '../../core/entry.ts';
import type { BrokenNotice, DigestNotice, DrillNotice, Notice } from '../../core/notice.ts';
import type { EpochMillis } from '../../core/time.ts';
import { nameNotice } from '../threads/notice-names.ts';
import type { Metadata } from './api.ts';
import type { SlackMessage } from './blocks.ts';
import type { RenderOptions } from './entry-links.ts';
import { needsPerson, renderReply, renderRoot } from './render.ts';
import { renderNotice } from './render-notice.ts';

export interface Step {
  /** The same for every step of an incident, a pause or a drill. */
  readonly threadId: string;
  /** Unique for ever. */
  readonly id: string;
  /** The root shows the step with the highest. */
  readonly seq: number;
  readonly at: EpochMillis;
  readonly state: string;
  readonly reopened: number;
  readonly isDrill: boolean;
  /** The channel is not to hear of it, whatever its setting. */
  readonly isQuiet: boolean;
  /** Whether people are called. */
  readonly calls: boolean;
  /** The answer to somebody's click is for the thread: the incident is where it was. */
  readonly isAside: boolean;
  /** A new message of it says all that its reply would. */
  readonly isWhole: boolean;
  /** @param before - what the root was rendered from until now */
  readonly root: (before: Entry | undefined) => RootMessage;
  readonly reply?: SlackMessage;
  readonly metadata: Metadata;
}

export interface RootMessage {
  readonly message: SlackMessage;
  /** What it is rendered from, if it is a step of an incident. */
  readonly entry?: Entry;
}

export function entryStep(entry: Entry, options: RenderOptions): Step {
  const { id, incidentId, seq, at, kind, reopened, serviceId, environment } = entry;
  return {
    threadId: incidentId,
    id,
    seq,
    at,
    state: kind,
    reopened,
    isDrill: entry.drill !== undefined,
    isQuiet: entry.quiet === true,
    calls: needsPerson(entry),
    isAside: kind === 'held' && entry.requestedBy !== undefined,
    isWhole: kind === 'paused' || kind === 'opened',
    root: (before) => {
      const whole = withStory(entry, before);
      return { message: renderRoot(whole, options), entry: whole };
    },
    reply: renderReply(entry),
    metadata: {
      event_type: 'ecs_self_healing_incident',
      event_payload: {
        incident_id: incidentId,
        state: kind,
        service: serviceId,
        environment,
        seq,
        ...(entry.quiet === true ? { quiet: true } : {}),
      },
    },
  };
}

export function noticeStep(notice: Notice): Step {
  switch (notice.kind) {
    case 'drill':
      return drillStep(notice);
    case 'broken':
    case 'digest':
      return singleStep(notice);
  }
}

/**
 * The message tells the whole story: who says "I have it" adds a name and takes nothing away, and which task
 * was stopped is not forgotten.
 */
function withStory(entry: Entry, before: Entry | undefined): Entry {
  if (before === undefined || before.reopened !== entry.reopened) return entry;
  if (entry.kind === 'acknowledged') return { ...before, ...entry, facts: before.facts };
  const { victim } = before;
  return entry.stopped > 0 && victim !== undefined ? { victim, ...entry } : entry;
}

function drillStep(notice: DrillNotice): Step {
  const { drillId, end } = notice;
  const root = renderNotice(notice);
  const name = nameNotice(notice);
  const { state } = name;
  const step = {
    ...name,
    seq: end === undefined ? 1 : 2,
    reopened: 0,
    isDrill: true,
    isQuiet: false,
    calls: false,
    isAside: false,
    isWhole: false,
    root: () => ({ message: root }),
    metadata: {
      event_type: 'ecs_self_healing_drill',
      event_payload: { drill_id: drillId, state, service: notice.serviceId },
    },
  };
  // Who follows the thread hears of the end; the numbers are in the root.
  return end === undefined
    ? step
    : { ...step, reply: { ...root, blocks: root.blocks.slice(0, 1) } };
}

/** Told once, and never changed: the next trouble of the same kind is to be heard of again. */
function singleStep(notice: BrokenNotice | DigestNotice): Step {
  const { kind, environment } = notice;
  const name = nameNotice(notice);
  const { state } = name;
  const isMended = state === 'mended';
  return {
    ...name,
    seq: 1,
    reopened: 0,
    isDrill: false,
    isQuiet: false,
    calls: kind === 'broken' && !isMended && notice.canWait !== true,
    isAside: false,
    isWhole: false,
    root: () => ({ message: renderNotice(notice) }),
    metadata: { event_type: `ecs_self_healing_${kind}`, event_payload: { environment, state } },
  };
}
