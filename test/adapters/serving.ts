/** A gateway over a few made-up services for one test, and the settings of a client of it. */
import { onTestFinished } from 'vitest';
import { isHealerError } from '../../functions/core/errors.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import type { AwsService } from '../lab/gateway/operation.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';

/** Closed when the test is over. @returns settings for any SDK client, without retries. */
export async function serve(services: readonly AwsService[]) {
  const gateway = await startGateway({
    events: new LabEvents(),
    services,
    region: REGION,
    accountId: ACCOUNT,
  });
  onTestFinished(() => gateway.close());
  return { ...clientConfig(gateway.url, REGION, 'LABTEST'), maxAttempts: 1 };
}

/** @returns the code of the error that the reading ends with, or `read`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'read',
    (error: unknown) => (isHealerError(error) ? error.code : String(error)),
  );
}
