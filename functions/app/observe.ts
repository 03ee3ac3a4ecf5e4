/** One look at a service: every source at once, and a source that fails is a reading, not an exception. */
import { describe, isHealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { AlarmReading, DownstreamReading, Observation, Reading } from '../core/observation.ts';
import { type EpochMillis, earlier } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlarmReader, FleetReader, TargetReader, TrafficReader } from '../ports/readers.ts';

export interface ObserveDeps {
  readonly clock: Clock;
  readonly alarms: AlarmReader;
  readonly fleet: FleetReader;
  readonly targets: TargetReader;
  readonly traffic: TrafficReader;
}

/** Whether it rings and is meant to run. */
export type State = Pick<Observation, 'alarms' | 'downstream' | 'service'>;
/** How its tasks are. */
export type Evidence = Omit<Observation, keyof State | 'at'>;

export async function observe(
  deps: ObserveDeps,
  service: GuardedService,
  signal: AbortSignal,
): Promise<Observation> {
  const at = deps.clock.now();
  const [state, evidence] = await Promise.all([
    observeState(deps, service, signal),
    observeEvidence(deps, service, at, signal),
  ]);
  return { at, ...state, ...evidence };
}

export async function observeState(
  deps: Pick<ObserveDeps, 'alarms' | 'fleet'>,
  service: GuardedService,
  signal: AbortSignal,
): Promise<State> {
  const [alarms, fleet] = await Promise.all([
    reading(() => deps.alarms.alarms(allAlarms(service), signal)),
    reading(() => deps.fleet.service(service, signal)),
  ]);
  return { ...splitAlarms(service, alarms), service: fleet };
}

export async function observeEvidence(
  deps: Pick<ObserveDeps, 'fleet' | 'targets' | 'traffic'>,
  service: GuardedService,
  at: EpochMillis,
  signal: AbortSignal,
): Promise<Evidence> {
  const { policy } = service;
  const window = { from: earlier(at, policy.evidenceWindow), to: at };
  const [tasks, stopped, targets, traffic] = await Promise.all([
    reading(() => deps.fleet.tasks(service, signal)),
    reading(() => deps.fleet.stopped(service, earlier(at, policy.failureWindow), signal)),
    service.targetGroupArns.length === 0
      ? ABSENT
      : reading(() => deps.targets.targets(service.targetGroupArns, signal)),
    service.logGroup === undefined
      ? ABSENT
      : reading(() => deps.traffic.traffic(service, window, signal)),
  ]);
  return { tasks, stopped, targets, traffic };
}

/** Its own and those of the services behind it: one call reads a hundred. */
function allAlarms({ alarmArns, downstream }: GuardedService): readonly string[] {
  return [...new Set([...alarmArns, ...downstream.flatMap((behind) => behind.alarmArns)])];
}

function splitAlarms(
  { alarmArns, downstream }: GuardedService,
  all: Reading<readonly AlarmReading[]>,
): Pick<Observation, 'alarms' | 'downstream'> {
  if (all.kind !== 'read') return { alarms: all, downstream: downstream.length > 0 ? all : ABSENT };
  const pick = (arns: readonly string[]) => all.value.filter(({ arn }) => arns.includes(arn));
  const behind = downstream.map((service): DownstreamReading => {
    const ringing = pick(service.alarmArns).filter(({ state }) => state === 'ALARM');
    return { serviceId: service.serviceId, ringing: ringing.map(({ name }) => name) };
  });
  return {
    alarms: { kind: 'read', value: pick(alarmArns) },
    downstream: behind.length > 0 ? { kind: 'read', value: behind } : ABSENT,
  };
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
