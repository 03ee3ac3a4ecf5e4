/** Calls to the fault switch of one running task, signed as the drill function signs them. */
import { signFaultCall } from '../../../functions/adapters/fault-switch.ts';
import type { TaskRecord } from '../ecs/model.ts';
import { listenerOf } from '../ecs/workload-environment.ts';
import { DRILL_TOKEN } from '../names.ts';

/** A hung process takes the call and does not answer. */
const ANSWER_MS_MAX = 5_000;
/** The workload takes no fault that could outlast its own limit. */
const FAULT_MS = 1_790_000;

/** A workload that may be drilled. */
export interface Switch {
  readonly url: string;
  readonly taskId: string;
  readonly secret: string;
}

/** @param fault - in the workload's own words; without one, faults are switched off. */
export async function callSwitch(
  { url, taskId, secret }: Switch,
  fault?: object,
): Promise<Response> {
  const issuedAt = Date.now();
  const body = fault === undefined ? '' : JSON.stringify(fault);
  const call =
    fault === undefined
      ? ({ method: 'DELETE' } as const)
      : ({ method: 'PUT', endsAt: issuedAt + FAULT_MS } as const);
  const signed = signFaultCall(secret, { ...call, taskId, issuedAt, body });
  return fetch(`${url}/drill/fault`, {
    method: call.method,
    headers: { ...signed, 'content-type': 'application/json' },
    ...(body === '' ? {} : { body }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
}

/** @throws Error when the task refuses, or does not answer. */
export async function switchFaultOn(task: TaskRecord, fault: object): Promise<void> {
  await call(task, fault);
}

/** @throws Error when the task refuses, or does not answer. */
export async function switchFaultsOff(task: TaskRecord): Promise<void> {
  await call(task);
}

async function call(task: TaskRecord, fault?: object): Promise<void> {
  const { host, port } = listenerOf(task);
  const place = { url: `http://${host}:${port}`, taskId: task.id, secret: DRILL_TOKEN };
  const response = await callSwitch(place, fault);
  if (!response.ok) throw new Error(`task ${task.arn} refused the fault: ${response.status}`);
}
