/** What a batch of messages answers: what was told, what comes again, what is given up. */
import { describe, expect, test } from 'vitest';
import { notify } from '../../functions/app/notify.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { type ErrorCode, HealerError } from '../../functions/core/errors.ts';
import type { Telling } from '../../functions/core/notice.ts';
import { later, minutes, seconds } from '../../functions/core/time.ts';
import type { TellingRecord } from '../../functions/ports/tellings.ts';
import { anEntry, NOW } from '../core/builders.ts';

const signal = new AbortController().signal;

interface Sent {
  readonly name: string;
  readonly incidentId?: string;
  readonly seq?: number;
  readonly receives?: number;
  /** It is none of ours. */
  readonly isMalformed?: true;
}

function aRecord({ name, incidentId = 'inc-1', seq = 1, receives = 1, isMalformed }: Sent) {
  const entry = anEntry({ id: name, incidentId, seq });
  const open = (): readonly Telling[] => {
    if (isMalformed) throw new HealerError('event.malformed', `${name}: wanted an announcement`);
    return [{ kind: 'entry', entry }];
  };
  return { id: name, receives, body: `body of ${name}`, open } satisfies TellingRecord;
}

type Failure = readonly [ErrorCode, { readonly retryable: boolean }];
const DOWN: Failure = ['chat.unavailable', { retryable: true }];
const NO_CHANNEL: Failure = ['chat.refused', { retryable: true }];
const TOO_LONG: Failure = ['chat.refused', { retryable: false }];

class Scene {
  now = NOW;
  /** By the name of the message. */
  failing: Readonly<Record<string, Failure>> = {};
  hasDeadLetters = true;
  deadLettersFail = false;
  onTold: (name: string) => void = () => {};
  readonly told: string[] = [];
  readonly failed: string[] = [];
  readonly dead: (readonly [string, string])[] = [];
  #busy = 0;
  busiest = 0;

