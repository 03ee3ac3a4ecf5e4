import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STACK = 'EcsSelfHealing.template.json';

/** Runs the app as the CLI does: by the command of `cdk.json`, with context in the environment. */
function run(folder: string, context: Record<string, unknown>): { status: number; stderr: string } {
  const text = readFileSync(path.join(ROOT, 'cdk.json'), 'utf8');
  const { app, context: flags } = JSON.parse(text) as { app: string; context: object };
  const [command, ...args] = app.split(' ');
  const { status, stderr } = spawnSync(command === 'node' ? process.execPath : '', args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }),
    },
  });
  return { status: status ?? -1, stderr };
}

describe('the app', { timeout: 60_000 }, () => {
  test('writes one stack, so that a plain cdk deploy knows which', async () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), 'app-'));
    await bundle();

    expect(run(folder.path, {})).toEqual({ status: 0, stderr: '' });

    const manifest = readFileSync(path.join(folder.path, 'manifest.json'), 'utf8');
    const { artifacts } = JSON.parse(manifest) as { artifacts: Record<string, { type: string }> };
    const stacks = Object.values(artifacts).filter(
      ({ type }) => type === 'aws:cloudformation:stack',
    );
    expect(stacks).toHaveLength(1);
  });

  test('fails with what is wrong with the context, and nothing else', () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), 'app-'));

    const { status, stderr } = run(folder.path, { egress: 'none' });

    expect(status).toBe(1);
    expect(stderr).toBe('context is invalid: egress: got "none", wanted one of nat, endpoints\n');
    expect(existsSync(path.join(folder.path, STACK))).toBe(false);
  });
});
