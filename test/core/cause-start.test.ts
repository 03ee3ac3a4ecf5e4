/** Causes that keep a task from starting, in the words that AWS writes. */
import { describe, expect, test } from 'vitest';
import { imageMissing } from '../../functions/core/cause-start.ts';
import { earlier, seconds } from '../../functions/core/time.ts';
import { aTarget, aTask, NOW, traffic } from './builders.ts';
import {
  aFailedStart,
  cause,
  event,
  failedStarts,
  IMAGE,
  inputOf,
  NOT_FOUND,
} from './cause-scenes.ts';

const ECR_TIMEOUT =
  'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull ' +
  'registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. ' +
  'Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded ' +
  'maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request ' +
  'send failed, Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 203.0.113.23:443: ' +
  'i/o timeout';
const ASM_TIMEOUT =
  'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ' +
  'secret from asm: There is a connection issue between the task and AWS Secrets Manager. ' +
  'Check your task network configuration. failed to fetch secret ' +
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-Ab12Cd from secrets manager: ' +
  'RequestCanceled: request context canceled caused by: context deadline exceeded';
const ASM_DENIED =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource ' +
  'retrieval failed: unable to retrieve secret from asm: service call has been retried 1 ' +
  'time(s): failed to fetch secret ' +
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-Ab12Cd from secrets manager: ' +
  'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/0123 is not ' +
  'authorized to perform: secretsmanager:GetSecretValue on resource';
const ASM_MISSING =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource ' +
  'retrieval failed: unable to retrieve secret from asm: service call has been retried 1 ' +
  'time(s): failed to fetch secret ' +
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-Ab12Cd from secrets manager: ' +
  'ResourceNotFoundException: Secrets Manager can’t find the specified secret.';

describe('a task that cannot start is explained', () => {
  test.each([
    [
      'image-missing',
      NOT_FOUND,
      `2 tasks of checkout-api:42 could not start: image ${IMAGE} is not in its registry.`,
    ],
    [
      'image-missing',
      `CannotPullContainerError: Error response from daemon: manifest for ${IMAGE} not found: ` +
        'manifest unknown: Requested image not found',
      `image ${IMAGE} is not in its registry`,
    ],
    [
      'image-missing',
      'CannotPullContainerError: pull access denied for shop/checkout, repository does not ' +
        'exist or may require authorization: server message: insufficient_scope: authorization ' +
        'failed',
      'image shop/checkout does not exist, or asks for a login',
    ],
    [
      'image-rate-limit',
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to ' +
        'resolve ref docker.io/library/nginx:1.27: failed to copy: httpReadSeeker: failed open: ' +
        'unexpected status code https://registry.example.com/v2/library/nginx/manifests/1.27: ' +
        '429 Too Many Requests - Server message: toomanyrequests: You have reached your pull ' +
        'rate limit.',
      'the registry of image docker.io/library/nginx:1.27 refuses more pulls for now (429)',
    ],
    [
      'network',
      ECR_TIMEOUT,
      "Amazon ECR (api.ecr.eu-west-1.amazonaws.com) cannot be reached from the task's network",
    ],
    ['network', ASM_TIMEOUT, "AWS Secrets Manager cannot be reached from the task's network"],
    [
      'network',
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: ' +
        'httpReaderSeeker: failed open: failed to do request: Get ' +
        '"https://prod-eu-west-1-layers.s3.eu-west-1.amazonaws.com/x?X-Amz-Security-Token=IQoJb3JpZ2lu": ' +
        'dial tcp 52.1.2.3:443: i/o timeout',
      'prod-eu-west-1-layers',
    ],
    [
      'secret-forbidden',
      ASM_DENIED,
      'the execution role may not read secret shop/db-Ab12Cd (secretsmanager:GetSecretValue)',
    ],
    ['secret-forbidden', ASM_MISSING, 'secret shop/db-Ab12Cd does not exist'],
    [
      'secret-forbidden',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution ' +
        'resource retrieval failed: unable to retrieve secrets from ssm: service call has been ' +
        'retried 1 time(s): AccessDeniedException: User: ' +
        'arn:aws:sts::123456789012:assumed-role/exec/0123 is not authorized to perform: ' +
        'ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/shop/db ' +
        'because no identity-based policy allows it',
      'may not read parameter /shop/db (ssm:GetParameters)',
    ],
    [
      'secret-forbidden',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution ' +
        'resource retrieval failed: unable to retrieve ecr registry auth: service call has been ' +
        'retried 3 time(s): AccessDeniedException: User is not authorized to perform: ' +
        'ecr:GetAuthorizationToken on resource: *',
      "may not read the registry's login (ecr:GetAuthorizationToken)",
    ],
  ])('%s: %s', (code, reason, sentence) => {
    const named = cause(failedStarts(reason));

    expect(named).toMatchObject({ code, sentence: expect.stringContaining(sentence) });
    expect(named?.evidence).toHaveLength(1);
    expect(named?.evidence[0]?.length).toBeLessThanOrEqual(200);
    expect(named?.fix).toMatch(/\.$/);
  });

  test('the quotation shows the words that decide, however far back they stand, and no signature', () => {
    expect(cause(failedStarts(ASM_DENIED))?.evidence[0]).toContain('AccessDeniedException');
    expect(cause(failedStarts(ECR_TIMEOUT))?.evidence[0]).toContain('connection issue');
    const signed = `${NOT_FOUND} https://x.s3.amazonaws.com/y?X-Amz-Signature=0a1b2c3d`;
    expect(JSON.stringify(cause(failedStarts(signed)))).not.toContain('0a1b2c3d');
  });

  test('by an event alone, when ECS shows no task for it', () => {
    const { stopped: _none, ...scene } = failedStarts('');
    const events = [event(`was unable to place a task. Reason: ${NOT_FOUND}`)];

    expect(cause({ ...scene, service: { ...scene.service, events } })).toMatchObject({
      code: 'image-missing',
      sentence: `Tasks could not start: image ${IMAGE} is not in its registry.`,
    });
  });
});

