import { describe, expect, test } from 'vitest';
import { explain, readOnce } from '../../functions/app/explain.ts';
import type { TaskLines } from '../../functions/core/cause.ts';
import { type Decision, decide } from '../../functions/core/decide.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import type { LockState } from '../../functions/core/lock.ts';
import {
  type EpochMillis,
  earlier,
  iso,
  later,
  minutes,
  seconds,
} from '../../functions/core/time.ts';
import type { Reason } from '../../functions/core/verdict.ts';
import type { LineSpan } from '../../functions/ports/readers.ts';
import {
  aLock,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  aStoppedTask,
  aTarget,
  aTask,
  NO_STORM,
  NOW,
  type Scene,
  taskId,
  traffic,
} from '../core/builders.ts';
import {
  failedStarts,
  failingChecks,
  NOT_FOUND,
  observe,
  REFUSED,
  TIMEOUT,
  unhealthyEvent,
} from '../core/cause-scenes.ts';

const SERVICE = aService();
const { signal } = new AbortController();

/** Answers with these lines; what was asked and what failed is kept. */
class Reader {
  readonly asked: (readonly LineSpan[])[] = [];
  readonly problems: unknown[] = [];
  readonly journal = {
    decided: () => {},
    weighed: () => {},
    looked: () => {},
    advanced: () => {},
    failed: (record: unknown) => this.problems.push(record),
  };
  readonly #answer: (spans: readonly LineSpan[]) => readonly TaskLines[];

  constructor(answer: (spans: readonly LineSpan[]) => readonly TaskLines[] = () => []) {
    this.#answer = answer;
  }

  readonly lines = {
    lines: async (_service: unknown, spans: readonly LineSpan[]) => {
      this.asked.push(spans);
      return this.#answer(spans);
    },
  };

  explain(decision: Decision, lock: LockState = aLock(), service = SERVICE): Promise<Decision> {
    return explain(this, { service, lock }, decision, signal);
  }
}

function decided(
  scene: Scene,
  kind: 'escalate' | 'hold' = 'escalate',
  reason: Reason = 'storm',
): Decision {
  const observation = observe(scene);
  const diagnosis = diagnose(observation, SERVICE.policy);
  const until = later(NOW, seconds(30));
  const told = { reason, detail: '4 of 4 tasks are ill' };
  const verdict = kind === 'escalate' ? { kind, ...told } : { kind, ...told, until };
  return { verdict, observation, diagnosis };
}

const shown = (spans: readonly LineSpan[] | undefined) =>
  spans?.map(({ taskId: id, from, to }) => `${id.slice(0, 2)} ${clock(from)} ${clock(to)}`);
const clock = (at: EpochMillis) => iso(at).slice(11, 19);

const allSay = (line: string) => (spans: readonly LineSpan[]) =>
  spans.map(({ taskId: id }) => ({ taskId: id, lines: [line] }));

describe('a verdict that a person gets', () => {
  test('names the cause that lines show', async () => {
    const young = [1, 2].map((n) => aTask(n, { startedAt: earlier(NOW, minutes(5)) }));
    const reader = new Reader(allSay('info listening on 127.0.0.1:8080'));

    const { verdict } = await reader.explain(decided(failingChecks(REFUSED, { tasks: young })));

    expect(verdict).toMatchObject({
      kind: 'escalate',
      reason: 'storm',
      cause: { code: 'loopback-bind' },
    });
  });

  test('names a cause that needs no lines though they cannot be read, and journals that', async () => {
    const reader = new Reader(() => {
      throw new Error('logs are down');
    });

    const { verdict } = await reader.explain(decided(failedStarts(NOT_FOUND)));

    expect(verdict).toMatchObject({ cause: { code: 'image-missing' } });
    expect(reader.problems).toEqual([expect.objectContaining({ what: 'read last lines' })]);
  });

  test('is left as it is when nothing names the cause', async () => {
    const decision = decided(failingChecks(TIMEOUT));

    expect(await new Reader().explain(decision)).toBe(decision);
  });

  test('tells tasks that work from tasks that hang by what they write since', async () => {
    const works = new Reader((spans) =>
      spans.map(({ taskId: id, to }) => ({
        taskId: id,
        lines: to === NOW ? ['info serving'] : [],
      })),
    );
    const started = earlier(NOW, minutes(10));
    const tasks = [1, 2].map((n) => aTask(n, { startedAt: started }));
    const scene = failingChecks(TIMEOUT, { tasks });

    expect((await works.explain(decided(scene))).verdict).toMatchObject({
      cause: { code: 'security-group' },
    });
    const hangs = new Reader((spans) =>
      spans.every(({ to }) => to < NOW) ? allSay('info serving')(spans) : [],
    );
    expect((await hangs.explain(decided(scene))).verdict).not.toHaveProperty('cause');
  });

  test('of a service without a log group is explained without lines', async () => {
    const { logGroup: _none, ...service } = SERVICE;
    const reader = new Reader();

    const { verdict } = await reader.explain(decided(failedStarts(NOT_FOUND)), aLock(), service);

    expect(verdict).toMatchObject({ cause: { code: 'image-missing' } });
    expect(reader.asked).toEqual([]);
  });

  test('is told without a cause when naming it fails', async () => {
    const reader = new Reader();
    const decision = decided(failingChecks(TIMEOUT));
    const broken = {
      ...SERVICE,
      policy: { ...SERVICE.policy, failureWindow: Number.NaN as never },
    };

    const answer = await reader.explain(decision, aLock(), broken);

    expect(answer).toBe(decision);
    expect(reader.problems).toHaveLength(1);
  });
});

