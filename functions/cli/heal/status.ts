/** `heal status`: how every guarded service is doing, now. */

import { observe } from '../../app/observe.ts';
import { type AccountState, stormAt } from '../../core/account.ts';
import { describe } from '../../core/errors.ts';
import { diagnose } from '../../core/evidence.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import { activeDrill, type LockState, stopsInWindow } from '../../core/lock.ts';
import { complete, type Observation } from '../../core/observation.ts';
import { pauseOver } from '../../core/pause.ts';
import type { EpochMillis } from '../../core/time.ts';
import type { ServiceStatus } from './events.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { DeployedHealer } from './healer.ts';
import type { Show } from './output.ts';
import { chooseServices, readEach } from './services.ts';

/** @returns `toolFailed` when something could not be read; all the rest is shown. */
export async function showStatus(
  healer: DeployedHealer,
  show: Show,
  options: { readonly service?: string },
  signal: AbortSignal,
): Promise<ExitCode> {
  const services = chooseServices(await healer.guarded.all(), options.service);
  const at = healer.observing.clock.now();
  const account = await healer.locks.readAccount(signal);
  const storm = stormAt(account, at);
  if (storm !== undefined) show({ kind: 'storm', at, ...storm });
  const statuses = await readEach(services, (service) =>
    readStatus(healer, service, { account, at }, signal),
  );
  for (const status of statuses) show(status);
  return statuses.some(({ unreadable }) => unreadable.length > 0) ? EXIT.toolFailed : EXIT.ok;
}

/** What is the same for every service of one look. */
interface Moment {
  readonly account: AccountState;
  readonly at: EpochMillis;
}

async function readStatus(
  healer: DeployedHealer,
  service: GuardedService,
  { account, at }: Moment,
  signal: AbortSignal,
): Promise<ServiceStatus> {
  // What the logs say costs money with every look, and only a decision needs it.
  const { logGroup: _unread, ...cheap } = service;
  const [observation, lock] = await Promise.all([
    observe(healer.observing, cheap, signal),
    readLock(healer, service, signal),
  ]);
  const whole = complete(observation);
  const unreadable = [
    ...('unreadable' in whole ? whole.unreadable : []),
    ...('unreadable' in lock ? [lock.unreadable] : []),
  ];
  return {
    kind: 'service',
    at,
    service: service.id,
    environment: service.environment,
    mode: service.policy.mode,
    ...tasksOf(observation, service),
    ...alarmsOf(observation),
    ...('unreadable' in lock ? {} : lockFacts(lock, service, { account, at })),
    unreadable,
  };
}

async function readLock(
  { locks }: DeployedHealer,
  service: GuardedService,
  signal: AbortSignal,
): Promise<LockState | { readonly unreadable: string }> {
  try {
    return await locks.read(service.id, signal);
  } catch (error) {
    return { unreadable: `lock: ${describe(error)}` };
  }
}

function tasksOf(
  observation: Observation,
  { policy }: GuardedService,
): Pick<ServiceStatus, 'tasks'> {
  const whole = complete(observation);
  if ('unreadable' in whole) return {};
  const { running, desired } = whole.service;
  return { tasks: { healthy: diagnose(whole, policy).healthy, running, desired } };
}

function alarmsOf({ alarms }: Observation): Pick<ServiceStatus, 'alarms'> {
  if (alarms.kind !== 'read') return {};
  return { alarms: alarms.value.map(({ name, state, since }) => ({ name, state, since })) };
}

function lockFacts(
  lock: LockState,
  { policy }: GuardedService,
  { account, at }: Moment,
): Pick<ServiceStatus, 'incident' | 'pause' | 'drill' | 'stops' | 'cooldownUntil'> {
  const pause = pauseOver(lock, account, at);
  const drill = activeDrill(lock.drill, at);
  const { incident, cooldownUntil } = lock;
  return {
    ...(incident === undefined ? {} : { incident }),
    ...(pause === undefined ? {} : { pause }),
    ...(drill === undefined ? {} : { drill }),
    stops: {
      used: stopsInWindow(lock, policy, at).length,
      allowed: policy.budget,
      window: policy.budgetWindow,
    },
    ...(cooldownUntil === undefined ? {} : { cooldownUntil }),
  };
}
