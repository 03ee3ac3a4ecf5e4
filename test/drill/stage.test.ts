import { describe, expect, test } from 'vitest';
import { TimeFactor } from '../lab/time-factor.ts';
import { DrillFailure, DrillTimeout, neverWithin, waitFor, waitUntil } from './stage.ts';

const time = new TimeFactor(20);
const never = new AbortController().signal;

describe('waiting for a condition', () => {
  test('looks again until it holds', async () => {
    let looks = 0;
    const condition = async (): Promise<boolean> => {
      looks += 1;
      return looks === 3;
    };

    await waitUntil(time, 'three looks', condition, 60, never);

    expect(looks).toBe(3);
  });

  test('does not wait at all where it holds already', async () => {
    await expect(waitUntil(time, 'it', () => true, 0, never)).resolves.toBeUndefined();
  });

  test('ends with what did not happen, and in which time', async () => {
    const waiting = waitUntil(time, 'every task healthy', () => false, 2, never);

    await expect(waiting).rejects.toThrow(DrillTimeout);
    await expect(waiting).rejects.toThrow('every task healthy: not within 2 AWS seconds');
  });

  test('ends with an interruption', async () => {
    const interruption = new AbortController();
    const waiting = waitUntil(time, 'it', () => false, 600, interruption.signal);

    interruption.abort();

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('passes on what the condition throws', async () => {
    const condition = () => Promise.reject(new Error('no table'));

    await expect(waitUntil(time, 'it', condition, 60, never)).rejects.toThrow('no table');
  });
});

describe('waiting for a time', () => {
  test('takes AWS seconds divided by the factor', async () => {
    const startedMs = performance.now();

    await waitFor(time, 2, never);

    // A timer may fire a millisecond early.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(99);
  });

  test('ends with an interruption', async () => {
    const interruption = new AbortController();
    const waiting = waitFor(time, 600, interruption.signal);

    interruption.abort();

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('watching that something never happens', () => {
  test('ends well when the time is over', async () => {
    await expect(neverWithin(time, 'it', () => false, 2, never)).resolves.toBeUndefined();
  });

  test('ends with what happened', async () => {
    const watching = neverWithin(time, 'an incident', () => true, 60, never);

    await expect(watching).rejects.toThrow(DrillFailure);
    await expect(watching).rejects.toThrow('an incident: within 60 AWS seconds');
  });

  test('passes on what the condition throws', async () => {
    const condition = () => Promise.reject(new Error('no table'));

    await expect(neverWithin(time, 'it', condition, 60, never)).rejects.toThrow('no table');
  });
});
