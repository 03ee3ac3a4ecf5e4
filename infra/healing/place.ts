/** What the functions of a healer are made of. */
import { Aws } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { SelfHealingProps } from '../self-healing-props.ts';
import type { Messaging } from './messaging.ts';

export interface HealerPlace {
  readonly props: SelfHealingProps;
  readonly table: ITable;
  readonly messaging: Messaging;
  /** Path of the parameters of the guarded services. */
  readonly servicesPath: string;
  /** Named by messages that are about no service. */
  readonly environment: string;
}

/** Lets a role do something; the name of the statement is its reason. */
export function allow(
  role: Role,
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions: Record<string, unknown> = {},
): void {
  role.addToPolicy(
    new PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions }),
  );
}

/**
 * A key for what a service of AWS does with it in the caller's name, and for nothing else: whoever has the
 * role cannot open what others keep under the same key.
 */
export function onlyVia(service: 'dynamodb' | 'secretsmanager' | 'sns' | 'ssm') {
  const principal = `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  return { StringEquals: { 'kms:ViaService': principal } };
}
