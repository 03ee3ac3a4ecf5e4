/** The command as a process: what only the shell sees. */
import { describe, expect, test } from 'vitest';
import { run } from '../drill/spawned.ts';

const HEAL = '../functions/cli/heal.ts';

describe.concurrent('the command', () => {
  test('keeps its words apart from its data, and ends with the code', async () => {
    await using heal = run(HEAL, 'status');

    expect(await heal.exited).toMatchObject({ exitCode: 2 });
    expect(heal.stdout).toEqual([]);
    expect(heal.stderr[0]).toContain('error: command is invalid: --table');
  });

  test('hands a backtest on', async () => {
    await using heal = run(HEAL, 'backtest', 'LICENSE');

    expect(await heal.exited).toMatchObject({ exitCode: 2 });
    expect(heal.stderr.join('\n')).toContain('LICENSE: no recorded decision');
  });

  test('asks nobody where nobody sits, and does nothing then', async () => {
    const args = ['--function', 'remediate', '--why', 'it is ill', '--region', 'eu-west-1'];
    await using heal = run(HEAL, 'stop-one', 'shop-prod/checkout-api', ...args);

    expect(await heal.exited).toMatchObject({ exitCode: 2 });
    expect(heal.stderr[0]).toContain('error: --yes: got nothing, wanted it');
  });
});
