/** What the bench of scale calls broken; the bench itself runs in the gate. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import { anEntry } from '../core/builders.ts';
import type { RecordedCall } from '../lab/events.ts';
import { Ledger } from './scale/ledger.ts';
import type { Run } from './scale/measure.ts';
import { brokenByServices, brokenByTasks, brokenGrowth, fleetCallsMax } from './scale/promises.ts';

const SERVICES = 6;
const STOPS = 4;
const nameOf = (index: number): string => `shop-prod/service-${index}`;

function aCall(operation: string, input: unknown = {}): RecordedCall {
  return {
    kind: 'call',
    at: 0,
    endedAt: 0,
    caller: 'x',
    service: 'ecs',
    operation,
    input,
    status: 200,
  };
}

/** Six services that alarmed at once, and all went well. */
function aRun(change: Partial<Run> = {}): Run {
  const ledger = new Ledger();
  for (let index = 0; index < SERVICES; index += 1) {
    const service = nameOf(index);
    ledger.decided({
      service,
      trigger: 'alarm x',
      verdict: 'hold',
      detail: '',
      version: 1,
      durationMs: 1,
    });
    ledger.entries.push(anEntry({ kind: 'opened', serviceId: service }));
  }
  ledger.entries.push(toldOfStorm());
  return {
    site: { services: SERVICES, tasksPerService: 4 },
    isAlone: true,
    ledger,
    calls: Array.from({ length: STOPS }, (_, task) => aCall('StopTask', { task })),
    buckets: [],
    lastMs: 1_000,
    dead: 0,
    waiting: 0,
    forgotten: 0,
    late: 0,
    ...change,
  };
}

function toldOfStorm(): Entry {
  return anEntry({ kind: 'escalated', announce: true, reason: 'account-storm' });
}

describe('many services', () => {
  test('that all went well break nothing', () => {
    expect(brokenByServices(aRun())).toEqual([]);
  });

  test.each<[string, (run: Run) => Run]>([
    [
      'services decided: got 5, wanted 6',
      (run) => {
        run.ledger.decisions.pop();
        return run;
      },
    ],
    [
      'decisions by alarm of one service, at most: got 2, wanted 1',
      (run) => {
        const [first] = run.ledger.decisions;
        if (first !== undefined) run.ledger.decisions.push(first);
        return run;
      },
    ],
    [
      'incidents of one service, at most: got 2, wanted 1',
      (run) => {
        run.ledger.entries.push(anEntry({ kind: 'opened', serviceId: nameOf(1) }));
        return run;
      },
    ],
    [
      'messages about the storm: got 2, wanted 1',
      (run) => {
        run.ledger.entries.push(toldOfStorm());
        return run;
      },
    ],
    ['stops: got 3, wanted 4', (run) => ({ ...run, calls: run.calls.slice(1) })],
    [
      'stops of one task, at most: got 4, wanted 1',
      (run) => ({ ...run, calls: run.calls.map(() => aCall('StopTask', { task: 7 })) }),
    ],
    ['dead letters: got 1, wanted 0', (run) => ({ ...run, dead: 1 })],
    ['alarms left in the queue: got 1, wanted 0', (run) => ({ ...run, waiting: 1 })],
    ['services without a next look: got 1, wanted 0', (run) => ({ ...run, forgotten: 1 })],
    ['invocations out of time: got 1, wanted 0', (run) => ({ ...run, late: 1 })],
    [
      'sources that a decision lacked: got 1, wanted 0',
      (run) => {
        run.ledger.blind.push('tasks: refused');
        return run;
      },
    ],
  ])('are told of: %s', (problem, spoil) => {
    expect(brokenByServices(spoil(aRun()))).toEqual([`6 services: ${problem}`]);
  });

  test('may cost half as much again for each when they are more, and no more than that', () => {
    const small = aRun();
    const site = { services: 60, tasksPerService: 4 };
    const calls = (count: number) => Array.from({ length: count }, () => aCall('GetItem'));

    expect(brokenGrowth([small, aRun({ site, calls: calls(60), lastMs: 15_000 })])).toEqual([]);
    expect(brokenGrowth([small, aRun({ site, calls: calls(61), lastMs: 16_000 })])).toEqual([
      '6 to 60 services: calls grew 15.3 times, wanted at most 15',
      '6 to 60 services: time grew 16.0 times, wanted at most 15',
    ]);
  });
});

describe('many tasks', () => {
  const reads = (count: number) => Array.from({ length: count }, () => aCall('DescribeTasks'));
  const deep = (deepest: number) => [{ name: 'ECS cluster read', taken: 1, refused: 0, deepest }];

  function oneService(change: Partial<Run> = {}, verdict = 'act'): Run {
    const ledger = new Ledger();
    const service = nameOf(0);
    ledger.decided({ service, trigger: 'alarm x', verdict, detail: '', version: 1, durationMs: 1 });
    const site = { services: 1, tasksPerService: 5_000 };
    return aRun({ site, ledger, calls: reads(152), buckets: deep(50), ...change });
  }

  test('are promised three reads for a hundred of them, and two', () => {
    expect(fleetCallsMax(100)).toBe(5);
    expect(fleetCallsMax(5_000)).toBe(152);
    expect(brokenByTasks(oneService())).toEqual([]);
  });

  test.each<[string, Run]>([
    ['calls of ECS reads: got 153, wanted at most 152', oneService({ calls: reads(153) })],
    [
      'tokens taken out of the bucket at once: got 51, wanted at most 50',
      oneService({ buckets: deep(51) }),
    ],
    ['verdict: got hold, wanted act', oneService({}, 'hold')],
  ])('are told of: %s', (problem, run) => {
    expect(brokenByTasks(run)).toEqual([`5000 tasks: ${problem}`]);
  });

  test('may find the bucket as deep as others have left it', () => {
    expect(brokenByTasks(oneService({ buckets: deep(99), isAlone: false }))).toEqual([]);
  });
});
