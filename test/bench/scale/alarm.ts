/** The event of an alarm that rings now, as EventBridge puts it into the inbox. */
import { readEvent } from '../../events/manifest.ts';
import { alarmArnOf, alarmOf, nameOf } from './site.ts';

interface AlarmEvent {
  readonly detail: { readonly state: object };
}

export function ringing(index: number): string {
  const sample = readEvent('eventbridge-alarm-metric-ALARM.json') as AlarmEvent;
  const name = nameOf(index);
  const now = new Date().toISOString();
  const state = { ...sample.detail.state, timestamp: now.replace('Z', '+0000') };
  const detail = { ...sample.detail, alarmName: alarmOf(name), state };
  return JSON.stringify({ ...sample, time: now, resources: [alarmArnOf(name)], detail });
}
