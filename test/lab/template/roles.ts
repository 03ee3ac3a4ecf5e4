/** The role of a function: who may assume it, and every policy that it has. */
import * as v from 'valibot';
import type { RoleSpec } from '../healer/deployment.ts';
import { type Resolver, wrong } from './intrinsics.ts';
import { readProperties } from './properties.ts';
import { referredBy, resourcesOf, type Template } from './template.ts';

const texts = v.union([v.string(), v.array(v.string())]);
export const DOCUMENT = v.strictObject({
  Version: v.exactOptional(v.string()),
  Statement: v.array(
    v.strictObject({
      Sid: v.exactOptional(v.string()),
      Effect: v.picklist(['Allow', 'Deny']),
      Principal: v.exactOptional(v.unknown()),
      Action: texts,
      Resource: v.exactOptional(texts),
      Condition: v.exactOptional(v.record(v.string(), v.record(v.string(), v.unknown()))),
    }),
  ),
});

const ROLE = {
  AssumeRolePolicyDocument: DOCUMENT,
  Policies: v.exactOptional(v.array(v.looseObject({ PolicyDocument: DOCUMENT })), []),
};
const POLICY = { PolicyDocument: DOCUMENT, Roles: v.exactOptional(v.array(v.string()), []) };

/** @throws DeploymentError when the role, or a policy of it, is not in the template. */
export function readRole(
  template: Template,
  resolver: Resolver,
  functionId: string,
  value: unknown,
): RoleSpec {
  const id = referredBy(value) ?? '';
  const role = template.resources[id];
  if (role?.Type !== 'AWS::IAM::Role') {
    throw wrong(`${functionId}.Role`, value, 'a role of the template');
  }
  const managed = (role.Properties?.['ManagedPolicyArns'] ?? []) as readonly unknown[];
  const attached = managed.map((each) => {
    const policy = referredBy(each) ?? '';
    if (template.resources[policy]?.Type === 'AWS::IAM::ManagedPolicy') return policy;
    throw wrong(`${id}.ManagedPolicyArns`, each, 'a policy of the template');
  });
  const own = readProperties(resolver, [id, role], ROLE, ['ManagedPolicyArns']);
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    resourcesOf(template, type).filter(
      ([name, { Properties = {} }]) =>
        attached.includes(name) ||
        ((Properties['Roles'] ?? []) as readonly unknown[]).some((each) => referredBy(each) === id),
    ),
  );
  const names = ['PolicyName', 'ManagedPolicyName', 'Path'];
  return {
    arn: resolver.attribute(id, 'Arn', `${functionId}.Role`),
    trust: own.AssumeRolePolicyDocument,
    documents: [
      ...own.Policies.map(({ PolicyDocument: document }) => document),
      ...policies.map((each) => readProperties(resolver, each, POLICY, names).PolicyDocument),
    ],
  };
}
