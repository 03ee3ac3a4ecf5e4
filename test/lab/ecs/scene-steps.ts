/** What every test of the control plane does with a scene: call it, wait for it, look at it. */
import type { DescribeServicesCommandOutput, Service } from '@aws-sdk/client-ecs';
import { expect, vi } from 'vitest';
import { makeEcsApi } from './api.ts';
import type { TaskRecord } from './model.ts';
import { CLUSTER, type Scene } from './scene.ts';

const CALL = { caller: 'test', at: 0, requestId: 'r' };
/** Long enough for real processes on a busy machine. */
export const PATIENT = { timeout: 15_000, interval: 20 };

/** Calls an operation the way the gateway does. */
export async function call<T>(scene: Scene, operation: string, input: object): Promise<T> {
  const handler = makeEcsApi(scene.plane).operations[operation];
  if (handler === undefined) throw new Error(`no operation ${operation}`);
  return (await handler({ cluster: CLUSTER, ...input }, CALL)) as T;
}

export async function untilHealthy(scene: Scene, count: number): Promise<void> {
  await vi.waitFor(() => expect(scene.healthyTasks()).toHaveLength(count), PATIENT);
}

export async function untilStopped(task: TaskRecord): Promise<void> {
  await vi.waitFor(() => expect(task.lastStatus).toBe('STOPPED'), PATIENT);
}

export async function describeService(scene: Scene): Promise<Service> {
  const input = { services: ['checkout'] };
  const answer = await call<DescribeServicesCommandOutput>(scene, 'DescribeServices', input);
  const [service] = answer.services ?? [];
  if (service === undefined) throw new Error('service is missing');
  return service;
}

/** @throws Error when there is none. */
export function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('nothing there');
  return first;
}
