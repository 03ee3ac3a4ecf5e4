/**
 * What the lab's own site stands for. A template describes a whole app; the lab has one service of
 * its own, perhaps another one behind it, and these names of the template mean it:
 *
 * - the cluster of a guarded service: the lab's cluster;
 * - the service called `catalog`: the lab's tier behind; the first other one: the lab's service;
 * - its target groups, the one that it names first and then those that deployments move it to: the
 *   lab's, in the same order;
 * - the log group of its task definition: the lab's;
 * - an alarm of its target groups: the lab's of the same measure. What it is worth, such as its
 *   threshold, stays the lab's own.
 *
 * What the site does not have, such as the second target group where nothing is blue or green, has
 * a name in the template's words that nothing in the lab answers to; `absent` lists the target
 * groups among them.
 */
import { ownAlarmCode } from '../../../functions/core/own-alarm.ts';
import { DeploymentError } from '../healer/deployment-error.ts';
import {
  ACCOUNT,
  BACKEND,
  BACKEND_ERROR_RATE_ALARM,
  BACKEND_HEALTHY_HOSTS_ALARM,
  BACKEND_LOG_GROUP,
  BACKEND_SLOW_ALARM,
  BACKEND_UNHEALTHY_ALARM,
  CLUSTER,
  ERROR_RATE_ALARM,
  HEALTHY_HOSTS_ALARM,
  LOG_GROUP,
  REGION,
  SERVICE,
  SLOW_ALARM,
  UNHEALTHY_ALARM,
} from '../names.ts';
import {
  allReferredBy,
  type Resource,
  referredBy,
  resourcesOf,
  type Template,
} from './template.ts';

/** What the app calls its second tier; its own constant would load all of CDK into every drill. */
const CATALOG = 'catalog';

type TierName = typeof SERVICE | typeof BACKEND;

/** ARNs of the site's target groups, by tier; a tier that the site has not is absent. */
export type SiteGroups = Readonly<Partial<Record<TierName, readonly string[]>>>;

interface Guarded {
  readonly id: string;
  /** Absent for a service that the site has no counterpart of. */
  readonly tier?: TierName;
  readonly cluster: string | undefined;
  readonly targetGroups: readonly string[];
  readonly logGroups: readonly string[];
}

/** By the metric that the alarm looks at. */
const ALARMS: Readonly<Record<TierName, Readonly<Record<string, string>>>> = {
  [SERVICE]: {
    UnHealthyHostCount: UNHEALTHY_ALARM,
    HTTPCode_Target_5XX_Count: ERROR_RATE_ALARM,
    TargetResponseTime: SLOW_ALARM,
    HealthyHostCount: HEALTHY_HOSTS_ALARM,
  },
  [BACKEND]: {
    UnHealthyHostCount: BACKEND_UNHEALTHY_ALARM,
    HTTPCode_Target_5XX_Count: BACKEND_ERROR_RATE_ALARM,
    TargetResponseTime: BACKEND_SLOW_ALARM,
    HealthyHostCount: BACKEND_HEALTHY_HOSTS_ALARM,
  },
};

const LOG_GROUPS: Readonly<Record<TierName, string>> = {
  [SERVICE]: LOG_GROUP,
  [BACKEND]: BACKEND_LOG_GROUP,
};

export class Counterparts {
  /** Names of the site's tiers. */
  readonly tiers: readonly string[];
  /** ARNs of target groups that the site has not. */
  readonly absent = new Set<string>();
  readonly #template: Template;
  readonly #groups: SiteGroups;
  readonly #guarded: readonly Guarded[];

