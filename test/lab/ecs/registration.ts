/** Tasks in and out of their target group, and what the service events say of it. */
import type { TaskRecord } from './model.ts';

/** Registers a task, unless its service is taken out of the target group. */
export function registerTask(task: TaskRecord): void {
  const { service, deployment, address } = task;
  const { targetGroup } = deployment;
  if (targetGroup === undefined || address === undefined || !service.takesTargets) return;
  task.registered = true;
  countsOf(task).registered += 1;
  targetGroup.register({
    id: address,
    port: service.containerPort,
    availabilityZone: task.availabilityZone,
    taskArn: task.arn,
  });
}

/** Resolves when the target has drained. */
export async function deregisterTask(task: TaskRecord): Promise<void> {
  const { service, deployment, address } = task;
  if (!task.registered || deployment.targetGroup === undefined || address === undefined) return;
  task.registered = false;
  countsOf(task).deregistered += 1;
  await deployment.targetGroup.deregister({ id: address, port: service.containerPort });
}

function countsOf({ service, deployment }: TaskRecord): {
  registered: number;
  deregistered: number;
} {
  const arn = deployment.targetGroup?.arn ?? '';
  const counts = service.unreported.get(arn) ?? { registered: 0, deregistered: 0 };
  service.unreported.set(arn, counts);
  return counts;
}
