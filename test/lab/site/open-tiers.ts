/** Which tiers a site has, and who calls whom. */
import { BACKEND, BACKEND_LOG_GROUP, CLUSTER, LOG_GROUP, SERVICE } from '../names.ts';
import { type TierOptions, TierStack } from './tier.ts';

export interface Tiers {
  readonly front: TierStack;
  readonly backend?: TierStack;
}

/** Opens the backend, if the settings ask for it, and the guarded service before it. */
export async function openTiers(
  options: Omit<TierOptions, 'name' | 'loadBalancerName' | 'logGroup'>,
): Promise<Tiers> {
  const { settings } = options;
  const backend =
    settings.backend === undefined
      ? undefined
      : await TierStack.open({
          ...options,
          name: BACKEND,
          loadBalancerName: `${CLUSTER}-${BACKEND}`,
          logGroup: BACKEND_LOG_GROUP,
          // Controller and limits are the guarded service's matter; this tier is an ordinary one.
          settings: settings.backend,
        });
  const front = await TierStack.open({
    ...options,
    name: SERVICE,
    loadBalancerName: `${CLUSTER}-alb`,
    logGroup: LOG_GROUP,
    catalogUrl: backend?.loadBalancer.url ?? options.catalogUrl,
  });
  return { front, ...(backend === undefined ? {} : { backend }) };
}
