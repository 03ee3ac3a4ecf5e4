/** What the steps of a definition do to the virtual world. */
import type { Effect, TaskFault, TaskSelector, Tier } from '../drill/definition.ts';
import { HEALTH_PATH, type WorldService } from './world/service.ts';
import { isLive, type WorldTask } from './world/task.ts';
import type { World } from './world/world.ts';

const GUARDED: Tier = 'checkout-api';

/** Does to the world what the step says; waiting is no effect. */
export function apply(world: World, effect: Effect): void {
  if (isFault(effect)) world.truth.faults.push(world.now());
  const { service } = world.site('of' in effect ? (effect.of ?? GUARDED) : GUARDED);
  switch (effect.do) {
    case 'fault':
      makeIll(service, effect.on, effect.fault);
      return;
    case 'clear-faults':
      mend(service, effect.on);
      return;
    case 'fault-new-tasks':
      service.newTaskFault = { fault: effect.fault, left: effect.count };
      return;
    case 'dependency':
      Object.assign(world.dependency, { is: effect.is, ms: effect.ms ?? 0 });
      return;
    case 'deploy':
      world.deploy(effect.revision, effect.shiftPercent);
      return;
    case 'scale':
      service.desired = effect.desired;
      return;
    case 'network':
      service.isBlocked = effect.is === 'blocked';
      return;
    case 'targets':
      service.setAttached(effect.are === 'attached');
      return;
    case 'health-path':
      service.healthPath = effect.path;
      return;
    case 'traffic':
      world.perSecond = effect.perSecond;
      return;
    case 'deliver-copies':
      world.copies = effect.copies;
      return;
    // Drills that only ring are no illness, so they are no part of the comparison.
    case 'set-alarm-state':
    case 'wait':
    case 'wait-for-minute':
    case 'wait-for-incident':
    case 'wait-for-alarms':
  }
}

/** A fault of a zone, or of everybody, is one of those that start later too. */
function makeIll(service: WorldService, on: TaskSelector, fault: TaskFault): void {
  const origin = 'tasks' in on ? 'task' : 'group';
  if (!('tasks' in on)) service.groupFaults.push({ zone: zoneOf(on), fault });
  for (const task of select(service, on)) service.life.fall(task, fault, origin);
}

function mend(service: WorldService, on: TaskSelector): void {
  if (!('tasks' in on)) service.groupFaults.length = 0;
  for (const task of select(service, on)) delete task.illness;
}

function isFault(effect: Effect): boolean {
  switch (effect.do) {
    case 'fault':
      return true;
    case 'dependency':
      return effect.is !== 'up';
    case 'deploy':
      return Object.keys(effect.revision).length > 0;
    case 'network':
      return effect.is === 'blocked';
    case 'targets':
      return effect.are === 'detached';
    case 'health-path':
      return effect.path !== HEALTH_PATH;
    default:
      return false;
  }
}

/** The end of a zone's name; of every zone's when the fault is everybody's. */
function zoneOf(on: Exclude<TaskSelector, { readonly tasks: readonly number[] }>): string {
  return 'zone' in on ? on.zone : '';
}

/**
 * In the order in which they were started. For one that is gone, the task in its place among
 * those that run: a strategy
 * does not escape a fault because it has stopped the task before.
 */
function select(service: WorldService, on: TaskSelector): readonly WorldTask[] {
  const live = service.live();
  if (!('tasks' in on)) return live.filter(({ zone }) => zone.endsWith(zoneOf(on)));
  return on.tasks.flatMap((number) => {
    const named = service.tasks[number];
    const task = named !== undefined && isLive(named) ? named : live[number];
    return task === undefined ? [] : [task];
  });
}
