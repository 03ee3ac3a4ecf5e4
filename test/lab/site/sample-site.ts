/** A site for tests, with what every test of it waits for and looks at. */
import { expect, vi } from 'vitest';
import type { SiteSettings } from '../../drill/definition.ts';
import { describeTask } from '../ecs/describe.ts';
import type { TaskRecord } from '../ecs/model.ts';
import { LabEvents } from '../events.ts';
import { HEALTHY_HOSTS_ALARM } from '../names.ts';
import { Site } from '../site.ts';
import { TimeFactor } from '../time-factor.ts';

/** Long enough for real processes on a busy machine. */
const PATIENT = { timeout: 15_000, interval: 20 };

export class SampleSite implements AsyncDisposable {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly site: Site;

  private constructor(time: TimeFactor, events: LabEvents, site: Site) {
    this.time = time;
    this.events = events;
    this.site = site;
  }

  /** Opens a site; resolves when its tasks are healthy and all its alarms are there. */
  static async open(settings: SiteSettings, factor = 60): Promise<SampleSite> {
    const time = new TimeFactor(factor);
    const events = new LabEvents();
    const site = await Site.open({ ...settings, time, events, onAlarm: () => {} });
    const sample = new SampleSite(time, events, site);
    await sample.until(() => {
      expect(site.isUp()).toBe(true);
      expect(site.alarms.stateOf(HEALTHY_HOSTS_ALARM)).toBeDefined();
    });
    return sample;
  }

  async until(holds: () => void | Promise<void>): Promise<void> {
    await vi.waitFor(holds, PATIENT);
  }

  /** @throws Error when there is none. */
  task(number = 0): TaskRecord {
    const task = this.site.tasks()[number];
    if (task === undefined) throw new Error(`no task ${number}`);
    return task;
  }

  /** Whether the very first task still serves. */
  healthyFirst(): boolean {
    return this.site.healthyTasks().includes(this.site.service.tasks[0] as TaskRecord);
  }

  /** State and reason of each target of the production group, sorted. */
  targets(): readonly string[] {
    const group = this.site.service.targetGroup;
    const healths = group?.targets().map(({ health }) => health) ?? [];
    return healths.map(({ state, reason }) => [state, reason].join(' ').trim()).toSorted();
  }

  /** Status of one request through the load balancer. */
  async ask(path = '/work'): Promise<number> {
    return (await fetch(this.site.loadBalancer.url + path)).status;
  }

  /** Status of one request to a task itself. */
  async askTask(task: TaskRecord, path = '/work'): Promise<number> {
    return (await fetch(`http://${task.address}:8080${path}`)).status;
  }

  /** Sends requests until the function returned is called. */
  keepAsking(everyMs = 25): () => void {
    const timer = setInterval(() => void this.ask().catch(() => {}), everyMs);
    return () => clearInterval(timer);
  }

  /** What the tasks of the guarded service have logged, oldest first. */
  logLines(task?: TaskRecord): readonly Record<string, unknown>[] {
    const logGroup = this.site.service.deployments[0]?.taskDefinition.logGroup ?? '';
    return [...this.site.logs.events(logGroup)]
      .filter(({ stream }) => task === undefined || stream.endsWith(task.id))
      .map(({ message }) => JSON.parse(message));
  }

  said(task?: TaskRecord): readonly string[] {
    return this.logLines(task).map(({ msg }) => String(msg));
  }

  /** Messages of the guarded service's events, oldest first, without its name. */
  serviceEvents(): readonly string[] {
    const prefix = `(service ${this.site.service.name}) `;
    return this.site.service.events.map(({ message }) => message.replace(prefix, '')).toReversed();
  }

  /** How a task ended, as DescribeTasks shows it. */
  endOf(task: TaskRecord): object {
    const { stopCode, stoppedReason, containers } = describeTask(task);
    const [container] = containers ?? [];
    return { stopCode, stoppedReason, exitCode: container?.exitCode, reason: container?.reason };
  }

  /** Names of alarms that ever were in ALARM. */
  alarmed(): ReadonlySet<string> {
    const changes = this.events.all().filter((event) => event.kind === 'alarm-state');
    return new Set(changes.filter(({ to }) => to === 'ALARM').map(({ alarmName }) => alarmName));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site.close();
  }
}
