import { describe, expect, it } from 'vitest';
import { type PlannedTask, planService, type SchedulerView } from './plan.ts';

describe('scheduler plan', () => {
  const task = (id: string, overrides: Partial<PlannedTask> = {}): PlannedTask => ({
    id,
    deploymentId: 'new',
    availabilityZone: 'a',
    createdAtMs: 0,
    healthy: true,
    condemned: false,
    protected: false,
    replaces: undefined,
    ...overrides,
  });
  const ill = { healthy: false, condemned: true };
  const old = { deploymentId: 'old' };
  const view = (
    tasks: readonly PlannedTask[],
    overrides: Partial<SchedulerView> = {},
  ): SchedulerView => ({
    desiredCount: 2,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    primaryId: 'new',
    tasks,
    ...overrides,
  });

  it.each([
    ['fills an empty service', view([]), ['new', 'new'], []],
    ['leaves a complete one alone', view([task('1'), task('2')]), [], []],
    ['replaces a stopped task', view([task('1')]), ['new'], []],
    [
      'starts the replacement before it stops the ill task',
      view([task('1'), task('2', ill)]),
      ['new for 2'],
      [],
    ],
    [
      'waits until the replacement is healthy',
      view([task('1'), task('2', ill), task('3', { replaces: '2', healthy: false })]),
      [],
      [],
    ],
    [
      'stops the ill task then',
      view([task('1'), task('2', ill), task('3', { replaces: '2' })]),
      [],
      ['2 unhealthy'],
    ],
    [
      'gives up an ill task whose replacement is ill too',
      view([task('1'), task('2', ill), task('3', { ...ill, replaces: '2' })]),
      ['new for 3'],
      ['2 unhealthy'],
    ],
    [
      'stops first, one at a time, when there is no room above and enough below',
      view([task('1'), task('2'), task('3', ill), task('4', ill)], {
        desiredCount: 4,
        maximumPercent: 100,
        minimumHealthyPercent: 50,
      }),
      [],
      ['3 unhealthy'],
    ],
    [
      'stops nothing when there is neither room above nor below',
      view([task('1'), task('2', ill)], { maximumPercent: 100 }),
      [],
      [],
    ],
    [
      'replaces an ill task of the old revision with its own revision',
      view([task('1', { ...old, ...ill }), task('2', old)], { maximumPercent: 150 }),
      ['old for 1'],
      [],
    ],
    [
      'gives up an old revision of which nothing serves',
      view([
        task('1', { ...old, ...ill }),
        task('2', { ...old, healthy: false, replaces: '1' }),
        task('3', { deploymentId: 'older' }),
        task('4', { deploymentId: 'older' }),
      ]),
      [],
      ['1 scaling', '2 scaling'],
    ],
    [
      'starts a new revision beside the old',
      view([task('1', old), task('2', old)]),
      ['new', 'new'],
      [],
    ],
    [
      'stops as many old tasks as new ones are healthy',
      view([task('1', old), task('2', old), task('3'), task('4', { healthy: false })]),
      [],
      ['1 scaling'],
    ],
    [
      'scales in from the fullest zone',
      view([task('1'), task('2', { availabilityZone: 'b' }), task('3')], {}),
      [],
      ['1 scaling'],
    ],
    [
      'spares protected tasks',
      view([task('1', { protected: true }), task('2'), task('3')]),
      [],
      ['2 scaling'],
    ],
  ])('%s', (_what, given, start, stop) => {
    const plan = planService(given);

    const started = plan.start.map(({ deploymentId, replaces }) =>
      replaces === undefined ? deploymentId : `${deploymentId} for ${replaces}`,
    );
    expect(started).toEqual(start);
    expect(plan.stop.map(({ id, why }) => `${id} ${why}`)).toEqual(stop);
  });
});
