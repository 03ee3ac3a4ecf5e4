/**
 * What configures the healer: parameters of the guarded services, limits over all of them, secrets.
 *
 * Here alone values are changed, not only names: AWS's periods are divided by the lab's factor, a
 * scenario lays its policy over that of the template, and what the site does not have is left out.
 */
import * as v from 'valibot';
import {
  accountLimitOverrides,
  compressAccountLimits,
  parseAccountLimits,
} from '../../../functions/core/account-limits.ts';
import { HealerError } from '../../../functions/core/errors.ts';
import {
  compressPolicy,
  type PolicyOverrides,
  parsePolicy,
  policyOverrides,
} from '../../../functions/core/policy.ts';
import type { Deployment, FunctionSpec, SecretSpec } from '../healer/deployment.ts';
import { DeploymentError } from '../healer/deployment-error.ts';
import { ACCOUNT, CLUSTER, REGION } from '../names.ts';
import { secretArn } from '../parameters/secrets-service.ts';
import type { Counterparts } from './counterparts.ts';
import type { Resolver } from './intrinsics.ts';
import { readProperties } from './properties.ts';
import { resourcesOf, type Template } from './template.ts';

export interface Compression {
  readonly factor: number;
  /** What a scenario changes of the policy of every service. */
  readonly policy: PolicyOverrides;
}

const PARAMETER = { Name: v.string(), Type: v.literal('String'), Value: v.string() };

export function readParameters(
  template: Template,
  resolver: Resolver,
  counterparts: Counterparts,
  compression: Compression,
): Deployment['parameters'] {
  return resourcesOf(template, 'AWS::SSM::Parameter').flatMap((each) => {
    const { Name: name, Value: value } = readProperties(resolver, each, PARAMETER, ['Tier']);
    const entries = parsed(value);
    // What is no list of services is for the healer to refuse.
    if (!Array.isArray(entries)) return [{ name, value }];
    const here = compressed(each[0], () =>
      entries.flatMap((entry) => translate(entry, counterparts, compression)),
    );
    return here.length === 0 ? [] : [{ name, value: JSON.stringify(here) }];
  });
}

/** An entry of a guarded service. */
const ENTRY = v.looseObject({
  service: v.string(),
  alarms: v.array(v.string()),
  targetGroups: v.exactOptional(v.array(v.string()), []),
  dependsOn: v.exactOptional(v.array(v.string())),
  policy: v.exactOptional(v.unknown(), {}),
});

function translate(
  value: unknown,
  { tiers, absent }: Counterparts,
  { factor, policy }: Compression,
): readonly unknown[] {
  const read = v.safeParse(ENTRY, value);
  if (!read.success) return [value];
  const { dependsOn, ...entry } = read.output;
  if (!tiers.includes(entry.service)) return [];
  const behind = dependsOn?.filter((id) => tiers.some((tier) => id === `${CLUSTER}/${tier}`));
  const laid = parsePolicy({ ...Object(entry.policy), ...policy });
  return [
    {
      ...entry,
      // Both target groups have an alarm of their own in the template, and share one in the lab.
      alarms: [...new Set(entry.alarms)],
      targetGroups: entry.targetGroups.filter((arn) => !absent.has(arn)),
      ...(behind !== undefined && behind.length > 0 && { dependsOn: behind }),
      policy: policyOverrides(compressPolicy(laid, factor)),
    },
  ];
}

const LIMITS = 'ACCOUNT_LIMITS';

/** Compresses the limits over all services where the function has them. */
export function compressLimits(spec: FunctionSpec, factor: number): FunctionSpec {
  const given = spec.environment[LIMITS];
  if (given === undefined) return spec;
  const value = compressed(`${spec.name}.Environment.Variables.${LIMITS}`, () =>
    accountLimitOverrides(compressAccountLimits(parseAccountLimits(JSON.parse(given)), factor)),
  );
  return { ...spec, environment: { ...spec.environment, [LIMITS]: JSON.stringify(value) } };
}

/** By the beginning of the environment variables that name it. */
const HOLDS: Readonly<Record<string, SecretSpec['holds']>> = {
  SLACK_WEBHOOK: 'webhookUrl',
  SLACK_TOKEN: 'botToken',
  SLACK_SIGNING: 'signingSecret',
  DRILL_FAULT: 'drillToken',
};
const KEPT = /^(\w+)_(SECRET_ID|PARAMETER_NAME)$/;

/** What the functions take for given, made by the template or by hand. */
export function readSecrets(
  template: Template,
  functions: readonly FunctionSpec[],
): readonly SecretSpec[] {
  const made = resourcesOf(template, 'AWS::SecretsManager::Secret').map(([id]) => id);
  const named = functions.flatMap(({ environment }) => Object.entries(environment));
  return named.flatMap(([variable, value]): readonly SecretSpec[] => {
    const [, what = '', where] = KEPT.exec(variable) ?? [];
    const holds = HOLDS[what];
    if (holds === undefined) return [];
    if (where === 'PARAMETER_NAME') return [{ in: 'parameter', name: value, holds }];
    // Of one that the template makes a function knows the ARN.
    const own = made.find((id) => value === secretArn(id, REGION, ACCOUNT));
    return [{ in: 'secret', name: own ?? value, holds }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function compressed<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HealerError || error instanceof SyntaxError)) throw error;
    throw new DeploymentError(`${place}: ${error.message}`);
  }
}