  constructor(template: Template, groups: SiteGroups) {
    this.#template = template;
    this.#groups = groups;
    this.tiers = Object.keys(groups);
    this.#guarded = guardedOf(template, this.tiers);
    const missing = this.tiers.find((tier) => !this.#guarded.some((each) => each.tier === tier));
    if (missing !== undefined) {
      const how = missing === BACKEND ? ': synthesise it with "-c secondTier=true"' : '';
      throw new DeploymentError(
        `${template.file}: got no service that stands for ${missing}, want one${how}`,
      );
    }
  }

  cluster(id: string): string {
    const isOurs = this.#guarded.some(({ tier, cluster }) => tier !== undefined && cluster === id);
    return isOurs ? CLUSTER : id;
  }

  service(id: string): string {
    return this.#guarded.find((each) => each.id === id)?.tier ?? id;
  }

  logGroup(id: string): string {
    const { tier } = this.#guarded.find(({ logGroups }) => logGroups.includes(id)) ?? {};
    return tier === undefined ? id : LOG_GROUPS[tier];
  }

  /** ARN. */
  targetGroup(id: string): string {
    const owner = this.#guarded.find(({ targetGroups }) => targetGroups.includes(id));
    const index = owner?.targetGroups.indexOf(id) ?? 0;
    const own = owner?.tier === undefined ? undefined : this.#groups[owner.tier]?.[index];
    if (own !== undefined) return own;
    const arn = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/${id}/0`;
    this.absent.add(arn);
    return arn;
  }

  /** @throws DeploymentError for an alarm of which the lab has none. */
  alarm(id: string): string {
    const resource = this.#template.resources[id];
    // One on the healer itself: the lab rings none of these by itself.
    if (ownAlarmCode(String(resource?.Properties?.['AlarmDescription'])) !== undefined) return id;
    const metrics = metricsOf(resource);
    const owner = this.#guarded.find(({ targetGroups }) =>
      metrics.groups.some((group) => targetGroups.includes(group)),
    );
    if (owner !== undefined && owner.tier === undefined) return id;
    const known = owner?.tier === undefined ? {} : ALARMS[owner.tier];
    const name = metrics.names.flatMap((metric) => known[metric] ?? [])[0];
    if (name !== undefined) return name;
    throw new DeploymentError(
      `${id}: got an alarm of ${metrics.names.join(', ')}, ` +
        `want one of ${Object.keys(ALARMS[SERVICE]).join(', ')} of a guarded service`,
    );
  }
}

function guardedOf(template: Template, tiers: readonly string[]): readonly Guarded[] {
  const services = resourcesOf(template, 'AWS::ECS::Service');
  const front = services.find(([id]) => !id.startsWith(CATALOG))?.[0];
  return services.map(([id, resource]) => {
    const tier = id.startsWith(CATALOG) ? BACKEND : SERVICE;
    const stands = tiers.includes(tier) && (tier === BACKEND || id === front);
    return {
      id,
      ...(stands && { tier }),
      cluster: referredBy(resource.Properties?.['Cluster']),
      targetGroups: targetGroupsOf(template, id, resource),
      logGroups: logGroupsOf(template, resource),
    };
  });
}

function targetGroupsOf(template: Template, id: string, { Properties = {} }: Resource) {
  const isGroup = (name: string): boolean =>
    template.resources[name]?.Type === 'AWS::ElasticLoadBalancingV2::TargetGroup';
  const moved = resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup')
    .filter(([, group]) => allReferredBy(group.Properties?.['ECSServices']).includes(id))
    .flatMap(([, group]) => allReferredBy(group.Properties?.['LoadBalancerInfo']));
  return [...new Set([...allReferredBy(Properties['LoadBalancers']), ...moved])].filter(isGroup);
}

/** CodeDeploy's services name the family of their task definition, others refer to it. */
function logGroupsOf(template: Template, { Properties = {} }: Resource): readonly string[] {
  const wanted = Properties['TaskDefinition'];
  return resourcesOf(template, 'AWS::ECS::TaskDefinition')
    .filter(
      ([id, { Properties: own = {} }]) => referredBy(wanted) === id || own['Family'] === wanted,
    )
    .flatMap(([, { Properties: own }]) => allReferredBy(own?.['ContainerDefinitions']))
    .filter((id) => template.resources[id]?.Type === 'AWS::Logs::LogGroup');
}

/** Metric names and target groups anywhere in the alarm. */
function metricsOf(resource: Resource | undefined): { names: string[]; groups: string[] } {
  const found = { names: [] as string[], groups: [] as string[] };
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { MetricName, Name, Value } = value as Readonly<Record<string, unknown>>;
    if (typeof MetricName === 'string') found.names.push(MetricName);
    if (Name === 'TargetGroup') found.groups.push(...allReferredBy(Value));
    for (const item of Object.values(value)) walk(item);
  };
  walk(resource?.Properties);
  return found;
}
