/** What is said of tasks that cannot start, where AWS says less than usual, and since when it counts. */
import { describe, expect, test } from 'vitest';
import { network } from '../../functions/core/cause-start.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { NOW, type Scene } from './builders.ts';
import { aFailedStart, anExit, cause, event, failedStarts, inputOf } from './cause-scenes.ts';

const OTHER = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-Ab12Cd';
const MISSING = 'CannotPullContainerError: shop/checkout: not found';

describe('the sentence', () => {
  test.each([
    ['CannotPullContainerError: manifest unknown', 'the image is not in its registry'],
    [
      'CannotPullContainerError: reading image shop/checkout:1: unexpected status code 429',
      'the registry of image shop/checkout:1 refuses more pulls for now (429)',
    ],
    [
      'CannotPullContainerError: Get "http://registry.internal:5000/v2/": i/o timeout',
      "the registry (registry.internal) cannot be reached from the task's network",
    ],
    [
      'CannotPullContainerError: dial tcp: lookup registry.internal: i/o timeout',
      "the registry (registry.internal) cannot be reached from the task's network",
    ],
    [
      `${OTHER}unable to retrieve ecr registry auth: i/o timeout`,
      "the registry cannot be reached from the task's network",
    ],
    [
      `${OTHER}unable to retrieve secret from asm: failed to fetch secret ${ARN}: context deadline exceeded`,
      "the store of the secret cannot be reached from the task's network",
    ],
    [
      `${OTHER}unable to retrieve secrets from ssm: context deadline exceeded`,
      "the store of the secret cannot be reached from the task's network",
    ],
    [
      `ResourceInitializationError: failed to fetch secret ${ARN}: AccessDeniedException`,
      'the execution role may not read secret shop/db-Ab12Cd',
    ],
    [
      'ResourceInitializationError: failed to fetch secret: AccessDeniedException',
      'the execution role may not read a secret of the task',
    ],
  ])('%s', (reason, words) => {
    expect(cause(failedStarts(reason))?.sentence).toBe(
      `2 tasks of checkout-api:42 could not start: ${words}.`,
    );
  });

  test.each([401, 403, 404])('is not that of the network when somebody answered %d', (status) => {
    const answered = `CannotPullContainerError: httpReaderSeeker: failed open: status ${status} from x`;

    expect(network(inputOf(failedStarts(answered)))).toBeUndefined();
  });

  test('is read from what is said of the container, too', () => {
    const stopped = [
      { ...aFailedStart(11, 1, 'Task failed to start'), containerReason: MISSING },
      aFailedStart(12, 2, MISSING),
    ];

    expect(cause({ ...failedStarts(''), stopped })).toMatchObject({
      code: 'image-missing',
      evidence: [
        expect.stringMatching(/^CannotPull.* not found$/),
        expect.stringMatching(/^Task failed to start CannotPull.* not found$/),
      ],
    });
  });

  test('of one start stands beside tasks that did start and ended', () => {
    const stopped = [aFailedStart(11, 1, MISSING), ...[12, 13, 14].map((n) => anExit(n, 1, 1))];

    expect(cause({ ...failedStarts(''), stopped })?.sentence).toMatch(/^1 task .* could not start/);
  });
});

describe('what the scheduler says', () => {
  const said = event(`was unable to place a task. Reason: ${MISSING}`, 3);
  const steady = event('has reached a steady state.', 2);
  const scene = (
    deployments: NonNullable<Scene['service']>['deployments'],
    at = said.at,
  ): Scene => ({
    ...failedStarts(''),
    stopped: [],
    service: {
      desired: 4,
      running: 2,
      pending: 1,
      events: [steady, { ...said, at }],
      ...(deployments === undefined ? {} : { deployments }),
    },
  });
  const active = { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: 'checkout-api:41' };
  const primary = (minutesAgo: number) => ({
    id: 'ecs-svc/2',
    status: 'PRIMARY',
    taskDefinition: 'checkout-api:42',
    createdAt: earlier(NOW, minutes(minutesAgo)),
  });

  test.each([
    ['by any deployment', scene(undefined)],
    ['where there are no deployments', scene([])],
    ['since the newest deployment began', scene([active, primary(4)])],
  ])('counts %s', (_name, one) => {
    expect(cause(one)).toMatchObject({
      code: 'image-missing',
      evidence: [expect.stringMatching(/^CannotPull.* not found$/)],
    });
  });

  test.each([
    ['before the newest deployment began', scene([active, primary(2)])],
    ['in the instant in which it began', scene([active, primary(3)])],
    ['before the window', scene(undefined, earlier(NOW, minutes(20)))],
  ])('does not count %s', (_name, one) => {
    expect(cause(one)).toBeUndefined();
  });
});
