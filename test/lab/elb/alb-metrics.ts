/**
 * What an application load balancer reports to CloudWatch: non-zero counters only, under two
 * dimension sets.
 */
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { TargetGroup } from './target-group.ts';

const NAMESPACE = 'AWS/ApplicationELB';

/** How one request ended, as far as metrics tell it apart. */
export type RequestOutcome =
  | { readonly kind: 'target'; readonly status: number; readonly responseTimeMs: number }
  | {
      readonly kind: 'balancer';
      readonly status: 502 | 503 | 504;
      readonly targetChosen: boolean;
      readonly connectionFailed: boolean;
    };

export class AlbMetrics {
  readonly #store: MetricStore;
  readonly #balancer: string;

  constructor(store: MetricStore, loadBalancerDimension: string) {
    this.#store = store;
    this.#balancer = loadBalancerDimension;
  }

  /** `group` is the one whose turn it was, also when it had no target. */
  countRequest(outcome: RequestOutcome, group: TargetGroup, failOpen: boolean): void {
    if (failOpen) this.#perGroup(group, 'UnhealthyRoutingRequestCount', 1);
    if (outcome.kind === 'target') {
      this.#both(group, 'RequestCount', 1);
      this.#both(group, `HTTPCode_Target_${Math.floor(outcome.status / 100)}XX_Count`, 1);
      this.#both(group, 'TargetResponseTime', outcome.responseTimeMs / 1000);
      return;
    }
    // A request no target was chosen for is not in RequestCount.
    if (outcome.targetChosen) this.#both(group, 'RequestCount', 1);
    if (outcome.connectionFailed) this.#both(group, 'TargetConnectionErrorCount', 1);
    this.#perBalancer('HTTPCode_ELB_5XX_Count', 1);
    this.#perBalancer(`HTTPCode_ELB_${outcome.status}_Count`, 1);
  }

  /** Host counts, while there are targets, be it draining ones; zero is reported too. */
  sampleHosts(group: TargetGroup): void {
    const states = group.targets().map(({ health }) => health.state);
    if (states.length === 0) return;
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    this.#perGroup(group, 'HealthyHostCount', count('healthy'));
    this.#perGroup(group, 'UnHealthyHostCount', count('unhealthy'));
  }

  #both(group: TargetGroup, name: string, value: number): void {
    this.#perBalancer(name, value);
    this.#perGroup(group, name, value);
  }

  #perBalancer(name: string, value: number): void {
    const dimensions = { LoadBalancer: this.#balancer };
    this.#store.record({ namespace: NAMESPACE, name, dimensions }, value);
  }

  #perGroup(group: TargetGroup, name: string, value: number): void {
    const dimensions = { LoadBalancer: this.#balancer, TargetGroup: group.dimension };
    this.#store.record({ namespace: NAMESPACE, name, dimensions }, value);
  }
}