describe('a start that failed for another reason stays unnamed', () => {
  test.each([
    [
      'another architecture',
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): image ' +
        "Manifest does not contain descriptor matching platform 'linux/amd64'",
    ],
    [
      'a full disk',
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer: no space left on device',
    ],
    [
      'a tag that is a number',
      'CannotPullContainerError: failed to resolve ref shop/checkout:429: unexpected status',
    ],
    [
      'a bucket that refuses',
      'CannotPullContainerError: httpReaderSeeker: failed open: unexpected status code ' +
        'https://b.s3.amazonaws.com/x: 403 Forbidden',
    ],
    [
      'a file system',
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: command failed',
    ],
    [
      'a log driver',
      'ResourceInitializationError: failed to validate logger args: create stream has been ' +
        'retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The ' +
        'specified log group does not exist.',
    ],
    ['words in an order of their own', 'not found: i/o timeout AccessDeniedException secret'],
    ['nothing', ''],
  ])('%s', (_name, reason) => {
    expect(cause(failedStarts(reason))).toBeUndefined();
  });

  test('because the same revision came up since', () => {
    const scene = failedStarts(NOT_FOUND);
    const tasks = [1, 2].map((n) => aTask(n, { startedAt: earlier(NOW, seconds(30)) }));

    expect(cause({ ...scene, tasks })).toBeUndefined();
  });

  test('because a deployment that was rolled back left it behind', () => {
    const deployment = {
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      taskDefinition: 'checkout-api:43',
    };
    const deployments = [
      { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition: 'checkout-api:42' },
      { id: 'ecs-svc/1', ...deployment },
    ];
    const { service, ...scene } = failedStarts('');
    const stopped = [11, 12].map((n) => ({
      ...aFailedStart(n, 1, NOT_FOUND),
      revision: 'checkout-api:43',
    }));

    expect(cause({ ...scene, service: { ...service, deployments }, stopped })).toBeUndefined();
  });

  test('because a task came up after the event', () => {
    const { stopped: _none, ...scene } = failedStarts('');
    const events = [event(`was unable to place a task. Reason: ${NOT_FOUND}`)];
    const tasks = [aTask(1), aTask(2, { startedAt: earlier(NOW, seconds(30)) })];

    expect(cause({ ...scene, tasks, service: { ...scene.service, events } })).toBeUndefined();
  });

  test('because no task is missing', () => {
    const scene = failedStarts(NOT_FOUND);

    expect(imageMissing(inputOf({ ...scene, service: { desired: 2 } }))).toBeUndefined();
  });

  test('because it is long ago', () => {
    const stopped = [aFailedStart(11, 20, NOT_FOUND)];

    expect(cause({ ...failedStarts(''), stopped })).toBeUndefined();
  });

  test('because its revision is no longer wanted', () => {
    const stopped = [11, 12].map((n) => ({
      ...aFailedStart(n, 1, NOT_FOUND),
      revision: 'checkout-api:43',
    }));

    expect(cause({ ...failedStarts(''), stopped })).toBeUndefined();
  });

  test('because most of the others failed otherwise', () => {
    const stopped = [
      aFailedStart(11, 1, NOT_FOUND),
      aFailedStart(12, 2, 'CannotStartContainerError: x'),
      aFailedStart(13, 3, 'CannotStartContainerError: x'),
    ];
    const tasks = [aTask(1)];

    expect(
      cause({
        ...failedStarts(''),
        tasks,
        targets: [aTarget(1)],
        traffic: [traffic(1, 9, 0)],
        stopped,
      }),
    ).toBeUndefined();
  });
});
