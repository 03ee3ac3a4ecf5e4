/** What AWS refuses when it deploys, in its words; the lab would be too kind otherwise. */
import {
  type Deployment,
  type FunctionSpec,
  findQueue,
  type MappingSpec,
  type QueueSpec,
} from './deployment.ts';
import { DeploymentError } from './deployment-error.ts';
import { isAllowed } from './policy-document.ts';

const VISIBILITY_SECONDS = 30;
const ENVIRONMENT_BYTES_MAX = 4_096;
/** What a mapping calls on its queue by the function's role. */
const POLLING = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** @throws DeploymentError with what AWS would say of the first resource that it refuses. */
export function refuseAsAws({ functions, mappings, queues }: Deployment): void {
  for (const spec of functions) {
    refuseRole(spec);
    refuseEnvironment(spec);
  }
  for (const mapping of mappings) {
    const spec = findFunction(functions, mapping.functionName);
    const queue = findQueue(queues, mapping.queueArn, `event source mapping of ${spec.name}`);
    refuseMapping(mapping, queue, spec);
  }
}

/** @throws DeploymentError when the function is not deployed. */
export function findFunction(functions: readonly FunctionSpec[], name: string): FunctionSpec {
  const found = functions.find((spec) => spec.name === name);
  if (found === undefined) throw new DeploymentError(`Function not found: ${name}`);
  return found;
}

/** SQS's own default where the queue names none. */
export function visibilityOf({ visibilityTimeoutSeconds }: QueueSpec): number {
  return visibilityTimeoutSeconds ?? VISIBILITY_SECONDS;
}

function refuseMapping(mapping: MappingSpec, queue: QueueSpec, spec: FunctionSpec): void {
  const visibility = visibilityOf(queue);
  if (visibility < spec.timeoutSeconds) {
    throw new DeploymentError(
      `${spec.name}: Invalid request provided: Queue visibility timeout: ${visibility} seconds ` +
        `is less than Function timeout: ${spec.timeoutSeconds} seconds`,
    );
  }
  const missing = POLLING.find((action) => !may(spec, action, mapping.queueArn));
  if (missing !== undefined) throw cannotCall(spec, missing);
}

function refuseRole(spec: FunctionSpec): void {
  const { role, deadLetterArn, name } = spec;
  const assumed = { service: 'lambda.amazonaws.com', action: 'sts:AssumeRole' };
  if (role !== undefined && !isAllowed([role.trust], assumed)) {
    throw new DeploymentError(
      `${name}: The role defined for the function cannot be assumed by Lambda.`,
    );
  }
  if (deadLetterArn !== undefined && !may(spec, 'SendMessage', deadLetterArn)) {
    throw cannotCall(spec, 'SendMessage');
  }
}

function refuseEnvironment({ name, environment }: FunctionSpec): void {
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes <= ENVIRONMENT_BYTES_MAX) return;
  throw new DeploymentError(
    `${name}: Lambda was unable to configure your environment variables because the environment ` +
      `variables you have provided exceeded the 4KB limit (got ${bytes} bytes)`,
  );
}

function may({ role }: FunctionSpec, action: string, resource: string): boolean {
  return role === undefined || isAllowed(role.documents, { action: `sqs:${action}`, resource });
}

function cannotCall({ name }: FunctionSpec, action: string): DeploymentError {
  return new DeploymentError(
    `${name}: The provided execution role does not have permissions to call ${action} on SQS`,
  );
}
