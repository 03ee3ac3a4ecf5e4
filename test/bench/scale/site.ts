/** The guarded services of a bench, and their tasks: names alone, so that thousands cost nothing. */
import { createHash } from 'node:crypto';
import { ACCOUNT, clusterArn, REGION } from '../../lab/names.ts';

export interface Site {
  readonly services: number;
  readonly tasksPerService: number;
}

/** As SSM lists them: within 4 kB a parameter. */
const PARAMETER_BYTES = 4_096;
const FAMILY = 'task-definition';

export const nameOf = (index: number): string => `service-${String(index + 1).padStart(4, '0')}`;
const groupOf = (name: string): string => `/ecs/${name}`;
export const alarmOf = (name: string): string => `${name}-5xx-rate`;
export const alarmArnOf = (name: string): string =>
  `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${alarmOf(name)}`;
export const serviceArnOf = (name: string): string =>
  `${clusterArn().replace(':cluster/', ':service/')}/${name}`;
export const revisionArnOf = (name: string): string =>
  `arn:aws:ecs:${REGION}:${ACCOUNT}:${FAMILY}/${name}:7`;

function targetGroupArnOf(name: string): string {
  const id = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/${name}/${id}`;
}

/** The service of a target group, a log group or an alarm. */
export function serviceNamed(text: string): string {
  const found = /service-\d{4}/.exec(text)?.[0];
  if (found === undefined) throw new Error(`name: got ${text}, wanted one that holds service-0001`);
  return found;
}

/** @returns the ARN of a service's nth task; the number stands in it. */
export function taskArnOf(name: string, task: number): string {
  const salt = createHash('sha256').update(name).digest('hex').slice(0, 26);
  const id = `${salt}${task.toString(16).padStart(6, '0')}`;
  return `${clusterArn().replace(':cluster/', ':task/')}/${id}`;
}

export function taskNumberOf(arn: string): number {
  return Number.parseInt(arn.slice(-6), 16);
}

export function taskIdOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export function addressOf(task: number): string {
  return `10.0.${Math.floor(task / 250)}.${(task % 250) + 1}`;
}

/** The values of the parameters that list the guarded services. */
export function parametersOf({ services }: Site): readonly string[] {
  const lists: string[][] = [[]];
  for (let index = 0; index < services; index += 1) {
    const entry = JSON.stringify(guardedService(nameOf(index)));
    const last = lists.at(-1) ?? [];
    const size = `[${[...last, entry].join()}]`.length;
    if (size > PARAMETER_BYTES) lists.push([entry]);
    else last.push(entry);
  }
  return lists.map((entries) => `[${entries.join()}]`);
}

function guardedService(name: string) {
  return {
    cluster: clusterArn(),
    service: name,
    environment: 'prod',
    alarms: [alarmArnOf(name)],
    targetGroups: [targetGroupArnOf(name)],
    logGroup: groupOf(name),
  };
}
