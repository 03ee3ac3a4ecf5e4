import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WIRING } from '../../functions/core/drill/built-in.ts';
import { ID } from './heal-drills.ts';
import { run } from './heal-run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heal-drill-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('an export for FIS', () => {
  async function exported(fault: object, part: object = {}) {
    const file = path.join(folder, 'own.json');
    const step = { do: 'fault', name: 'break it', on: { tasks: [0] }, fault };
    await writeFile(file, JSON.stringify({ ...WIRING, level: 'fault', method: [step], ...part }));
    return run(['drill', 'export', '--fis', '--definition', file, '--service', ID]);
  }

  test.each([
    [{ kind: 'latency', ms: 900 }, 'task-network-latency', { delayMilliseconds: '900' }],
    [{ kind: 'hang', seconds: 300 }, 'task-network-blackhole-port', { duration: 'PT5M' }],
    [{ kind: 'exit', code: 1 }, 'task-kill-process', { signal: 'SIGKILL' }],
    [{ kind: 'grey', errorShare: 0.8 }, 'task-network-packet-loss', { lossPercent: '80' }],
  ])('of %j is %s on one task of the service', async (fault, action, parameters) => {
    const { code, stdout, stderr } = await exported(fault);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      targets: {
        Task: {
          parameters: { cluster: 'shop-prod', service: 'checkout-api' },
          selectionMode: 'COUNT(1)',
        },
      },
      actions: { Fault: { actionId: `aws:ecs:${action}`, parameters, targets: { Tasks: 'Task' } } },
      stopConditions: [{ source: 'none' }],
    });
    expect(stderr).toContain('note: no stop condition');
    expect(stderr.includes('not the same fault')).toBe(fault.kind === 'grey');
  });

  test('has the alarms that end it', async () => {
    const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:all-down';
    const stopConditions = { alarms: ['all-slow', arn] };

    const { stdout } = await exported({ kind: 'exit', code: 1 }, { stopConditions });

    expect(JSON.parse(stdout)).toMatchObject({
      stopConditions: [
        { value: 'arn:aws:cloudwatch:REGION:ACCOUNT:alarm:all-slow' },
        { source: 'aws:cloudwatch:alarm', value: arn },
      ],
    });
  });

  test('of what FIS has no fault for is refused', async () => {
    const { code, stderr } = await exported({ kind: 'leak', seconds: 60 });

    expect(code).toBe(2);
    expect(stderr).toContain('got fault leak, wanted a fault of kind latency');
  });
});
