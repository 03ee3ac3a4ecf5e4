/** Calls by which the healer stops a task. */
import type { LabEvent, RecordedCall } from '../../lab/events.ts';
import { CALLER } from '../../lab/names.ts';

export function isStop(event: LabEvent): event is RecordedCall {
  return (
    event.kind === 'call' && event.operation === 'StopTask' && event.caller === CALLER.remediate
  );
}

/** ARN. */
export function stoppedTask({ input }: RecordedCall): string {
  return String((input as { readonly task?: unknown }).task);
}

/** The first characters of a task's id, as people say it. */
export function short(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).slice(0, 8);
}
