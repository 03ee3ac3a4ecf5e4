/** `heal drill export --fis`: the same fault as an experiment template of AWS Fault Injection Service. */
import type { Definition, Step, TaskFault } from '../../core/drill/definition.ts';
import { HealerError } from '../../core/errors.ts';

/** What has to be put in by hand; FIS takes none of them as they are. */
const ROLE = 'arn:aws:iam::ACCOUNT:role/ROLE';
const PORT = 'CONTAINER_PORT';
const PROCESS = 'PROCESS';

interface Action {
  readonly actionId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Where it is not the same fault. */
  readonly differs?: string;
}

export interface Exported {
  /** As `aws fis create-experiment-template --cli-input-json` takes it. */
  readonly template: object;
  /** What a person should know before it runs. */
  readonly notes: readonly string[];
}

/**
 * @param service - `<cluster>/<service>`; placeholders when absent
 * @throws {config.invalid} when FIS has nothing like its fault, or the cluster is missing.
 */
export function exportToFis(definition: Definition, service = 'CLUSTER/SERVICE'): Exported {
  const { name, title, method, timeLimit, stopConditions } = definition;
  const [cluster = '', serviceName = ''] = service.split('/');
  if (serviceName === '') {
    const message = `--service: got ${service}, wanted <cluster>/<service>: nobody is asked here`;
    throw new HealerError('config.invalid', message);
  }
  const action = actionOf(name, method, timeLimit);
  const alarms = stopConditions?.alarms ?? [];
  return {
    template: {
      description: `${name}: ${title}`,
      roleArn: ROLE,
      targets: {
        Task: {
          resourceType: 'aws:ecs:task',
          parameters: { cluster, service: serviceName },
          selectionMode: 'COUNT(1)',
        },
      },
      actions: {
        Fault: {
          actionId: action.actionId,
          parameters: action.parameters,
          targets: { Tasks: 'Task' },
        },
      },
      stopConditions:
        alarms.length === 0
          ? [{ source: 'none' }]
          : alarms.map((alarm) => ({ source: 'aws:cloudwatch:alarm', value: arnOf(alarm) })),
      experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
      tags: { Name: name },
    },
    notes: [
      ...(action.differs === undefined ? [] : [`not the same fault: ${action.differs}`]),
      ...(alarms.length === 0
        ? ['no stop condition: name alarms in stopConditions, none that the healer acts on']
        : []),
      'put in what is in capitals; the task needs the SSM agent beside it, and ECS Exec off',
      ...(action.actionId.includes('network')
        ? ['on Fargate the task definition needs enableFaultInjection: true']
        : []),
      'FIS judges nothing: heal drill run does, and tells people that it is a drill',
    ],
  };
}

function actionOf(name: string, method: readonly Step[], seconds: number): Action {
  const step = method.find((one) => one.do === 'fault');
  if (step !== undefined) {
    const action = convert(step.fault, seconds);
    if (action !== undefined) return action;
  }
  const got = step === undefined ? 'no fault of a task' : `fault ${step.fault.kind}`;
  const wanted = 'a fault of kind latency, hang, exit or grey: FIS has no other on a task';
  throw new HealerError('config.invalid', `drill ${name}: got ${got}, wanted ${wanted}`);
}

function convert(fault: TaskFault, seconds: number): Action | undefined {
  const duration = durationOf(fault.kind === 'hang' ? fault.seconds : seconds);
  // On Fargate the agent of ECS injects it, and no command in the container.
  const network = { duration, useEcsFaultInjectionEndpoints: 'true' };
  switch (fault.kind) {
    case 'latency':
      return {
        actionId: 'aws:ecs:task-network-latency',
        parameters: { ...network, delayMilliseconds: String(fault.ms) },
      };
    case 'hang':
      return {
        actionId: 'aws:ecs:task-network-blackhole-port',
        parameters: { ...network, port: PORT, protocol: 'tcp', trafficType: 'ingress' },
      };
    case 'grey':
      return {
        actionId: 'aws:ecs:task-network-packet-loss',
        parameters: { ...network, lossPercent: String(Math.round(fault.errorShare * 100)) },
        differs: 'lost packets fail health checks too, so ECS may replace the task by itself',
      };
    case 'exit':
      return {
        actionId: 'aws:ecs:task-kill-process',
        parameters: { processName: PROCESS, signal: 'SIGKILL' },
      };
    case 'leak':
      return undefined;
  }
}

/** FIS takes a minute at the least. */
function durationOf(seconds: number): string {
  return `PT${Math.max(1, Math.ceil(seconds / 60))}M`;
}

function arnOf(alarm: string): string {
  return alarm.startsWith('arn:') ? alarm : `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:${alarm}`;
}
