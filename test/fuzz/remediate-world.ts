/** Worlds in which nothing may be stopped, each for a reason of its own. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { fromItem } from '../../functions/adapters/aws/lock-item.ts';
import type { ReconcileDeps } from '../../functions/app/reconcile.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { epochMillis, later, minutes } from '../../functions/core/time.ts';
import { World } from '../app/world.ts';
import { aLock, anIncident, aService, NOW } from '../core/builders.ts';
import { Effort, leaks } from './oracle.ts';

/** What one message may ask for, with every retry; an SNS envelope in it holds ten at most. */
const CALLS_MAX = 400;

const HEALING = aService();
const OBSERVING = aService({ mode: 'observe' });
const PAUSE = { by: 'ben', why: 'mine', until: later(NOW, minutes(60)) };
const CALLED = { reason: 'storm', at: NOW } as const;

/**
 * - `well`: no alarm rings
 * - `observed`: a task is ill, and the policy says observe
 * - `called`, `paused`: the same, while a person has it or asked for quiet
 * - `blind`: a task is ill, and the logs cannot be read
 * - `another-year`: a task is ill, and every event is years old
 */
export const SETTINGS = ['well', 'observed', 'called', 'paused', 'blind', 'another-year'] as const;
export type Setting = (typeof SETTINGS)[number];

export class FuzzWorld {
  readonly world: World;
  readonly errors: unknown[] = [];
  readonly decided: string[] = [];
  readonly said: string[] = [];
  readonly published: Entry[] = [];
  readonly #stops: string[] = [];
  readonly #isBlind: boolean;
  readonly #messages: number;

  constructor(setting: Setting, messages: number) {
    this.#messages = messages;
    const heals = setting === 'blind' || setting === 'another-year';
    this.world = new World(heals ? HEALING : OBSERVING, 4, setting === 'well' ? 0 : 2);
    this.#isBlind = setting === 'blind';
    if (setting === 'another-year') this.world.now = epochMillis(Date.parse('2031-05-17T03:00Z'));
    const lock = lockOf(setting);
    if (lock !== undefined) this.world.store.state = lock;
  }

  deps(): ReconcileDeps {
    const effort = new Effort(CALLS_MAX * this.#messages);
    const { journal, traffic, announcer, ...deps } = this.world.deps();
    const counted = (port: object): object => effort.counted(port);
    return {
      ...(Object.fromEntries(
        Object.entries(deps).map(([name, port]) => [
          name,
          name === 'limits' ? port : counted(port),
        ]),
      ) as typeof deps),
      traffic: this.#isBlind ? { traffic: () => Promise.reject(new Error('no logs')) } : traffic,
      stopper: {
        stop: (_service, arn) => {
          this.#stops.push(arn);
          return Promise.resolve({ kind: 'accepted' });
        },
      },
      announcer: {
        publish: (entry, signal) => {
          this.published.push(entry);
          return announcer.publish(entry, signal);
        },
      },
      journal: {
        ...journal,
        decided: (record) => {
          this.decided.push(`${record.verdict} ${record.reason ?? ''}`.trim());
          this.said.push(record.trigger, record.detail);
        },
        weighed: ({ delivery }) => {
          if (delivery.kind === 'manual') this.said.push(delivery.reason, delivery.requestedBy);
          if (delivery.kind === 'alarm') this.said.push(delivery.alarm.reason, delivery.alarm.name);
        },
        looked: () => this.decided.push('watchdog looked'),
        failed: ({ error }) => this.errors.push(error),
      },
    };
  }

  /** @returns what must not be, once the event is over. */
  broken(): string | undefined {
    if (this.#stops.length > 0) return `it stopped ${this.#stops.join(', ')}`;
    const said = [...this.said, ...this.published.map((entry) => JSON.stringify(entry))];
    const leak = said.find(leaks);
    if (leak !== undefined) return `a secret is told: ${leak}`;
    const long = said.find((text) => text.length > 20_000);
    if (long !== undefined) return `${long.length} characters are told: ${long.slice(0, 100)}`;
    return unreadable(this.world.lock()) ?? unreadable(this.world.store.account.lock);
  }
}

function lockOf(setting: Setting): LockState | undefined {
  if (setting === 'paused') return aLock({ version: 1, pause: PAUSE });
  if (setting !== 'called') return undefined;
  return aLock({
    version: 1,
    incident: anIncident({ state: 'escalated', escalated: CALLED, told: true }),
  });
}

/** Through the table and back. */
function unreadable(lock: LockState): string | undefined {
  if (lock.version === 0) return undefined;
  const outbox = Object.fromEntries(lock.outbox.map((entry) => [entry.id, entry]));
  try {
    const item = marshall({ ...lock, outbox }, { removeUndefinedValues: true });
    const read = fromItem(lock.serviceId, item);
    if (/\\ud[89a-f]/.test(JSON.stringify(read))) return 'half a character is kept';
    if (JSON.stringify(sorted(read)) === JSON.stringify(sorted(lock))) return undefined;
    return `the lock is read back as another one: ${JSON.stringify(read)}`;
  } catch (error) {
    return `the lock cannot be kept: ${String(error)}`;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