describe('the lines that are read', () => {
  test('are of three running tasks at most: their start, and the time since their trouble began', async () => {
    const reader = new Reader();
    const tasks = [1, 2, 3, 4].map((n) => aTask(n, { startedAt: earlier(NOW, minutes(10)) }));
    const targets = [1, 2, 3, 4].map((n) => aTarget(n, { state: 'unhealthy', ...TIMEOUT }));

    await reader.explain(decided({ tasks, targets, traffic: [] }));

    expect(reader.asked.map(shown)).toEqual([
      ['01 09:52:41 09:55:41', '02 09:52:41 09:55:41', '03 09:52:41 09:55:41'],
      ['01 10:02:41 10:03:41', '02 10:02:41 10:03:41', '03 10:02:41 10:03:41'],
    ]);
  });

  test('begin where ECS says that the last of the tasks became unhealthy', async () => {
    const reader = new Reader();
    const events = [4, 2].map((ago, index) =>
      unhealthyEvent(
        { ...aStoppedTask(index + 1, ago), id: taskId(index + 1) },
        'Request timed out',
      ),
    );

    await reader.explain(decided(failingChecks(TIMEOUT, { service: { events } })));

    expect(reader.asked.map(shown)).toEqual([['01 10:01:21 10:03:41', '02 10:01:21 10:03:41']]);
  });

  test('are of three stopped tasks at most, up to their end, and no older than half an hour', async () => {
    const reader = new Reader();
    const stopped = [11, 12, 13, 14].map((n) => aStoppedTask(n, n - 10));
    const { startedAt: _never, ...neverRan } = aStoppedTask(12, 2, {
      stopCode: 'TaskFailedToStart',
    });
    const old = { ...aStoppedTask(13, 3), startedAt: earlier(NOW, minutes(90)) };

    await reader.explain(
      decided({
        tasks: [],
        targets: [],
        traffic: [],
        stopped: [aStoppedTask(11, 1), neverRan, old, ...stopped.slice(3)],
      }),
    );

    expect(reader.asked.map(shown)).toEqual([
      ['0b 10:00:41 10:02:46', '0c 09:56:41 10:01:46', '0d 09:33:41 10:00:46'],
    ]);
  });

  test('are of those that only their requests give away, too', async () => {
    const reader = new Reader();
    const failing = [1, 2, 3, 4].map((n) => traffic(n, 100, n < 3 ? 80 : 0));

    await reader.explain(decided({ traffic: failing }));

    expect(reader.asked.flat().map(({ taskId: id }) => id)).toEqual([taskId(1), taskId(2)]);
  });

  test('are read once, however often it is decided', async () => {
    const reader = new Reader();
    const once = { ...reader, lines: readOnce(reader.lines) };
    const decision = decided(failingChecks(TIMEOUT));

    await explain(once, { service: SERVICE, lock: aLock() }, decision, signal);
    await explain(once, { service: SERVICE, lock: aLock() }, decision, signal);

    expect(reader.asked).toHaveLength(1);
  });
});

describe('nothing is read', () => {
  const scene = failingChecks(TIMEOUT);
  const held = (reason: Reason) => anIncident({ hold: { reason, since: NOW } });

  test.each([
    ['for a hold that passes by itself', decided(scene, 'hold', 'settling'), aLock()],
    [
      'for a hold that goes on',
      decided(scene, 'hold', 'no-suspect'),
      aLock({ incident: held('no-suspect') }),
    ],
    [
      'for what a person has already',
      decided(scene, 'hold', 'storm'),
      aLock({ incident: anIncident({ state: 'escalated' }) }),
    ],
    ['without an observation', { verdict: decided(scene).verdict }, aLock()],
    ['for a stop', decideOnOneIllTask(), aLock()],
  ] satisfies [string, Decision, LockState][])('%s', async (_name, decision, lock) => {
    const reader = new Reader(allSay('info listening on 127.0.0.1:8080'));

    expect(await reader.explain(decision, lock)).toBe(decision);
    expect(reader.asked).toEqual([]);
  });

  test.each(['no-suspect', 'storm', 'crash-loop', 'cannot-start'] as const)(
    'but a new hold for %s is explained',
    async (reason) => {
      const reader = new Reader();

      await reader.explain(decided(scene, 'hold', reason), aLock({ incident: held('replacing') }));

      expect(reader.asked).toHaveLength(1);
    },
  );
});

function decideOnOneIllTask(): Decision {
  const delivery = anAlarmDelivery();
  return decide({
    service: SERVICE,
    lock: aLock(),
    ...NO_STORM,
    observation: anObservation(),
    delivery,
    now: NOW,
  });
}
