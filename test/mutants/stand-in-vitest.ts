/** What a test file gets for `vitest` while mutants are tried: its own `expect`, and tests that can be run again. */
export { expect } from 'vitest';
export { describe, onTestFinished, test } from './suite.ts';
