/** The CDK app: a guarded service, by the choices of the context (`-c key=value` or `cdk.json`). */
import { App } from 'aws-cdk-lib';
import { HealerError } from '../functions/core/errors.ts';
import { APP_STACK, DELIVERY_STACK } from './delivery/names.ts';
import { DeliveryStack } from './stacks/delivery-stack.ts';
import { GuardedStack } from './stacks/guarded-stack.ts';
import { parseSettings } from './stacks/settings.ts';

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(
  context: Record<string, unknown> = {},
  outdir?: string,
): {
  readonly app: App;
  readonly stack: GuardedStack;
  /** Only where the context says who delivers: without it a plain `cdk deploy` knows its stack. */
  readonly delivery: DeliveryStack | undefined;
} {
  // The CLI says where to write; only others need to.
  const app = new App(outdir === undefined ? { context } : { context, outdir });
  const settings = parseSettings(app.node.getAllContext() as Record<string, unknown>);
  const description = 'A Fargate service, and what finds and stops its one ill task';
  const stack = new GuardedStack(app, APP_STACK, { settings, description });
  const { pipeline, githubRepository } = settings.delivery;
  if (pipeline === undefined && githubRepository === undefined) {
    return { app, stack, delivery: undefined };
  }
  const delivery = new DeliveryStack(app, DELIVERY_STACK, {
    settings,
    app: stack,
    description: 'Delivers the service and what guards it',
  });
  return { app, stack, delivery };
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
