/** Where a reader of an entry goes next: links, and the buttons that fit its state. */
import type { ActionsBlock, ContextBlock } from '@slack/types';
import type { Entry } from '../../core/entry.ts';
import { context } from './blocks.ts';
import { type ButtonSpec, buttons } from './buttons.ts';
import {
  alarmUrl,
  logsUrl,
  type Place,
  placeOf,
  serviceUrl,
  taskUrl,
  traceUrl,
} from './console-links.ts';
import { link } from './text.ts';

export interface RenderOptions {
  /** Where the service lives. @default - what the ARN of the ill task says, if there is one */
  readonly place?: Place;
  /** The service's log groups. @default - no link to a logs query */
  readonly logGroups?: readonly string[];
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
  const { victim, facts, at, reason } = entry;
  const alarm = facts.alarms.find(({ state }) => state === 'ALARM') ?? facts.alarms[0];
  const place = options.place ?? (victim && placeOf(victim.taskArn));
  const trace = victim?.traceIds.at(-1);
  const groups = options.logGroups ?? [];
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

/** In the order of their use; the first three that have an address are shown. */
export function entryButtons(entry: Entry, options: RenderOptions): ActionsBlock | undefined {
  const links = linksOf(entry, options);
  const subject = { serviceId: entry.serviceId, incidentId: entry.incidentId };
  const act = (action: Extract<ButtonSpec, { action: string }>['action']): readonly ButtonSpec[] =>
    options.canRespond === true ? [{ action, subject }] : [];
  const service: ButtonSpec = { label: 'Service', url: links.service };
  const alarm: ButtonSpec = { label: 'Alarm', url: links.alarm };
  const runbook: ButtonSpec = { label: 'Runbook', url: links.runbook };
  switch (entry.kind) {
    case 'escalated':
    case 'stop-refused':
    case 'explained':
      return buttons([
        ...act('acknowledge'),
        { ...runbook, primary: true },
        { label: 'Logs', url: links.logs },
        service,
        alarm,
      ]);
    case 'stopped':
    case 'claimed':
      return buttons([...act('pause'), { label: 'Stopped task', url: links.task }, service, alarm]);
    case 'recovered':
      return buttons([service, alarm]);
    default:
      return buttons([
        ...act(entry.reason === 'paused' ? 'resume' : 'pause'),
        runbook,
        service,
        alarm,
      ]);
  }
}
