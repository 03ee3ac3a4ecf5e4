/**
 * The environment variables of an execution environment: what Lambda sets, and the function's own.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';

/** Lambda refuses a function that configures one of these. */
const RESERVED = new RegExp(
  `^(${[
    '_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV',
    'AWS_LAMBDA_(FUNCTION_.*|LOG_.*_NAME|RUNTIME_API|INITIALIZATION_TYPE)',
    'AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN',
    'LAMBDA_(TASK_ROOT|RUNTIME_DIR)',
  ].join('|')})$`,
);

export interface FunctionIdentity {
  readonly name: string;
  /** Absolute path of the bundle. */
  readonly handlerFile: string;
  readonly handlerExport: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly region: string;
  /** Signs the function's AWS calls, so it says who calls. */
  readonly accessKeyId: string;
}

/** @throws when the function configures a name that Lambda keeps for itself. */
export function assertConfigurable(environment: Readonly<Record<string, string>>): void {
  const refused = Object.keys(environment).filter((name) => RESERVED.test(name));
  if (refused.length > 0) {
    throw new Error(`Lambda reserves these environment variables: ${refused.join(', ')}`);
  }
}

/** All variables of one new environment; each gets a log stream of its own. */
export function environmentVariables(identity: FunctionIdentity): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const module = path.basename(identity.handlerFile, path.extname(identity.handlerFile));
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...identity.environment,
    _HANDLER: `${module}.${identity.handlerExport}`,
    LAMBDA_TASK_ROOT: path.dirname(identity.handlerFile),
    AWS_LAMBDA_FUNCTION_NAME: identity.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(identity.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${identity.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'lab-secret-access-key',
    AWS_SESSION_TOKEN: 'lab-session-token',
  };
}
