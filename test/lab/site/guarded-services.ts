/** The site's services as the healer's configuration names them. */
import {
  compressPolicy,
  type PolicyOverrides,
  parsePolicy,
  policyOverrides,
} from '../../../functions/core/policy.ts';
import {
  BACKEND,
  BACKEND_ALARMS,
  BACKEND_ID,
  BACKEND_LOG_GROUP,
  clusterArn,
  GUARDED_ALARMS,
  LOG_GROUP,
  SERVICE,
} from '../names.ts';
import type { Site } from '../site.ts';
import type { TimeFactor } from '../time-factor.ts';

export interface GuardedServiceEntry {
  readonly cluster: string;
  readonly service: string;
  readonly environment: string;
  readonly alarms: readonly string[];
  readonly targetGroups: readonly string[];
  readonly logGroup: string;
  /** Ids of the guarded services that it calls. */
  readonly dependsOn?: readonly string[];
  readonly policy: PolicyOverrides;
}

/** One entry for each tier, the policy's periods compressed. */
export function guardedServices(
  site: Site,
  time: TimeFactor,
  overrides: PolicyOverrides = {},
): readonly GuardedServiceEntry[] {
  const shared = {
    cluster: clusterArn(),
    environment: 'prod',
    policy: policyOverrides(compressPolicy(parsePolicy(overrides), time.factor)),
  };
  const front = {
    ...shared,
    service: SERVICE,
    alarms: GUARDED_ALARMS,
    targetGroups: site.targetGroups(SERVICE).map(({ arn }) => arn),
    logGroup: LOG_GROUP,
  };
  if (site.backend === undefined) return [front];
  const backend = {
    ...shared,
    service: BACKEND,
    alarms: BACKEND_ALARMS,
    targetGroups: site.targetGroups(BACKEND).map(({ arn }) => arn),
    logGroup: BACKEND_LOG_GROUP,
  };
  return [{ ...front, dependsOn: [BACKEND_ID] }, backend];
}
