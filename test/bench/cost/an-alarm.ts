import { readEvent } from '../../events/manifest.ts';

interface AlarmEvent {
  readonly time: string;
  readonly detail: { readonly state: object };
}

/** An alarm of the guarded service that has just begun to ring, as EventBridge delivers it. */
export function anAlarm(now = new Date()): unknown {
  const event = readEvent('eventbridge-alarm-metricmath-ALARM.json') as AlarmEvent;
  // CloudWatch writes its offset without a colon.
  const timestamp = now.toISOString().replace('Z', '+0000');
  const state = { ...event.detail.state, timestamp };
  return { ...event, time: now.toISOString(), detail: { ...event.detail, state } };
}
