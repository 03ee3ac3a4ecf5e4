import { defineConfig } from 'vitest/config';

const REHEARSALS = 'test/drill/scenario-*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: [REHEARSALS],
          maxWorkers: '100%',
        },
      },
      {
        // They hold times against limits, so they have the machine to themselves.
        // A second try as in `drill --all --tries 2`: with time compressed, a pause counts twentyfold.
        extends: true,
        test: {
          name: 'rehearsals',
          include: [REHEARSALS],
          fileParallelism: false,
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
