/** Why a composite alarm has its state: which child changed, and how all of them are. */
import { awsDate } from './alarm-reason.ts';
import type { AlarmRecord } from './alarm-records.ts';

const LONG_DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: '2-digit',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function compositeReason({ arn, state }: AlarmRecord): string {
  return `${arn} transitioned to ${state.value} at ${longDate(state.at)}`;
}

export function compositeReasonData(children: readonly AlarmRecord[]): string {
  return JSON.stringify({
    triggeringAlarms: children.map(({ arn, state }) => ({
      arn,
      state: { value: state.value, timestamp: awsDate(state.at.getTime()) },
    })),
  });
}

/** `Friday 20 November, 2026 10:03:41 UTC`. */
function longDate(at: Date): string {
  const parts = new Map(LONG_DATE.formatToParts(at).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const day = `${of('weekday')} ${of('day')} ${of('month')}, ${of('year')}`;
  return `${day} ${of('hour')}:${of('minute')}:${of('second')} UTC`;
}
