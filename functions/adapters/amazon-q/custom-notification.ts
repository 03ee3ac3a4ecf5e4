/**
 * What Amazon Q Developer in chat applications shows of a message on a topic: its schema of custom notifications.
 *
 * It drops any other message without a word. Markdown is the chat's own: Slack's here.
 */
import type { Entry } from '../../core/entry.ts';
import type { DrillNotice, Notice } from '../../core/notice.ts';
import { alarmUrl, logsUrl, placeOf, serviceUrl } from '../slack/console-links.ts';
import { headline } from '../slack/headline.ts';
import { renderSlack } from '../slack/render.ts';
import { renderNotice } from '../slack/render-notice.ts';
import { cut, escapeText, link, shown } from '../slack/text.ts';

export interface CustomNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** Notifications with the same one hang together, where the channel's preferences allow it. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    /** Custom actions read variables from here. */
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** Amazon names no limits; what is longer than these would not be read on a phone. */
const TITLE_MAX = 200;
const PART_MAX = 400;
const STEP_MAX = 300;
const WORD_MAX = 100;

export function entryNotification(entry: Entry, runbookUrl?: string): CustomNotification {
  const { text } = renderSlack(entry);
  const { emoji, state, sentence, ask, drill = false, happened, did, next } = headline(entry);
  const told = drill ? `:construction: DRILL ${emoji}` : emoji;
  const { cause } = entry;
  return {
    version: '1.0',
    source: 'custom',
    id: entry.id,
    content: {
      textType: 'client-markdown',
      title: `${told} ${state}  ${shown(sentence, TITLE_MAX)}`,
      description: lines([
        [undefined, ask],
        ['What is wrong', cause?.sentence],
        ['What happened', happened],
        ['What I did', did],
        ['Next', next],
        ['Acknowledged by', entry.acknowledgedBy],
      ]),
      ...stepsOf(entry, runbookUrl),
      keywords: words(['ecs-self-healing', entry.kind, entry.reason, entry.environment]),
    },
    metadata: {
      threadId: entry.incidentId,
      summary: text,
      eventType: `ecs-self-healing-${entry.kind}`,
      relatedResources: words([entry.where?.clusterArn, entry.victim?.taskArn], Infinity),
      additionalContext: {
        serviceId: variable(entry.serviceId),
        environment: variable(entry.environment),
        incidentId: entry.incidentId,
        kind: entry.kind,
        ...(entry.reason && { reason: entry.reason }),
        ...(entry.drill !== undefined && { drill: variable(entry.drill) }),
      },
    },
  };
}

/** What a person can do, the least harmful first. */
function stepsOf(entry: Entry, runbookUrl: string | undefined) {
  const { cause, where, reason, facts, serviceId, at } = entry;
  const place = placeOf(where?.clusterArn ?? entry.victim?.taskArn ?? '');
  const alarm = facts.alarms[0]?.name;
  const anchor = reason === undefined ? '' : `#${reason}`;
  const groups = where?.logGroup === undefined ? [] : [where.logGroup];
  const span = { from: at - 600_000, to: at + 300_000 };
  const links: readonly (readonly [string, string | undefined])[] = [
    ['Runbook', runbookUrl && `${runbookUrl}${anchor}`],
    ['Service', place && serviceUrl(place, serviceId)],
    ['Alarm', place && alarm !== undefined ? alarmUrl(place, alarm) : undefined],
    ['Logs of these minutes', place && logsUrl(place, { groups, ...span })],
  ];
  const steps = [
    ...(cause === undefined ? [] : [shown(cause.fix, STEP_MAX)]),
    ...links.flatMap(([label, url]) => (url === undefined ? [] : [link(url, label)])),
  ];
  return steps.length === 0 ? {} : { nextSteps: steps };
}

export function noticeNotification(notice: Notice): CustomNotification {
  const { text, alone } = renderNotice(notice);
  const { kind, environment } = notice;
  const threadId = kind === 'drill' ? notice.drillId : `${kind}-${environment}-${timeOf(notice)}`;
  return {
    version: '1.0',
    source: 'custom',
    id: `${threadId}-${kind === 'drill' ? drillState(notice) : kind}`,
    content: {
      textType: 'client-markdown',
      title: cut(text, TITLE_MAX),
      description: [alone, ...detailsOf(notice)].join('\n'),
      keywords: words(['ecs-self-healing', kind, environment]),
    },
    metadata: {
      threadId,
      summary: text,
      eventType: `ecs-self-healing-${kind}`,
      relatedResources: [],
      additionalContext: { environment: variable(environment) },
    },
  };
}

function drillState({ end }: DrillNotice): string {
  return end === undefined ? 'started' : end.verdict;
}

function timeOf(notice: Notice): number {
  return notice.kind === 'digest' ? notice.to : notice.at;
}

function detailsOf(notice: Notice): readonly string[] {
  switch (notice.kind) {
    case 'drill':
      return [lines([['Stop it by', notice.end === undefined ? notice.stopCommand : undefined]])];
    case 'broken':
      return [lines([['What happened', notice.detail]])];
    case 'digest':
      return notice.repeated.map(({ serviceId, incidents, hint }) =>
        shown(`${serviceId}: ${incidents} incidents, ${hint}`, STEP_MAX),
      );
  }
}

function lines(rows: readonly (readonly [string | undefined, string | undefined])[]): string {
  return rows
    .flatMap(([name, text]) => {
      if (text === undefined || text === '') return [];
      return [`${name === undefined ? '' : `*${name}:* `}${shown(text, PART_MAX)}`];
    })
    .join('\n');
}

function words(all: readonly (string | undefined)[], max = WORD_MAX): readonly string[] {
  return all.flatMap((word) => (word ? [cut(escapeText(word), max)] : []));
}

/** What a custom action can put into a command: no spaces, and nothing that a chat would read as markup. */
function variable(text: string): string {
  return text.replace(/[^\x21-\x7e]|[<>&]/g, '').slice(0, WORD_MAX);
}
