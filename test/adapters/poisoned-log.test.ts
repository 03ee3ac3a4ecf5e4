/** What a task prints is about that task alone, whatever it says, and reaches people without its secrets. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countLine, type Tallies, toTasks } from '../../functions/adapters/aws/log-tally.ts';
import { aService, taskId } from '../core/builders.ts';

const service = aService();
const [liar, victim] = [taskId(1), taskId(2)];
const stream = (task: string): string => `app/app/${task}`;

function countedFrom(message: string): Tallies {
  const tallies: Tallies = new Map();
  countLine(tallies, { logStreamName: stream(liar), message }, service, 'status');
  return tallies;
}

describe('a poisoned log line', () => {
  test('accuses nobody but the task that wrote it, by whatever field', () => {
    const names = ['taskId', 'task', 'logStreamName', '@logStream', 'logStream', 'stream', 'id'];
    fc.assert(
      fc.property(fc.subarray(names), fc.constantFrom(victim, stream(victim)), (fields, named) => {
        const line = Object.fromEntries(fields.map((field) => [field, named]));
        const tallies = countedFrom(JSON.stringify({ ...line, status: 500, msg: named }));

        expect([...tallies.keys()]).toEqual([liar]);
      }),
    );
  });

  test('is one line: one that holds others inside counts once', () => {
    const inner = JSON.stringify({ status: 500 });
    const tallies = countedFrom(JSON.stringify({ status: 500, msg: `${inner}\n${inner}` }));

    expect(tallies.get(liar)).toMatchObject({ requests: 1, errors: 1 });
  });

  test('two lines in one event are none: nobody can be counted twice by one event', () => {
    const line = JSON.stringify({ status: 500 });

    expect(countedFrom(`${line}\n${line}`).size).toBe(0);
  });

  test('shows no secret that it holds', () => {
    const tallies = countedFrom(JSON.stringify({ status: 500, msg: 'password=hunter2-hunter2' }));

    expect(JSON.stringify(toTasks(tallies))).not.toContain('hunter2');
  });
});
