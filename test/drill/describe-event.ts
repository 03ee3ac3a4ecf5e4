/** The lab's stream in words; what a person need not see is left to the journal. */
import type { LabEvent } from '../lab/events.ts';
import { CALLER } from '../lab/names.ts';

export interface Told {
  readonly mark: string;
  readonly text: string;
}

type Of<K extends LabEvent['kind']> = Extract<LabEvent, { kind: K }>;

export function describeEvent(event: LabEvent): Told | undefined {
  switch (event.kind) {
    case 'alarm-state':
      return describeAlarm(event);
    case 'task-status':
      return describeTask(event);
    case 'target-state':
      return describeTarget(event);
    case 'call':
      return describeCall(event);
    case 'slack':
      return event.status === 200
        ? undefined
        : warn(`Slack answered ${event.status} ${event.answer}`);
    case 'invocation':
      return describeInvocation(event);
    case 'service-event':
    case 'function-log':
      return undefined;
  }
}

const dot = (text: string): Told => ({ mark: '·', text });
const warn = (text: string): Told => ({ mark: '!', text });
const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);

function describeAlarm({ alarmName, from, to }: Of<'alarm-state'>): Told | undefined {
  if (from === 'INSUFFICIENT_DATA' && to === 'OK') return undefined;
  return { mark: '◆', text: `alarm ${alarmName}: ${from} → ${to}` };
}

function describeTask({ taskArn, status, reason }: Of<'task-status'>): Told | undefined {
  if (!['PROVISIONING', 'RUNNING', 'STOPPED'].includes(status)) return undefined;
  return dot(`task ${short(taskArn)} ${status}${because(reason)}`);
}

function describeTarget({ target, taskArn, state, reason }: Of<'target-state'>): Told | undefined {
  if (!['healthy', 'unhealthy'].includes(state)) return undefined;
  return dot(`target of task ${short(taskArn ?? target)} is ${state}${because(reason)}`);
}

function describeCall({ caller, operation, input, status }: Of<'call'>): Told | undefined {
  if (caller !== CALLER.remediate || operation !== 'StopTask') return undefined;
  const { task } = input as { task?: unknown };
  return { mark: '■', text: `ecs:StopTask ${short(String(task))} → ${status}` };
}

function describeInvocation({ functionName, outcome, result }: Of<'invocation'>): Told | undefined {
  if (outcome === 'started' || outcome === 'succeeded') return undefined;
  const answer = result === undefined ? undefined : JSON.stringify(result).slice(0, 200);
  return warn(`function ${functionName} ${outcome}${because(answer)}`);
}

/** The first characters of a task's id, as people say it. */
function short(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).slice(0, 8);
}
