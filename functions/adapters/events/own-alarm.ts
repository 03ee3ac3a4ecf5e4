/** An alarm on the healer itself, as EventBridge delivers it. */
import * as v from 'valibot';
import type { BrokenNotice } from '../../core/notice.ts';
import { OWN_ALARMS, ownAlarmCode } from '../../core/own-alarm.ts';
import { fromEventBridge } from './alarm.ts';
import { read } from './schema.ts';

/** What an event does not say, and a message needs. */
export interface Told {
  readonly environment: string;
  /** Page of the runbook; an alarm's code is its anchor. */
  readonly runbookUrl?: string;
}

const OwnDescription = v.pipe(
  v.string(),
  v.check(
    (text) => ownAlarmCode(text) !== undefined,
    'the description of an alarm on the healer, such as "Self-healing: … [no-access]"',
  ),
);

const Described = v.looseObject({
  time: v.pipe(
    v.string(),
    v.transform((text) => Date.parse(text)),
    v.finite('a time such as 2026-11-20T10:03:41Z'),
  ),
  detail: v.looseObject({
    state: v.looseObject({ reasonData: v.optional(v.string()) }),
    previousState: v.optional(v.looseObject({ timestamp: v.optional(v.string()) })),
    configuration: v.looseObject({ description: OwnDescription }),
  }),
});

/**
 * @returns nothing for a change that is no news: an alarm that was just made has no data, and then is OK.
 * @throws {event.malformed} also for an alarm that is not one of the healer's own.
 */
export function openOwnAlarm(event: unknown, told: Told): BrokenNotice | undefined {
  const alarm = fromEventBridge(event);
  const { time, detail } = read(Described, event, 'alarm on the healer');
  const code = ownAlarmCode(detail.configuration.description);
  const works = alarm.state === 'OK' && alarm.previousState === 'ALARM';
  if (code === undefined || (alarm.state !== 'ALARM' && !works)) return undefined;
  const since = works
    ? timeOf(detail.previousState?.timestamp)
    : firstBreach(detail.state.reasonData);
  return {
    kind: 'broken',
    environment: told.environment,
    code,
    ...OWN_ALARMS[code],
    detail: alarm.reason,
    since: Math.min(since ?? alarm.changedAt, alarm.changedAt),
    at: time,
    alarm: { name: alarm.name, arn: alarm.arn },
    ...(works ? { works } : {}),
    ...(told.runbookUrl === undefined ? {} : { runbookUrl: `${told.runbookUrl}#${code}` }),
  };
}

const Breach = v.looseObject({ startDate: v.string() });

/** An alarm rings some minutes after the first datapoint that it counts. */
function firstBreach(reasonData: string | undefined): number | undefined {
  try {
    const parsed = v.safeParse(Breach, JSON.parse(reasonData ?? ''));
    return parsed.success ? timeOf(parsed.output.startDate) : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isFinite(at) ? at : undefined;
}
