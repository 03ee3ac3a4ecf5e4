/** What must be true of every cause: certain or silent, short, clean, and the same in any order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAUSE_CODES, nameCause, type TaskLines } from '../../functions/core/cause.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import type { StoppedTaskReading, TargetReading } from '../../functions/core/observation.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, type Scene, taskId, traffic } from './builders.ts';
import { cause, NOT_FOUND, observe, SERVICE } from './cause-scenes.ts';

/** Words that rules look for, so that arbitrary text comes near them. */
const WORDS = [
  NOT_FOUND,
  'CannotPullContainerError: toomanyrequests',
  'ResourceInitializationError: secret AccessDeniedException',
  'ResourceInitializationError: i/o timeout',
  'OutOfMemoryError: Container killed due to memory usage',
  'Task failed ELB health checks in (target-group x)',
  'Health checks failed',
  'Health checks failed with these codes: [404]',
  'Request timed out',
  'error connect ECONNREFUSED 10.0.0.9:5432',
  'listening on 127.0.0.1:8080',
  'listening on :3000',
  'DATABASE_URL is not set',
  'info serving',
  'info loading',
];
const text = fc.oneof(fc.string(), fc.constantFrom(...WORDS), fc.string({ unit: 'binary' }));

const stopped = (n: number): fc.Arbitrary<StoppedTaskReading> =>
  fc
    .record({
      ago: fc.integer({ min: 0, max: 20 }),
      life: fc.option(fc.integer({ min: 0, max: 90 })),
      stopCode: fc.constantFrom(
        'TaskFailedToStart',
        'EssentialContainerExited',
        'ServiceSchedulerInitiated',
        'UserInitiated',
        '?',
      ),
      stoppedReason: text,
      exitCode: fc.integer({ min: -1, max: 255 }),
      containerReason: text,
    })
    .map(({ ago, life, ...rest }) => {
      const { startedAt: _usual, ...task } = aStoppedTask(n, ago, rest);
      return life === null ? task : { ...task, startedAt: earlier(task.stoppedAt, minutes(life)) };
    });

const target = (n: number): fc.Arbitrary<TargetReading> =>
  fc
    .record({
      state: fc.constantFrom('healthy', 'unhealthy', 'unused', 'draining', 'initial', '?'),
      reason: fc.oneof(
        text,
        fc.constantFrom(
          'Target.Timeout',
          'Target.FailedHealthChecks',
          'Target.ResponseCodeMismatch',
        ),
      ),
      description: text,
    })
    .map((overrides) => aTarget(n, overrides));

interface Case {
  readonly scene: Scene;
  readonly lines: readonly TaskLines[];
}

const NS = [1, 2, 3];
const GONE = [11, 12, 13];

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    desired: fc.integer({ min: 0, max: 5 }),
    graceSeconds: fc.integer({ min: 0, max: 600 }),
    ages: fc.tuple(...NS.map(() => fc.integer({ min: 0, max: 90 }))),
    targets: fc.tuple(...NS.map(target)),
    stopped: fc.tuple(...GONE.map(stopped)),
    errors: fc.tuple(...NS.map(() => fc.tuple(fc.integer({ min: 0, max: 50 }), text))),
    events: fc.array(fc.tuple(fc.constantFrom(...GONE), text), { maxLength: 4 }),
    lines: fc.tuple(...[...NS, ...GONE].map(() => fc.array(text, { maxLength: 4 }))),
    recent: fc.array(text, { maxLength: 3 }),
  })
  .map((made) => ({
    scene: {
      service: {
        desired: made.desired,
        graceSeconds: made.graceSeconds,
        events: made.events.map(([n, reason], index) => ({
          at: earlier(NOW, minutes(index)),
          message:
            `(service s) (task ${taskId(n)}) (port 8080) is unhealthy in (target-group x) due to ` +
            `(reason ${reason}).`,
        })),
      },
      tasks: NS.map((n, i) => aTask(n, { startedAt: earlier(NOW, minutes(made.ages[i] ?? 0)) })),
      targets: made.targets,
      stopped: made.stopped,
      traffic: NS.map((n, i) => {
        const [errors, line] = made.errors[i] ?? [0, ''];
        return { ...traffic(n, 100, errors), lastErrors: [line] };
      }),
    },
    lines: [...NS, ...GONE].map((n, i) => ({
      taskId: taskId(n),
      lines: made.lines[i] ?? [],
      recent: made.recent,
    })),
  }));

function name({ scene, lines }: Case) {
  const observation = observe(scene);
  return nameCause({
    observation,
    diagnosis: diagnose(observation, SERVICE.policy),
    service: SERVICE,
    lines,
  });
}

describe('any cause', () => {
  test('is told in few and clean words, and never throws', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyCase, (made) => {
        const named = name(made);
        if (named === undefined) return;
        seen.add(named.code);
        expect(CAUSE_CODES).toContain(named.code);
        expect(named.sentence.length).toBeLessThan(600);
        expect(named.evidence.length).toBeGreaterThan(0);
        expect(named.evidence.length).toBeLessThanOrEqual(3);
        for (const line of named.evidence) expect(line).toMatch(/^[^\p{Cc}]{1,200}$/u);
      }),
      { numRuns: 1_000 },
    );
    expect(seen.size).toBeGreaterThan(3);
  });

  test('does not depend on the order of anything', () => {
    fc.assert(
      fc.property(anyCase, ({ scene, lines }) => {
        const turned = {
          scene: {
            ...scene,
            tasks: scene.tasks?.toReversed() ?? [],
            targets: scene.targets?.toReversed() ?? [],
            stopped: scene.stopped?.toReversed() ?? [],
            traffic: scene.traffic?.toReversed() ?? [],
          },
          lines: lines.toReversed(),
        };
        expect(name(turned)).toEqual(name({ scene, lines }));
      }),
      { numRuns: 1_000 },
    );
  });

  test('is not named of a healthy fleet, whatever its tasks and events say', () => {
    fc.assert(
      fc.property(anyCase, fc.array(text), ({ lines }, messages) => {
        const events = messages.map((message) => ({ at: NOW, message }));
        const healthy = [1, 2, 3, 4].map((n) => traffic(n, 100, 0));
        expect(cause({ service: { events }, traffic: healthy }, lines)).toBeUndefined();
      }),
    );
  });

  test('is not named by tasks that were stopped in an orderly way', () => {
    const orders = [
      { stopCode: 'UserInitiated', stoppedReason: 'self-heal inc-1: 80 % failed' },
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
      },
      { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
    ];

    expect(
      cause({ stopped: orders.map((order, n) => aStoppedTask(n + 11, 1, order)) }),
    ).toBeUndefined();
  });
});
