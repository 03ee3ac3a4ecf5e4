/** What drills need of the world. */
import type { DrillSetting } from '../../core/drill/refusals.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AlarmSetter,
  DrillInbound,
  DrillLog,
  DrillQueue,
  DrillStore,
  FaultSwitch,
  IncidentTimeline,
} from '../../ports/drill.ts';
import type { GuardedServices } from '../../ports/guarded-services.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import type { NoticeAnnouncer } from '../../ports/messaging.ts';
import type { AlarmReader, FleetReader, TargetReader } from '../../ports/readers.ts';

export interface DrillDeps {
  readonly clock: Clock;
  readonly alarms: AlarmReader;
  readonly fleet: Pick<FleetReader, 'service' | 'tasks'>;
  readonly targets: TargetReader;
  readonly locks: Pick<IncidentStore, 'read' | 'readAccount' | 'commit'>;
  readonly timeline: IncidentTimeline;
  readonly drills: DrillStore;
  readonly queue: DrillQueue;
  readonly setter: AlarmSetter;
  readonly faults: FaultSwitch;
  readonly announcer: NoticeAnnouncer;
  readonly guarded: GuardedServices;
  readonly log: DrillLog;
  readonly setting: DrillSetting;
  readonly open: (event: unknown) => DrillInbound;
}

export interface Invocation {
  readonly requestId: string;
  readonly signal: AbortSignal;
}
