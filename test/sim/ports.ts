/** Everything that `remediate` needs, with a call of the simulation behind each port. */

import { openInbound } from '../../functions/adapters/events/inbound.ts';
import type { RemediateDeps } from '../../functions/app/remediate.ts';
import { HealerError } from '../../functions/core/errors.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import type { Journal } from '../../functions/ports/journal.ts';
import type { StopOutcome } from '../../functions/ports/task-stopper.ts';
import type { FaultKind } from './faults.ts';
import type { Process } from './process.ts';
import {
  readAlarms,
  readService,
  readStopped,
  readTargets,
  readTasks,
  readTraffic,
} from './readings.ts';
import type { Simulation } from './simulation.ts';
import type { Site } from './site.ts';

const STALE_MS = 20_000;
/** No reading of AWS is older than this when it is taken. */
export const STALE_MAX_MS = STALE_MS;
const LATE_STOP_MS = 40_000;

export function portsOf(sim: Simulation, process: Process): RemediateDeps {
  return {
    ...readers(sim, process),
    clock: process.clock,
    limits: sim.plan.limits,
    store: storeOf(sim, process),
    stopper: { stop: (service, arn, reason) => stop(sim, process, { service, arn, reason }) },
    inbox: {
      scheduleRecheck: (recheck, delay) =>
        sim.calls.write(process, {
          name: 'inbox.send',
          about: `${recheck.serviceId} ${recheck.kind} in ${delay} ms`,
          effect: () => sim.queue.send(JSON.stringify(recheck), delay),
        }),
    },
    announcer: {
      publish: (entry) =>
        sim.calls.write(process, {
          name: 'announcer.publish',
          about: `${entry.id} ${entry.kind}`,
          down: 'topic-down',
          effect: () => sim.safety.onPublish(entry),
        }),
    },
    guarded: {
      all: () =>
        sim.calls.read(process, {
          name: 'guarded.all',
          about: '',
          effect: () => sim.plan.services,
        }),
    },
    journal: journalOf(sim, process),
    open: openInbound,
  };
}

function readers(sim: Simulation, process: Process) {
  /** When what is read was so. */
  const asOf = (): number => {
    const { faults, agenda } = sim;
    const now = agenda.now();
    return faults.strikes('stale') ? now - faults.draw('stale').between(1_000, STALE_MS) : now;
  };
  const read = <T>(service: string, source: string, effect: (at: number) => T): Promise<T> => {
    sim.safety.onLook(process, service);
    const call = { name: `read.${source}`, about: service, effect: () => effect(asOf()) };
    return sim.calls.read(process, call).then((value) => {
      sim.safety.onRead(process, service, source);
      return value;
    });
  };
  const siteOf = ({ id }: GuardedService): Site => sim.siteOf(id);
  const ownerOf = (pick: (site: Site) => boolean): string =>
    sim.sites.find(pick)?.service.id ?? 'unknown';
  return {
    alarms: {
      alarms: (arns: readonly string[]) =>
        read(
          ownerOf(({ service }) => service.alarmArns[0] === arns[0]),
          'alarms',
          (at) => readAlarms(sim.sites, arns, at),
        ),
    },
    fleet: {
      service: (service: GuardedService) =>
        read(service.id, 'service', (at) => readService(siteOf(service).fleet, at)),
      tasks: (service: GuardedService) =>
        read(service.id, 'tasks', (at) => readTasks(siteOf(service).fleet, at)),
      stopped: (service: GuardedService, since: number) =>
        read(service.id, 'stopped', (at) => readStopped(siteOf(service).fleet, since, at)),
    },
    targets: {
      targets: (arns: readonly string[]) => {
        const owner = ownerOf(({ service }) => service.targetGroupArns[0] === arns[0]);
        const { fleet } = sim.siteOf(owner);
        return read(owner, 'targets', (at) => readTargets(fleet, arns[0] ?? '', at));
      },
    },
    traffic: {
      traffic: (service: GuardedService, window: Parameters<typeof readTraffic>[1]) =>
        read(service.id, 'traffic', (at) => readTraffic(siteOf(service).fleet, window, at)),
    },
    lines: { lines: () => Promise.resolve([]) },
  };
}

