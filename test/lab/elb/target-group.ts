/**
 * A target group: who is registered, what real health checks say about each, and who may get
 * requests.
 */
import { randomBytes } from 'node:crypto';
import type { LabEvents } from '../events.ts';
import { pauseMs, type TimeFactor } from '../time-factor.ts';
import { checkTarget, parseMatcher } from './health-check.ts';
import {
  afterCheck,
  type CheckedTarget,
  type CheckResult,
  draining,
  initialChecking,
  notRegistered,
  registering,
  type TargetHealth,
} from './health-state.ts';

export interface HealthCheckConfig {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

export interface TargetGroupOptions {
  readonly name: string;
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly port?: number;
  readonly healthCheck?: Partial<HealthCheckConfig>;
  /**
   * How long a deregistered target stays `draining`. @default 30, a tenth of AWS's, as a drill
   * should not wait.
   */
  readonly deregistrationDelaySeconds?: number;
  readonly account?: string;
  readonly region?: string;
}

export interface TargetAddress {
  readonly id: string;
  readonly port: number;
}

export interface NewTarget extends TargetAddress {
  readonly availabilityZone?: string;
  /** Only to tell the lab's watchers which task stands behind the address. */
  readonly taskArn?: string;
}

export interface TargetView extends NewTarget {
  readonly health: TargetHealth;
}

interface Target extends NewTarget {
  checked: CheckedTarget;
  readonly ended: AbortController;
  /** Settles when the target has left the group. */
  gone?: Promise<void>;
}

const DEFAULT_HEALTH_CHECK: HealthCheckConfig = {
  path: '/health',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  matcher: '200',
};
/** Below this a busy laptop, not an ill task, would fail the check. */
const CHECK_TIMEOUT_MS_MIN = 400;
const REGISTRATION_SECONDS = 3;

export class TargetGroup {
  readonly name: string;
  readonly arn: string;
  /** Value of the metric dimension `TargetGroup`. */
  readonly dimension: string;
  readonly port: number;
  /** Changes take effect with the next check. */
  healthCheck: HealthCheckConfig;
  /** False: a security group lets nothing of the load balancer through, checks included. */
  isReachable = true;
  readonly deregistrationDelaySeconds: number;
  readonly #time: TimeFactor;
  readonly #events: LabEvents;
  readonly #matches: (code: number) => boolean;
  readonly #targets = new Map<string, Target>();

  constructor(options: TargetGroupOptions) {
    const { account = '123456789012', region = 'eu-west-1' } = options;
    this.name = options.name;
    this.dimension = `targetgroup/${options.name}/${randomBytes(8).toString('hex')}`;
    this.arn = `arn:aws:elasticloadbalancing:${region}:${account}:${this.dimension}`;
    this.port = options.port ?? 8080;
    this.healthCheck = { ...DEFAULT_HEALTH_CHECK, ...options.healthCheck };
    this.deregistrationDelaySeconds = options.deregistrationDelaySeconds ?? 30;
    this.#time = options.time;
    this.#events = options.events;
    this.#matches = parseMatcher(this.healthCheck.matcher);
  }

  /** Adds a target and starts its health checks; registering it again while it drains keeps it. */
  register(address: NewTarget): void {
    const key = targetKey(address);
    const existing = this.#targets.get(key);
    if (existing !== undefined && existing.gone === undefined) return;
    existing?.ended.abort();
    const target: Target = {
      ...address,
      checked: registering(Date.now()),
      ended: new AbortController(),
    };
    this.#targets.set(key, target);
    this.#announce(target, target.checked.health);
    void this.#keepChecking(target);
  }

  /** Starts draining; resolves when the delay is over and the target has left the group. */
  async deregister(address: TargetAddress): Promise<void> {
    const target = this.#targets.get(targetKey(address));
    if (target === undefined) return;
    target.gone ??= this.#drain(target);
    await target.gone;
  }

  targets(): readonly TargetView[] {
    return this.#targets.values().map(viewOf).toArray();
  }

  /** Health of one address; an unknown one is `unused`, as AWS answers. */
  healthOf(address: TargetAddress): TargetHealth {
    return this.#targets.get(targetKey(address))?.checked.health ?? notRegistered(0);
  }

  /**
   * Who may get the next request: the healthy targets, or all that are not draining when none is
   * healthy (fail-open).
   */
  routable(): { readonly targets: readonly TargetView[]; readonly failOpen: boolean } {
    const registered = this.targets().filter(({ health }) => health.state !== 'draining');
    const healthy = registered.filter(({ health }) => health.state === 'healthy');
    return healthy.length > 0
      ? { targets: healthy, failOpen: false }
      : { targets: registered, failOpen: registered.length > 0 };
  }

  /** Ends all health checks. */
  close(): void {
    for (const target of this.#targets.values()) target.ended.abort();
    this.#targets.clear();
  }

  async #keepChecking(target: Target): Promise<void> {
    const { signal } = target.ended;
    if (!(await this.#time.pause(REGISTRATION_SECONDS, signal))) return;
    target.checked = initialChecking(target.checked);
    while (!signal.aborted) {
      const startedMs = Date.now();
      const result = await this.#check(target);
      if (isEnded(signal)) return;
      this.#update(target, afterCheck(target.checked, result, this.healthCheck, Date.now()));
      const restMs = this.#time.seconds(this.healthCheck.intervalSeconds);
      const leftMs = Math.max(restMs - (Date.now() - startedMs), 0);
      if (!(await pauseMs(leftMs, signal))) return;
    }
  }

  async #check(target: Target): Promise<CheckResult> {
    const { path, timeoutSeconds } = this.healthCheck;
    const timeoutMs = this.#time.deadline(timeoutSeconds, CHECK_TIMEOUT_MS_MIN);
    if (!this.isReachable) {
      await pauseMs(timeoutMs, target.ended.signal);
      return { kind: 'timed-out' };
    }
    return checkTarget(target.id, target.port, { path, timeoutMs, matches: this.#matches });
  }

  async #drain(target: Target): Promise<void> {
    this.#update(target, { ...target.checked, health: draining(Date.now()) });
    const { signal } = target.ended;
    if (!(await this.#time.pause(this.deregistrationDelaySeconds, signal))) return;
    target.ended.abort();
    this.#targets.delete(targetKey(target));
    this.#announce(target, notRegistered(Date.now()));
  }

  #update(target: Target, next: CheckedTarget): void {
    const before = target.checked.health.state;
    target.checked = next;
    if (before !== next.health.state) this.#announce(target, next.health);
  }

  #announce(target: Target, health: TargetHealth): void {
    this.#events.emit({
      kind: 'target-state',
      at: Date.now(),
      targetGroupArn: this.arn,
      target: targetKey(target),
      ...(target.taskArn === undefined ? {} : { taskArn: target.taskArn }),
      state: health.state,
      ...(health.reason === undefined ? {} : { reason: health.reason }),
    });
  }
}

export function targetKey({ id, port }: TargetAddress): string {
  return `${id}:${port}`;
}

function viewOf({ id, port, availabilityZone, taskArn, checked }: Target): TargetView {
  return {
    id,
    port,
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    ...(taskArn === undefined ? {} : { taskArn }),
    health: checked.health,
  };
}

/** Read through a function: the signal changes while a check is awaited. */
function isEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}
