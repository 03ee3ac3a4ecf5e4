/** What became of each task, from the stream: one lane of states per task. */
import type { LabEvent } from '../../lab/events.ts';
import type { Journal, TaskPlace } from '../journal.ts';
import type { Look } from './chart.ts';
import type { Clock } from './clock.ts';
import type { Bands, Stretch } from './series.ts';
import { isStop, stoppedTask } from './stops.ts';

export type LaneState =
  | 'starting'
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'ill'
  | 'draining'
  | 'stopping'
  | 'stopped';

export const LANE_LOOKS: Readonly<Record<LaneState, Look>> = {
  starting: 'busy',
  running: 'good',
  healthy: 'good',
  unhealthy: 'bad',
  ill: 'ill',
  draining: 'gone',
  stopping: 'gone',
  stopped: 'calm',
};

export interface LaneStretch extends Stretch {
  readonly state: LaneState;
}

export interface Lane {
  readonly task: TaskPlace;
  /** Whether the drill made it ill at any time. */
  readonly isIll: boolean;
  /** Epoch milliseconds at which the healer's stop of it was accepted. */
  readonly stoppedAt?: number;
  /** From its start until it was gone, or until the end. */
  readonly stretches: readonly LaneStretch[];
  /** The last one. */
  readonly state: LaneState;
}

interface Seen extends Pick<Journal, 'events' | 'illTasks'> {
  readonly tasks: readonly TaskPlace[];
}

/** In the order in which the tasks were started, the guarded tier first. */
export function lanesOf(seen: Seen, { faults }: Bands, { end }: Clock): readonly Lane[] {
  const own = Map.groupBy(seen.events, taskOf);
  const ill = new Set(seen.illTasks);
  return seen.tasks.map((task) => {
    const events = own.get(task.arn) ?? [];
    const isIll = ill.has(task.arn);
    const changes = changesOf(events);
    const plain = stretchesOf(changes, end);
    const stretches = isIll ? plain.flatMap((stretch) => splitIll(stretch, faults)) : plain;
    const stop = events.find((event) => isStop(event) && event.status === 200);
    const isOver = changes.at(-1)?.state === 'stopped';
    return {
      task,
      isIll,
      ...(stop !== undefined && { stoppedAt: stop.at }),
      stretches,
      state: isOver ? 'stopped' : (stretches.at(-1)?.state ?? 'starting'),
    };
  });
}

function taskOf(event: LabEvent): string | undefined {
  if (event.kind === 'task-status' || event.kind === 'target-state') return event.taskArn;
  return isStop(event) ? stoppedTask(event) : undefined;
}

interface Change {
  readonly at: number;
  readonly state: LaneState;
}

function changesOf(events: readonly LabEvent[]): readonly Change[] {
  let [status, target] = ['', ''];
  return events.flatMap((event): readonly Change[] => {
    if (event.kind === 'task-status') status = event.status;
    else if (event.kind === 'target-state') target = event.state;
    else return [];
    return [{ at: event.at, state: stateOf(status, target) }];
  });
}

const LEAVING = ['DEACTIVATING', 'STOPPING', 'DEPROVISIONING'];

function stateOf(status: string, target: string): LaneState {
  if (status === 'STOPPED') return 'stopped';
  if (target === 'draining') return 'draining';
  if (LEAVING.includes(status)) return 'stopping';
  if (status !== 'RUNNING' || target === 'initial') return 'starting';
  if (target === 'healthy' || target === 'unhealthy') return target;
  return 'running';
}

function stretchesOf(changes: readonly Change[], end: number): readonly LaneStretch[] {
  const kept = changes.filter(({ state }, index) => state !== changes[index - 1]?.state);
  return kept.flatMap(({ at, state }, index) =>
    state === 'stopped' ? [] : [{ from: at, to: kept[index + 1]?.at ?? end, state }],
  );
}

/** While it serves in the fault it is ill, whatever the load balancer says. */
function splitIll(stretch: LaneStretch, faults: Bands['faults']): readonly LaneStretch[] {
  const { from, to, state } = stretch;
  if (!['running', 'healthy', 'unhealthy'].includes(state)) return [stretch];
  const fault = faults.find((each) => each.from < to && each.to > from);
  if (fault === undefined) return [stretch];
  const begin = Math.max(from, fault.from);
  const until = Math.min(to, fault.to);
  const rest = until < to ? splitIll({ from: until, to, state }, faults) : [];
  const before = begin > from ? [{ from, to: begin, state }] : [];
  return [...before, { from: begin, to: until, state: 'ill' }, ...rest];
}
