/** What a deployment of the stacks says, as the CDK CLI and CloudFormation write it. */
import { Problems } from '../../functions/core/problems.ts';
import { APP_STACK, DELIVERY_STACK, REPOSITORY_OUTPUT, SERVICE_OUTPUTS } from './names.ts';

export interface Release {
  /** The service's name without what CloudFormation leaves out. */
  readonly service: string;
  /** ARN with the revision that is to run. */
  readonly taskDefinition: string;
  readonly application: string;
  readonly group: string;
}

const TASK_DEFINITION = /^arn:[\w-]+:ecs:[\w-]+:\d{12}:task-definition\/[\w-]+:\d+$/;
const REPOSITORY = /^\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9][a-z0-9._/-]*$/;

/**
 * Reads what `cdk deploy --outputs-file` wrote.
 *
 * @returns the services that CodeDeploy deploys, the innermost tier first; none where
 * CloudFormation itself brings a new revision into service.
 * @throws {config.invalid} naming each output with what it got and what is wanted.
 */
export function readReleases(file: unknown): readonly Release[] {
  const problems = new Problems();
  const outputs = problems.object('outputs', file, [APP_STACK])[APP_STACK];
  const { taskDefinition, application, group } = SERVICE_OUTPUTS;
  const read = problems.object(APP_STACK, outputs, Object.keys(outputs ?? {}));
  const services = Object.keys(read)
    .filter((key) => key.endsWith(taskDefinition))
    .map((key) => key.slice(0, -taskDefinition.length));
  if (services.length === 0) {
    problems.add(APP_STACK, Object.keys(read), `an output <service>${taskDefinition}`);
  }
  const text = (key: string) => problems.string(`${APP_STACK}.${key}`, read[key]);
  const releases = services
    .filter((service) => `${service}${application}` in read || `${service}${group}` in read)
    .map((service) => ({
      service,
      taskDefinition: text(`${service}${taskDefinition}`),
      application: text(`${service}${application}`),
      group: text(`${service}${group}`),
    }));
  for (const { service, taskDefinition: arn } of releases) {
    if (TASK_DEFINITION.test(arn)) continue;
    problems.add(`${APP_STACK}.${service}${taskDefinition}`, arn, 'an ARN with a revision');
  }
  problems.throwIfAny('outputs');
  return releases;
}

/**
 * Reads the answer of `aws cloudformation describe-stacks` about the delivery stack.
 *
 * @returns the URI of the repository, without a tag.
 * @throws {config.invalid} when the stack has no such output.
 */
export function readRepository(answer: unknown): string {
  const problems = new Problems();
  const { Stacks: stacks } = (answer ?? {}) as { Stacks?: readonly Stack[] };
  const outputs = stacks?.[0]?.Outputs ?? [];
  const uri = outputs.find(({ OutputKey: key }) => key === REPOSITORY_OUTPUT)?.OutputValue;
  if (uri === undefined || !REPOSITORY.test(uri)) {
    const wanted = `the URI of a repository; deploy ${DELIVERY_STACK} once by hand`;
    problems.add(`${DELIVERY_STACK}.${REPOSITORY_OUTPUT}`, uri, wanted);
  }
  problems.throwIfAny('outputs');
  return uri ?? '';
}

interface Stack {
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}
