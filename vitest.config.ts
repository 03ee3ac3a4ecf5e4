import { defineConfig } from 'vitest/config';

const REHEARSALS = 'test/drill/scenario-*.test.ts';
const LAB = ['test/{drill,handlers,lab}/**/*.test.ts'];
const OLDEST_CDK = 'test/infra/oldest-cdk.test.ts';

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
          exclude: [...LAB, OLDEST_CDK],
          maxWorkers: '100%',
        },
      },
      {
        // Real processes in compressed time: what a pause of the machine broke gets a second try.
        // All others are as good the first time; a property that fails by chance must be seen.
        extends: true,
        test: {
          name: 'lab',
          include: LAB,
          exclude: [REHEARSALS],
          maxWorkers: '100%',
          retry: 1,
        },
      },
      {
        // What is promised of the construct holds with the oldest CDK too; `tests` has the newest.
        extends: true,
        resolve: {
          alias: [{ find: /^aws-cdk-lib(?=$|\/)/, replacement: 'aws-cdk-lib-oldest' }],
        },
        test: {
          name: 'oldest-cdk',
          globalSetup: './test/infra/oldest-cdk-schema.ts',
          include: ['test/infra/{healing,self-healing}*.test.ts', OLDEST_CDK],
          // cdk-nag needs a newer CDK than it says.
          exclude: ['test/infra/healing-findings.test.ts'],
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
