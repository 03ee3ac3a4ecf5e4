import type {
  Failure,
  GetTaskProtectionCommandInput,
  GetTaskProtectionCommandOutput,
  ProtectedTask,
  UpdateTaskProtectionCommandInput,
  UpdateTaskProtectionCommandOutput,
} from '@aws-sdk/client-ecs';
import { AwsError, type OperationTable } from '../gateway/operation.ts';
import { nameOf, taskArn } from './arns.ts';
import type { EcsControlPlane } from './control-plane.ts';
import { isProtected, type TaskRecord } from './model.ts';
import { type Answer, clusterOf, findTaskIn } from './requests.ts';

const UPDATE_MAX = 10;
const GET_MAX = 100;
const EXPIRES_DEFAULT_MINUTES = 120;
const EXPIRES_MAX_MINUTES = 2880;

export function makeTaskProtectionOperations(plane: EcsControlPlane): OperationTable {
  return {
    GetTaskProtection: (input: GetTaskProtectionCommandInput) => getTaskProtection(plane, input),
    UpdateTaskProtection: (input: UpdateTaskProtectionCommandInput) =>
      updateTaskProtection(plane, input),
  };
}

function getTaskProtection(
  plane: EcsControlPlane,
  input: GetTaskProtectionCommandInput,
): Answer<GetTaskProtectionCommandOutput> {
  const cluster = clusterOf(plane, input.cluster);
  const asked = input.tasks ?? plane.tasks(cluster).map(({ arn }) => arn);
  if (asked.length > GET_MAX) {
    throw new AwsError('InvalidParameterException', `Tasks cannot have more than ${GET_MAX}.`);
  }
  return answerFor(plane, cluster, asked, () => {});
}

function updateTaskProtection(
  plane: EcsControlPlane,
  input: UpdateTaskProtectionCommandInput,
): Answer<UpdateTaskProtectionCommandOutput> {
  const cluster = clusterOf(plane, input.cluster);
  const asked = input.tasks ?? [];
  if (asked.length === 0 || asked.length > UPDATE_MAX) {
    const wanted = `Tasks must have 1 to ${UPDATE_MAX} elements.`;
    throw new AwsError('InvalidParameterException', wanted);
  }
  const { expiresInMinutes = EXPIRES_DEFAULT_MINUTES, protectionEnabled = false } = input;
  if (expiresInMinutes < 1 || expiresInMinutes > EXPIRES_MAX_MINUTES) {
    const wanted = `expiresInMinutes must be from 1 to ${EXPIRES_MAX_MINUTES}.`;
    throw new AwsError('InvalidParameterException', wanted);
  }
  return answerFor(plane, cluster, asked, (task) => {
    delete task.protectedUntil;
    if (protectionEnabled) task.protectedUntil = plane.protectionEnd(expiresInMinutes);
  });
}

function answerFor(
  plane: EcsControlPlane,
  cluster: string,
  asked: readonly string[],
  change: (task: TaskRecord) => void,
): { protectedTasks: ProtectedTask[]; failures: Failure[] } {
  const protectedTasks: ProtectedTask[] = [];
  const failures: Failure[] = [];
  for (const name of asked) {
    const task = findTaskIn(plane, cluster, name);
    if (task === undefined) {
      failures.push({ arn: taskArn(plane.place, cluster, nameOf(name)), reason: 'MISSING' });
    } else if (task.desiredStatus === 'STOPPED') {
      failures.push({ arn: task.arn, reason: 'TASK_NOT_VALID' });
    } else {
      change(task);
      protectedTasks.push(protectionOf(task));
    }
  }
  return { protectedTasks, failures };
}

function protectionOf(task: TaskRecord): ProtectedTask {
  const until = task.protectedUntil;
  if (until === undefined || !isProtected(task, new Date())) {
    return { taskArn: task.arn, protectionEnabled: false };
  }
  return { taskArn: task.arn, protectionEnabled: true, expirationDate: until };
}
