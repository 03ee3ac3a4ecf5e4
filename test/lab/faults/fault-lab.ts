/** One long-lived lab, whose service is made ill anew for each trouble. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, type QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import { ALL_SERVICES } from '../../../functions/core/delivery.ts';
import type { Entry } from '../../../functions/core/entry.ts';
import { isOpen } from '../../../functions/core/incident.ts';
import type { LockState } from '../../../functions/core/lock.ts';
import type { Bundle } from '../../../infra/bundle.ts';
import { IncidentReader } from '../../drill/incident-reader.ts';
import { Load } from '../../drill/load.ts';
import { everyAlarmIsOk, GUARDED_TIER } from '../../drill/perform.ts';
import type { TaskRecord } from '../ecs/model.ts';
import { clientConfig } from '../gateway/client-config.ts';
import type { ChatKind } from '../healer/defaults.ts';
import { type Lab, startLab } from '../lab.ts';
import { CALLER, REGION, SERVICE_ID, TABLE } from '../names.ts';

export interface FaultLabOptions {
  readonly bundles: readonly Bundle[];
  readonly factor: number;
  readonly chat?: ChatKind;
  readonly signal?: AbortSignal;
}

/** What did not become true in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

const PER_SECOND = 40;
const REQUEST_TIMEOUT_MS = 5_000;
const POLL_MS = 150;
const STEADY_AWS_SECONDS = 1_800;
/** What a busy machine needs for its own work, which no factor shortens. */
const STEADY_MS_MIN = 240_000;
const UNTIL_MS_MIN = 60_000;
/** Due, taken and not answered yet, and not due yet. */
const COUNTS: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

export class FaultLab {
  readonly lab: Lab;
  readonly chat: ChatKind;
  readonly #load: Load;
  readonly #reader: IncidentReader;
  readonly #table: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly #signal: AbortSignal;
  #running = 0;

  private constructor(lab: Lab, chat: ChatKind, signal: AbortSignal) {
    this.lab = lab;
    this.chat = chat;
    this.#signal = signal;
    const { url } = lab.site.loadBalancer;
    this.#load = new Load({ url, perSecond: PER_SECOND, timeoutMs: REQUEST_TIMEOUT_MS });
    this.#reader = new IncidentReader(lab.gateway.url);
    const config = clientConfig(lab.gateway.url, REGION, CALLER.drill);
    this.#table = new DynamoDBClient(config);
    this.#sqs = new SQSClient(config);
    lab.events.subscribe((event) => {
      if (event.kind === 'invocation') this.#running += event.outcome === 'started' ? 1 : -1;
    });
  }

