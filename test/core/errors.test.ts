/** What an error carries, and what is said of anything that was thrown. */
import { expect, test } from 'vitest';
import {
  describe as describeError,
  HealerError,
  isHealerError,
} from '../../functions/core/errors.ts';

test('an error has a code, a cause and details, and is not tried again unless it says so', () => {
  const cause = new Error('socket closed');
  const full = new HealerError('chat.unavailable', 'no answer', {
    retryable: true,
    details: { status: 503 },
    cause,
  });
  const bare = new HealerError('config.invalid', 'no table');

  expect(full).toMatchObject({
    name: 'HealerError',
    code: 'chat.unavailable',
    message: 'no answer',
    retryable: true,
    details: { status: 503 },
  });
  expect(full.cause).toBe(cause);
  expect(bare).toMatchObject({ retryable: false });
  expect(bare.details).toEqual({});
  expect(bare.cause).toBeUndefined();
});

test('only our own errors are ours', () => {
  expect(isHealerError(new HealerError('config.invalid', 'x'))).toBe(true);
  expect(isHealerError(new Error('x'))).toBe(false);
  expect(isHealerError('x')).toBe(false);
});

test('whatever was thrown is said in words', () => {
  expect(describeError(new Error('socket closed'))).toBe('socket closed');
  expect(describeError('socket closed')).toBe('socket closed');
  expect(describeError(undefined)).toBe('undefined');
});
