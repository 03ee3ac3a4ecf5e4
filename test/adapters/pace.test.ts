/** The pace of reads, on a clock that only waits move. */
import { describe, expect, test } from 'vitest';
import { type Answer, Pace, patiently, type Time } from '../../functions/adapters/aws/pace.ts';
import { codeOf } from './serving.ts';

const signal = new AbortController().signal;
const LIMITS = { burst: 5, perSecond: 2 };

/** Whoever waits takes the clock there at once. */
function aClock(): Time & { at: number; readonly waits: number[] } {
  const waits: number[] = [];
  const clock = {
    at: 0,
    waits,
    now: () => clock.at,
    wait: (ms: number, given: AbortSignal) => {
      if (given.aborted) return Promise.reject(given.reason);
      waits.push(ms);
      clock.at += ms;
      return Promise.resolve();
    },
  };
  return clock;
}

async function turns(pace: Pace, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await pace.turn(signal);
}

function throttled(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

const SERVED: Answer = { $metadata: { attempts: 1 } };

/** Refuses so many times, and answers then. */
function refusing(times: number, answer = SERVED): () => Promise<Answer> {
  let left = times;
  return () => {
    left -= 1;
    return left >= 0 ? Promise.reject(throttled()) : Promise.resolve(answer);
  };
}

describe('the pace of a process', () => {
  test('lets its burst pass at once, and the others by the second', async () => {
    const clock = aClock();
    const pace = new Pace(LIMITS, clock);

    await turns(pace, 8);

    expect(clock.waits).toEqual([500, 500, 500]);
  });

  test('has those who ask together wait in the order of asking', async () => {
    const waits: number[] = [];
    const still: Time = {
      now: () => 0,
      wait: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
    };
    const pace = new Pace(LIMITS, still);

    await Promise.all(Array.from({ length: 8 }, () => pace.turn(signal)));

    expect(waits).toEqual([500, 1_000, 1_500]);
  });

  test('leaves to others the turns of those who gave up', async () => {
    const { promise: given, reject: giveUp } = Promise.withResolvers<void>();
    const waits: number[] = [];
    const still: Time = {
      now: () => 0,
      wait: (ms) => {
        waits.push(ms);
        return given;
      },
    };
    const pace = new Pace(LIMITS, still);
    await turns(pace, 5);
    const waiting = [pace.turn(signal), pace.turn(signal), pace.turn(AbortSignal.abort())];

    giveUp(new Error('given up'));
    await Promise.allSettled([...waiting, pace.turn(signal)]);

    expect(waits).toEqual([500, 1_000, 1_500]);
    await expect(pace.turn(signal)).rejects.toThrow('given up');
    expect(waits.at(-1)).toBe(500);
  });

  test('fills again while nobody asks, and never beyond its burst', async () => {
    const clock = aClock();
    const pace = new Pace(LIMITS, clock);
    await turns(pace, 5);
    clock.at += 1_000;
    await turns(pace, 2);
    expect(clock.waits).toEqual([]);
    clock.at += 60_000;

    await turns(pace, 6);

    expect(clock.waits).toEqual([500]);
  });

  test('gives way when AWS refuses: no burst is left, at half the rate', async () => {
    const clock = aClock();
    const pace = new Pace(LIMITS, clock);

    pace.refused();
    await turns(pace, 1);

    expect(clock.waits).toEqual([1_000]);
  });

  test('takes refusals of one second for one', async () => {
    const clock = aClock();
    const pace = new Pace(LIMITS, clock);

    for (let times = 0; times < 10; times += 1) pace.refused();
    await turns(pace, 1);

    expect(clock.waits).toEqual([1_000]);
  });

  test('never slows down below a quarter', async () => {
    const clock = aClock();
    const pace = new Pace(LIMITS, clock);
    for (let times = 0; times < 20; times += 1) {
      clock.at += 1_000;
      pace.refused();
    }

    await turns(pace, 1);

    expect(clock.waits[0]).toBeLessThanOrEqual(2_000);
    expect(clock.waits[0]).toBeGreaterThan(1_000);
  });

  test('is whole again two minutes after the last refusal', async () => {
    const clock = aClock();
    const pace = new Pace(LIMITS, clock);
    pace.refused();
    clock.at += 120_000;

    await turns(pace, 6);

    expect(clock.waits).toEqual([500]);
  });
});

describe('a read that AWS refuses', () => {
  test('asks again, and is answered', async () => {
    const time = aClock();

    expect(await patiently('ecs:ListTasks', refusing(3), { signal, time, chance: () => 0.5 })).toBe(
      SERVED,
    );
    expect(time.waits).toEqual([1_000, 1_000, 1_000]);
  });

  test('asks at the pace of all, which its refusals slow down', async () => {
    const time = aClock();
    const pace = new Pace(LIMITS, time);

    await patiently('ecs:ListTasks', refusing(1), { signal, time, pace, chance: () => 0 });

    // Half a second for not asking at once, half a second more until it is its turn.
    expect(time.waits).toEqual([500, expect.closeTo(496, -1)]);
  });

  test('slows down too when only the client saw the refusal', async () => {
    const time = aClock();
    const pace = new Pace(LIMITS, time);
    const answer = { $metadata: { attempts: 2 } };

    await patiently('ecs:ListTasks', refusing(0, answer), { signal, time, pace });
    await pace.turn(signal);

    expect(time.waits).toEqual([1_000]);
  });

  test('is unreadable when it is still refused after five seconds', async () => {
    const time = aClock();

    const read = patiently('ecs:ListTasks', refusing(99), { signal, time, chance: () => 0.5 });

    await expect(read).rejects.toMatchObject({
      code: 'dependency.unavailable',
      message: 'ecs:ListTasks: ThrottlingException: Rate exceeded',
    });
    expect(time.at).toBe(5_000);
  });

  test('asks three times at the least, however long that takes', async () => {
    const time = aClock();
    let asked = 0;
    const slow = () => {
      asked += 1;
      time.at += 6_000;
      return Promise.reject(throttled());
    };

    await expect(patiently('ecs:ListTasks', slow, { signal, time })).rejects.toThrow('exceeded');
    expect(asked).toBe(3);
  });

  test.each(['AccessDeniedException', 'TimeoutError', 'ServerException'])(
    'asks no more after %s',
    async (name) => {
      const time = aClock();
      let asked = 0;
      const read = () => {
        asked += 1;
        return Promise.reject(Object.assign(new Error('no'), { name }));
      };

      await expect(patiently('ecs:ListTasks', read, { signal, time })).rejects.toThrow(name);
      expect(asked).toBe(1);
    },
  );

  test('ends with the invocation, whether it waits for its turn or to ask again', async () => {
    const over = AbortSignal.abort(new Error('out of time'));
    const time = aClock();
    const pace = new Pace({ burst: 0, perSecond: 1 }, time);

    const waiting = patiently('ecs:ListTasks', refusing(0), { signal: over, time, pace });
    const asking = patiently('ecs:ListTasks', refusing(1), { signal: over, time });

    expect(await codeOf(waiting)).toBe('dependency.unavailable');
    expect(await codeOf(asking)).toBe('dependency.unavailable');
    expect(time.waits).toEqual([]);
  });
});
