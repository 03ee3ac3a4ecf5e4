/** Where a reader of an entry goes next: links, and the buttons that fit its state. */
import type { ActionsBlock, ContextBlock } from '@slack/types';
import type { ClickAction } from '../../core/click.ts';
import type { Entry } from '../../core/entry.ts';
import { context } from './blocks.ts';
import { type ButtonSpec, buttons } from './buttons.ts';
import { alarmUrl, logsUrl, placeOf, serviceUrl, taskUrl, traceUrl } from './console-links.ts';
import { link } from './text.ts';

export interface RenderOptions {
  /** The runbook's page; the reason is its anchor. @default - no link to it */
  readonly runbookUrl?: string;
  /** Whether an endpoint answers clicks. @default - false: no button acts */
  readonly canRespond?: boolean;
  /** Id of the user group that is called when a person must look. @default - nobody is called */
  readonly mention?: string;
}

/** Shown before the trouble and after it, so that the query has what led to it. */
const LOGS_BEFORE_MS = 10 * 60_000;
const LOGS_AFTER_MS = 5 * 60_000;
/** A line of links that is longer is mostly addresses, which count towards Slack's limits. */
const LINKS_MAX = 1_700;

type Links = Readonly<
  Record<'alarm' | 'service' | 'task' | 'logs' | 'trace' | 'runbook', string | undefined>
>;

function linksOf(entry: Entry, options: RenderOptions): Links {
  const { victim, facts, at, reason, where } = entry;
  const alarm = facts.alarms.find(({ state }) => state === 'ALARM') ?? facts.alarms[0];
  const place = placeOf(where?.clusterArn ?? victim?.taskArn ?? '');
  const trace = victim?.traceIds.at(-1);
  const groups = where?.logGroup === undefined ? [] : [where.logGroup];
  const span = { from: at - LOGS_BEFORE_MS, to: at + LOGS_AFTER_MS };
  return {
    alarm: place && alarm && alarmUrl(place, alarm.name),
    service: place && serviceUrl(place, entry.serviceId),
    task: place && victim && taskUrl(place, victim.taskArn),
    logs: place && logsUrl(place, { groups, ...span }),
    trace: place && trace === undefined ? undefined : place && traceUrl(place, trace ?? ''),
    runbook: options.runbookUrl && `${options.runbookUrl}${reason ? `#${reason}` : ''}`,
  };
}

export function linksLine(entry: Entry, options: RenderOptions): ContextBlock | undefined {
  const { alarm, service, task, logs, trace, runbook } = linksOf(entry, options);
  const all: readonly (readonly [string, string | undefined])[] = [
    ['Alarm', alarm],
    ['Service', service],
    ['Task', task],
    ['Runbook', runbook],
    ['Trace', trace],
    ['Logs of these minutes', logs],
  ];
  let left = LINKS_MAX;
  const fitting = all.flatMap(([label, url]) => {
    const text = url === undefined ? '' : link(url, label);
    if (text === '' || text.length > left) return [];
    left -= text.length;
    return [text];
  });
  return context(fitting);
}

/** In the order of their use; the first three that act, or that have an address, are shown. */
export function entryButtons(entry: Entry, options: RenderOptions): ActionsBlock | undefined {
  const links = linksOf(entry, options);
  const { incidentId, serviceId, pauseScope = serviceId } = entry;
  const acts = options.canRespond === true ? actionsOf(entry) : [];
  const labels = LINKS[entry.kind] ?? ['Runbook', 'Service', 'Alarm'];
  return buttons([
    ...acts.map((action) => {
      const scope = action === 'resume' ? pauseScope : serviceId;
      return { action, subject: { serviceId: scope, incidentId } };
    }),
    ...labels.map((label) => linkOf(label, links)),
  ]);
}

/** What a person may want to ask of the healer at this point. */
function actionsOf({ kind, reason, acknowledgedBy, requestedBy }: Entry): readonly ClickAction[] {
  switch (kind) {
    case 'escalated':
    case 'stop-refused':
    case 'explained':
    case 'acknowledged':
      return whileCalled(acknowledgedBy);
    case 'recovered':
    case 'resumed':
      return [];
    case 'paused':
      return ['resume'];
    default:
      if (reason === 'observe-only') return [];
      if (reason === 'paused') return ['resume'];
      return requestedBy === undefined ? ['pause'] : whileCalled(acknowledgedBy);
  }
}

function whileCalled(acknowledgedBy: string | undefined): readonly ClickAction[] {
  return acknowledgedBy === undefined
    ? ['acknowledge', 'stop-one-more', 'pause']
    : ['stop-one-more', 'pause'];
}

type Label = 'Runbook' | 'Logs' | 'Service' | 'Alarm' | 'Stopped task';

const ESCALATED: readonly Label[] = ['Runbook', 'Logs', 'Service', 'Alarm'];
const ACTING: readonly Label[] = ['Stopped task', 'Service', 'Alarm'];

const LINKS: Readonly<Partial<Record<Entry['kind'], readonly Label[]>>> = {
  escalated: ESCALATED,
  'stop-refused': ESCALATED,
  explained: ESCALATED,
  acknowledged: ESCALATED,
  stopped: ACTING,
  claimed: ACTING,
  recovered: ['Service', 'Alarm'],
};

function linkOf(label: Label, { runbook, logs, service, alarm, task }: Links): ButtonSpec {
  switch (label) {
    case 'Runbook':
      return { label, url: runbook };
    case 'Logs':
      return { label, url: logs };
    case 'Service':
      return { label, url: service };
    case 'Alarm':
      return { label, url: alarm };
    case 'Stopped task':
      return { label, url: task };
  }
}