function storeOf({ calls, table, safety }: Simulation, process: Process): IncidentStore {
  const down: FaultKind = 'table-down';
  return {
    read: (serviceId) =>
      calls.read(process, {
        name: 'store.read',
        about: serviceId,
        down,
        effect: () => {
          const lock = table.lock(serviceId);
          safety.onLockRead(process, lock, table.account);
          return lock;
        },
      }),
    readAccount: () =>
      calls.read(process, {
        name: 'store.readAccount',
        about: '',
        down,
        effect: () => {
          table.lastAccount = table.account;
          return table.account;
        },
      }),
    lastAccount: () => table.lastAccount,
    commit: (next, entries, writer) =>
      calls.write(process, {
        name: 'store.commit',
        about: `${next.serviceId} v${next.version} by ${writer}`,
        down,
        effect: () => safety.during(process, () => table.commit(next, entries, writer)),
      }) as Promise<'committed' | 'conflict'>,
    commitShared: (next, account, entries, writer) =>
      calls.write(process, {
        name: 'store.commitShared',
        about: `${next.serviceId} v${next.version}, account v${account.version} by ${writer}`,
        down,
        effect: () => safety.during(process, () => table.commit(next, entries, writer, account)),
      }),
    keep: (entries, incident) =>
      calls.write(process, {
        name: 'store.keep',
        about: entries.map(({ id }) => id).join(' '),
        down,
        effect: () => table.keep(entries, incident),
      }),
    clear: (serviceId, entries) =>
      calls.write(process, {
        name: 'store.clear',
        about: entries.map(({ id }) => id).join(' '),
        down,
        effect: () => {
          for (const entry of entries) {
            safety.announced.onCleared(entry, table.timeline.has(entry.id));
          }
          table.clear(serviceId, entries);
        },
      }),
  };
}

interface Asked {
  readonly service: GuardedService;
  readonly arn: string;
  readonly reason: string;
}

/** As the adapter: an error that may pass means that nobody knows, and one that will not is a refusal. */
function stop(sim: Simulation, process: Process, asked: Asked): Promise<StopOutcome> {
  const { service, arn, reason } = asked;
  sim.safety.onStopSent(process, service.id, arn);
  return sim.calls.write<StopOutcome>(process, {
    name: 'stopper.stop',
    about: arn,
    onError: ({ message }) => ({ kind: 'unknown', message }),
    effect: () => {
      if (sim.isDown('deny-stop')) {
        sim.faults.note('deny-stop');
        return { kind: 'refused', message: 'ecs:StopTask: AccessDeniedException' };
      }
      const site = sim.siteOf(service.id);
      const task = site.find(arn);
      sim.safety.onStop(process, service.id, arn);
      if (task !== undefined && task.stop === undefined) {
        const isLate = sim.faults.strikes('late-stop');
        const lag = isLate ? sim.faults.draw('late-stop').between(1_000, LATE_STOP_MS) : 0;
        site.stopTask(task, Math.round(lag), reason);
      }
      return { kind: 'accepted' };
    },
  });
}

function journalOf(sim: Simulation, process: Process): Journal {
  return {
    decided: ({ service, verdict, reason, detail }) => {
      sim.note(reason === undefined ? verdict : `${verdict} ${reason}`);
      sim.trace(`${process.id} decided ${service}: ${verdict} ${reason ?? ''} ${detail}`);
    },
    weighed: () => {},
    advanced: () => {},
    looked: () => {},
    failed: ({ what, error }) => {
      const isKnown = error instanceof HealerError;
      sim.trace(`${process.id} failed: ${what}: ${isKnown ? error.message : String(error)}`);
      if (!isKnown) sim.safety.onCrash(what, error);
    },
  };
}
