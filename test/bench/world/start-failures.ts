/** What ECS says about a task that never reached RUNNING. */
import type { Revision } from '../../drill/definition.ts';
import { ACCOUNT, REGION } from '../../lab/names.ts';

type StartFailure = NonNullable<Revision['startFailure']>;

const SECRETS = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:db`;

export const START_FAILURES: Readonly<Record<StartFailure, (revision: string) => string>> = {
  'image-missing': (revision) =>
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): ' +
    `failed to resolve ref ${revision}: ${revision}: not found`,
  'image-rate-limit': (revision) =>
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to copy: ' +
    `httpReadSeeker: failed open: unexpected status code ${revision}: 429 Too Many Requests - ` +
    'Server message: toomanyrequests: You have reached your pull rate limit',
  network: () =>
    'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull ' +
    'registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. ' +
    'Check your task network configuration. dial tcp 10.0.0.1:443: i/o timeout',
  'secret-forbidden': () =>
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource ' +
    'retrieval failed: unable to retrieve secret from asm: service call has been retried 1 ' +
    `time(s): failed to fetch secret ${SECRETS} from secrets manager: AccessDeniedException`,
};
