/** One look at a service: every source at once, and a source that fails is a reading, not an exception. */
import { describe, isHealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { Observation, Reading } from '../core/observation.ts';
import { earlier } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlarmReader, FleetReader, TargetReader, TrafficReader } from '../ports/readers.ts';

export interface ObserveDeps {
  readonly clock: Clock;
  readonly alarms: AlarmReader;
  readonly fleet: FleetReader;
  readonly targets: TargetReader;
  readonly traffic: TrafficReader;
}

export async function observe(
  deps: ObserveDeps,
  service: GuardedService,
  signal: AbortSignal,
): Promise<Observation> {
  const at = deps.clock.now();
  const window = { from: earlier(at, service.policy.evidenceWindow), to: at };
  const [alarms, fleet, tasks, targets, traffic] = await Promise.all([
    reading(() => deps.alarms.alarms(service.alarmArns, signal)),
    reading(() => deps.fleet.service(service, signal)),
    reading(() => deps.fleet.tasks(service, signal)),
    service.targetGroupArns.length === 0
      ? ABSENT
      : reading(() => deps.targets.targets(service.targetGroupArns, signal)),
    service.logGroup === undefined
      ? ABSENT
      : reading(() => deps.traffic.traffic(service, window, signal)),
  ]);
  return { at, alarms, service: fleet, tasks, targets, traffic };
}

const ABSENT = { kind: 'absent' } as const;

async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    const code = isHealerError(error) ? error.code : 'dependency.unavailable';
    return { kind: 'unreadable', code, message: describe(error) };
  }
}
