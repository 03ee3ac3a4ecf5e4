/** A task definition that can be registered once more. */
import { Problems } from '../../functions/core/problems.ts';
import { CONTAINER } from '../stacks/task.ts';

/** What ECS adds in its answers, and refuses in a request. */
const ANSWERED_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
];

/**
 * Turns the answer of `DescribeTaskDefinition` into the input of `RegisterTaskDefinition`.
 *
 * @throws {config.invalid} when it has no container of the name that the load balancer asks for.
 */
export function registerable(answer: unknown): Readonly<Record<string, unknown>> {
  const problems = new Problems();
  const { taskDefinition } = (answer ?? {}) as { taskDefinition?: Record<string, unknown> };
  const given = taskDefinition ?? {};
  problems.string('taskDefinition.family', given['family']);
  const containers = (given['containerDefinitions'] ?? []) as readonly { name?: string }[];
  const names = containers.map(({ name }) => name);
  if (!names.includes(CONTAINER)) {
    const path = 'taskDefinition.containerDefinitions';
    problems.add(path, names, `one with the name ${CONTAINER}`);
  }
  problems.throwIfAny('task definition');
  const kept = Object.entries(given).filter(([key]) => !ANSWERED_ONLY.includes(key));
  return Object.fromEntries(kept);
}