  /** Opens it; resolves when every task is healthy and every alarm OK. */
  static async open({ bundles, factor, chat = 'bot', signal }: FaultLabOptions): Promise<FaultLab> {
    const lab = await startLab({ timeFactor: factor, healer: { bundles, chat } });
    const opened = new FaultLab(lab, chat, signal ?? new AbortController().signal);
    try {
      await opened.steady();
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Waits until nothing is wrong and nothing is on its way. @throws NotInTime */
  async steady(): Promise<void> {
    const isSteady = async () =>
      this.lab.site.isUp() && everyAlarmIsOk(this.lab) && (await this.isQuiet());
    const what = 'a steady service, and nothing on its way';
    await this.until(what, isSteady, STEADY_AWS_SECONDS, STEADY_MS_MIN);
  }

  /** Whether no function works, and nothing waits to be worked on. */
  async isQuiet(): Promise<boolean> {
    if (this.#running > 0) return false;
    const left = await this.lettersLeft();
    return left.work === 0;
  }

  /** Messages in the queues that functions work on, and in dead-letter queues. */
  async lettersLeft(): Promise<{ readonly work: number; readonly dead: number }> {
    const left = { work: 0, dead: 0 };
    for (const { url, redrive } of this.lab.healer?.deployment.queues ?? []) {
      const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: COUNTS });
      const { Attributes: found = {} } = await this.#sqs.send(asked);
      const count = COUNTS.reduce((sum, name) => sum + Number(found[name] ?? 0), 0);
      left[redrive === undefined ? 'dead' : 'work'] += count;
    }
    return left;
  }

  /** Forgets incident, lock and what counts against budgets: the next trouble meets a healer without a past. */
  async forget(): Promise<void> {
    const keys = [
      { pk: { S: `SERVICE#${SERVICE_ID}` }, sk: { S: 'LOCK' } },
      { pk: { S: `SERVICE#${ALL_SERVICES}` }, sk: { S: 'LOCK' } },
      { pk: { S: 'ACCOUNT' }, sk: { S: 'STATE' } },
    ];
    for (const Key of keys) {
      await this.#table.send(new DeleteItemCommand({ TableName: TABLE, Key }));
    }
  }

  /** Makes one running task fail most of its requests; its health check stays green. */
  async makeOneIll(): Promise<TaskRecord> {
    // A pause of the machine looks like an ill task too.
    await this.until('every task healthy', () => this.lab.site.isUp(), STEADY_AWS_SECONDS);
    const [task] = this.lab.site.healthyTasks().slice(1);
    if (task === undefined) throw new Error('tasks: got fewer than two healthy ones, want four');
    await this.lab.site.makeIll(task, { kind: 'grey', errorShare: 0.8 });
    return task;
  }

  /** Whether a task is meant to run; ECS may have replaced one by itself. */
  isWanted(taskArn: string): boolean {
    return this.lab.site.tasks().some(({ arn }) => arn === taskArn);
  }

  lock(): Promise<LockState> {
    return this.#reader.lock(GUARDED_TIER);
  }

  /** Whether an incident was opened, and is over or a person's. */
  async isSettled(): Promise<boolean> {
    const { incident } = await this.lock();
    return incident !== undefined && (!isOpen(incident) || incident.state === 'escalated');
  }

  /** Whether no incident is open. */
  async isClosed(): Promise<boolean> {
    return !isOpen((await this.lock()).incident);
  }

  /** Whether that many incidents, or times that one opened again, are over or a person's. */
  async isOver(count: number, since: number): Promise<boolean> {
    const timeline = await this.timelineSince(since);
    const opened = timeline.filter(({ kind }) => kind === 'opened' || kind === 'reopened');
    return opened.length >= count && (await this.isSettled());
  }

  /** What the table keeps of every incident since then, in order. */
  async timelineSince(epochMs: number): Promise<readonly Entry[]> {
    const all = await this.#reader.timeline([GUARDED_TIER]);
    return all.filter(({ at }) => at >= epochMs);
  }

  /** Ends what running tasks are ill with. */
  async mend(): Promise<void> {
    const running = this.lab.site.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING');
    await Promise.all(running.map((task) => this.lab.site.clearFaults(task)));
  }

  /** @throws NotInTime naming what did not hold. */
  async until(
    what: string,
    condition: () => boolean | Promise<boolean>,
    awsSeconds: number,
    atLeastMs = UNTIL_MS_MIN,
  ): Promise<void> {
    const endAt = Date.now() + this.lab.time.deadline(awsSeconds, atLeastMs);
    while (!(await condition())) {
      if (Date.now() > endAt) throw new NotInTime(`${what}: not within ${awsSeconds} AWS seconds`);
      await sleep(POLL_MS, undefined, { signal: this.#signal });
    }
  }

  async wait(awsSeconds: number): Promise<void> {
    await sleep(this.lab.time.seconds(awsSeconds), undefined, { signal: this.#signal });
  }

  async close(): Promise<void> {
    this.#load.stop();
    this.#load.close();
    this.#reader.close();
    this.#table.destroy();
    this.#sqs.destroy();
    await this.lab.close();
  }
}
