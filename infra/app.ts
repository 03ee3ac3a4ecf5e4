/** The CDK app: a guarded service, by the choices of the context (`-c key=value` or `cdk.json`). */
import { App } from 'aws-cdk-lib';
import { HealerError } from '../functions/core/errors.ts';
import { GuardedStack } from './stacks/guarded-stack.ts';
import { parseSettings } from './stacks/settings.ts';

const STACK = 'EcsSelfHealing';

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(
  context: Record<string, unknown> = {},
  outdir?: string,
): { readonly app: App; readonly stack: GuardedStack } {
  // The CLI says where to write; only others need to.
  const app = new App(outdir === undefined ? { context } : { context, outdir });
  const settings = parseSettings(app.node.getAllContext() as Record<string, unknown>);
  const description = 'A Fargate service, and what finds and stops its one ill task';
  const stack = new GuardedStack(app, STACK, { settings, description });
  return { app, stack };
}

if (import.meta.main) {
  try {
    makeApp().app.synth();
  } catch (error) {
    if (!(error instanceof HealerError)) throw error;
    // What is wrong with the context needs no stack trace.
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