  /** @returns the names of those that come again. */
  async take(...sent: readonly Sent[]): Promise<readonly string[]> {
    const records = sent.map(aRecord);
    const answer = await notify(this.#deps({ kind: 'batch', records }), {}, signal);
    return answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  }

  async takeDirectly(...sent: readonly Sent[]): Promise<unknown> {
    const tellings = sent.flatMap((each) => aRecord(each).open());
    return notify(this.#deps({ kind: 'direct', tellings }), {}, signal);
  }

  #deps(inbound: ReturnType<Parameters<typeof notify>[0]['open']>): Parameters<typeof notify>[0] {
    const nothing = (): void => {};
    return {
      clock: { now: () => this.now },
      open: () => inbound,
      digest: () => Promise.reject(new Error('nobody asked for it')),
      teller: { entry: (entry) => this.#tell(entry), notice: () => Promise.resolve() },
      journal: {
        decided: nothing,
        weighed: nothing,
        advanced: nothing,
        looked: nothing,
        failed: ({ what }) => this.failed.push(what),
      },
      ...(this.hasDeadLetters && {
        deadLetters: {
          send: (body, why) => {
            if (this.deadLettersFail) throw new HealerError('dependency.unavailable', 'no queue');
            this.dead.push([body, why]);
            return Promise.resolve();
          },
        },
      }),
    };
  }

  async #tell({ id }: Entry): Promise<void> {
    this.#busy += 1;
    this.busiest = Math.max(this.busiest, this.#busy);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    this.#busy -= 1;
    const failure = this.failing[id];
    if (failure !== undefined) throw new HealerError(failure[0], `${id} failed`, failure[1]);
    this.told.push(id);
    this.onTold(id);
  }
}

describe('a batch', () => {
  test('is told incident by incident, each in its order', async () => {
    const scene = new Scene();

    const again = await scene.take(
      { name: 'a3', seq: 3 },
      { name: 'b1', incidentId: 'inc-2' },
      { name: 'a1', seq: 1 },
      { name: 'a2', seq: 2 },
    );

    expect(again).toEqual([]);
    expect(scene.told.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(scene.told).toContain('b1');
  });

  test('gives back what failed and what comes after it; other incidents do not wait', async () => {
    const scene = new Scene();
    scene.failing = { a2: DOWN };

    const again = await scene.take(
      { name: 'a1', seq: 1 },
      { name: 'a2', seq: 2 },
      { name: 'a3', seq: 3 },
      { name: 'b1', incidentId: 'inc-2' },
    );

    expect(again).toEqual(['a2', 'a3']);
    expect(scene.told.toSorted()).toEqual(['a1', 'b1']);
    expect(scene.failed).toEqual(['notify a2']);
  });

  test('tells a few incidents at a time: they share a channel', async () => {
    const scene = new Scene();

    await scene.take(
      ...Array.from({ length: 10 }, (_, index) => ({ name: `n${index}`, incidentId: `i${index}` })),
    );

    expect(scene.told).toHaveLength(10);
    expect(scene.busiest).toBe(4);
  });

  test('begins nothing that the function has no time for', async () => {
    const scene = new Scene();
    scene.onTold = () => {
      scene.now = later(NOW, minutes(1));
    };
    const sent = Array.from({ length: 6 }, (_, index) => ({
      name: `n${index}`,
      incidentId: `i${index}`,
    }));

    const again = await scene.take(...sent);

    expect(scene.told).toHaveLength(4);
    expect(again).toEqual(['n4', 'n5']);
  });

  test('ends a long incident in time too, and tells the rest of it later', async () => {
    const scene = new Scene();
    scene.onTold = () => {
      scene.now = later(scene.now, seconds(9));
    };

    const again = await scene.take(
      ...Array.from({ length: 6 }, (_, index) => ({ name: `a${index + 1}`, seq: index + 1 })),
    );

    expect(scene.told).toEqual(['a1', 'a2', 'a3']);
    expect(again).toEqual(['a4', 'a5', 'a6']);
  });

  test('loses one malformed message alone, and no message for lack of dead letters', async () => {
    const scene = new Scene();
    scene.hasDeadLetters = false;

    const again = await scene.take(
      { name: 'bad', isMalformed: true, receives: 99 },
      { name: 'a1' },
    );

    expect(again).toEqual(['bad']);
    expect(scene.told).toEqual(['a1']);
  });
});

describe('what can never be told', () => {
  const bad = { name: 'bad', isMalformed: true } as const;

  test('comes again a few times, for a newer version may know it', async () => {
    const scene = new Scene();

    expect(await scene.take({ ...bad, receives: 4 })).toEqual(['bad']);
    expect(scene.dead).toEqual([]);
  });

  test('is put into the dead letters then, as it came and with the reason', async () => {
    const scene = new Scene();

    expect(await scene.take({ ...bad, receives: 5 })).toEqual([]);
    expect(scene.dead).toEqual([['body of bad', 'bad: wanted an announcement']]);
  });

  test('comes again when the dead letters do not take it', async () => {
    const scene = new Scene();
    scene.deadLettersFail = true;

    expect(await scene.take({ ...bad, receives: 5 })).toEqual(['bad']);
    expect(scene.failed).toEqual(['message bad', 'give up message bad']);
  });

  test('keeps back nothing of its incident', async () => {
    const scene = new Scene();
    scene.failing = { a1: TOO_LONG };
    const first = { name: 'a1', seq: 1 };

    expect(await scene.take(first, { name: 'a2', seq: 2 })).toEqual(['a1']);
    expect(await scene.take({ ...first, receives: 5 })).toEqual([]);
    expect(scene.told).toEqual(['a2']);
    expect(scene.dead).toEqual([['body of a1', 'a1 failed']]);
  });

  test.each([
    ['a chat that is down', DOWN],
    ['a channel that a person has to mend', NO_CHANNEL],
  ])('%s is not: it is waited for', async (_name, failure) => {
    const scene = new Scene();
    scene.failing = { a1: failure };

    expect(await scene.take({ name: 'a1', receives: 500 })).toEqual(['a1']);
    expect(scene.dead).toEqual([]);
  });
});

describe('a direct invocation', () => {
  test('tells all, and answers nothing', async () => {
    const scene = new Scene();

    expect(await scene.takeDirectly({ name: 'a1' }, { name: 'a2' })).toBeUndefined();
    expect(scene.told).toEqual(['a1', 'a2']);
  });

  test('fails with the first that fails, so that whoever asked knows', async () => {
    const scene = new Scene();
    scene.failing = { a1: TOO_LONG };

    await expect(scene.takeDirectly({ name: 'a1' }, { name: 'a2' })).rejects.toThrow('a1 failed');
    expect(scene.told).toEqual([]);
    expect(scene.dead).toEqual([]);
  });
});
