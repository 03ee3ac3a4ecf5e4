/** Calls to the drill switch of one running task. */
import type { TaskRecord } from '../ecs/model.ts';
import { listenerOf } from '../ecs/workload-environment.ts';
import { DRILL_TOKEN } from '../names.ts';

/** A hung process takes the call and does not answer. */
const ANSWER_MS_MAX = 5_000;

/** @throws Error when the task refuses, or does not answer. */
export async function switchFaultOn(task: TaskRecord, fault: object): Promise<void> {
  await call(task, {
    method: 'PUT',
    headers: { 'x-drill-token': DRILL_TOKEN, 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
}

/** @throws Error when the task refuses, or does not answer. */
export async function switchFaultsOff(task: TaskRecord): Promise<void> {
  await call(task, { method: 'DELETE', headers: { 'x-drill-token': DRILL_TOKEN } });
}

async function call(task: TaskRecord, request: RequestInit): Promise<void> {
  const { host, port } = listenerOf(task);
  const response = await fetch(`http://${host}:${port}/drill/fault`, {
    ...request,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!response.ok) throw new Error(`task ${task.arn} refused the fault: ${response.status}`);
}
