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
  readonly #targetGroup: TargetGroup;

  constructor(store: MetricStore, loadBalancerDimension: string, targetGroup: TargetGroup) {
    this.#store = store;
    this.#balancer = loadBalancerDimension;
    this.#targetGroup = targetGroup;
  }

  countRequest(outcome: RequestOutcome, failOpen: boolean): void {
    if (failOpen) this.#perGroup('UnhealthyRoutingRequestCount', 1);
    if (outcome.kind === 'target') {
      this.#both('RequestCount', 1);
      this.#both(`HTTPCode_Target_${Math.floor(outcome.status / 100)}XX_Count`, 1);
      this.#both('TargetResponseTime', outcome.responseTimeMs / 1000);
      return;
    }
    // A request no target was chosen for is not in RequestCount.
    if (outcome.targetChosen) this.#both('RequestCount', 1);
    if (outcome.connectionFailed) this.#both('TargetConnectionErrorCount', 1);
    this.#perBalancer('HTTPCode_ELB_5XX_Count', 1);
    this.#perBalancer(`HTTPCode_ELB_${outcome.status}_Count`, 1);
  }

  /** Host counts; zero is reported too. */
  sampleHosts(): void {
    const states = this.#targetGroup.targets().map(({ health }) => health.state);
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    this.#perGroup('HealthyHostCount', count('healthy'));
    this.#perGroup('UnHealthyHostCount', count('unhealthy'));
  }

  #both(name: string, value: number): void {
    this.#perBalancer(name, value);
    this.#perGroup(name, value);
  }

  #perBalancer(name: string, value: number): void {
    const dimensions = { LoadBalancer: this.#balancer };
    this.#store.record({ namespace: NAMESPACE, name, dimensions }, value);
  }

  #perGroup(name: string, value: number): void {
    const dimensions = { LoadBalancer: this.#balancer, TargetGroup: this.#targetGroup.dimension };
    this.#store.record({ namespace: NAMESPACE, name, dimensions }, value);
  }
}
