/** Releases of a service, good and bad ones, as task definitions. */
import type { Revision } from '../../drill/definition.ts';
import type { TaskDefinitionSpec } from '../ecs/model.ts';

/** The good release, changed as a revision says. `image` is what its image will be called. */
export function taskDefinitionOf(
  good: TaskDefinitionSpec,
  revision: Revision,
  image: string,
): TaskDefinitionSpec {
  const { fault, host, port, startupSeconds, without = [], startFailure } = revision;
  const env = {
    ...good.env,
    ...(host === undefined ? {} : { HOST: host }),
    ...(port === undefined ? {} : { PORT: String(port) }),
  };
  return {
    ...good,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !without.includes(name))),
    ...(fault === undefined ? {} : { fault }),
    ...(startupSeconds === undefined ? {} : { startupSeconds }),
    ...(startFailure === undefined
      ? {}
      : { startFailure: { stoppedReason: START_FAILURES[startFailure](image) } }),
  };
}

const PULL = 'CannotPullContainerError: pull image manifest has been retried';
const INIT = 'ResourceInitializationError: unable to pull secrets or registry auth:';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/checkout-db-Ab12Cd';
const ROLE = 'arn:aws:sts::123456789012:assumed-role/checkout-api-execution/5e8f1a2b3c4d4e5f';

const START_FAILURES: Readonly<
  Record<NonNullable<Revision['startFailure']>, (image: string) => string>
> = {
  'image-missing': (image) =>
    `${PULL} 7 time(s): failed to resolve ref ${image}: ${image}: not found`,
  'image-rate-limit': (image) =>
    `${PULL} 7 time(s): failed to resolve ref ${image}: unexpected status from HEAD request: ` +
    '429 Too Many Requests - Server message: toomanyrequests: ' +
    'You have reached your pull rate limit',
  network: () =>
    `${INIT} The task cannot pull registry auth from Amazon ECR: There is a connection issue ` +
    'between the task and Amazon ECR. Check your task network configuration. ' +
    'operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, ' +
    'https response error ' +
    'StatusCode: 0, RequestID: , request send failed, Post ' +
    '"https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 203.0.113.23:443: i/o timeout',
  'secret-forbidden': () =>
    `${INIT} execution resource retrieval failed: unable to retrieve secret from asm: ` +
    'service call has been retried 1 time(s): ' +
    `failed to fetch secret ${SECRET} from secrets manager: ` +
    `AccessDeniedException: User: ${ROLE} is not authorized to perform: ` +
    `secretsmanager:GetSecretValue on resource: ${SECRET} because no identity-based policy ` +
    'allows the secretsmanager:GetSecretValue action',
};
