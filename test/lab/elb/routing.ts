/** Whose turn it is: target groups by weight, their targets in turn. */
import type { TargetGroup, TargetView } from './target-group.ts';

export interface Route {
  readonly targetGroup: TargetGroup;
  readonly weight: number;
}

interface Turn {
  readonly group: TargetGroup;
  /** Absent when the group has nobody to send to. */
  readonly target: TargetView | undefined;
  readonly failOpen: boolean;
}

export class Routing {
  #routes: readonly Route[];
  /** What each route has saved up; the one with the most is next: even shares, not by chance. */
  #credits = new Map<Route, number>();
  readonly #turns = new Map<TargetGroup, number>();

  constructor(routes: readonly Route[]) {
    this.#routes = routes;
  }

  change(routes: readonly Route[]): void {
    this.#routes = routes;
    this.#credits = new Map();
  }

  next(): Turn {
    const group = this.#nextGroup();
    const { targets, failOpen } = group.routable();
    const turn = this.#turns.get(group) ?? 0;
    this.#turns.set(group, turn + 1);
    return { group, target: targets[turn % Math.max(targets.length, 1)], failOpen };
  }

  #nextGroup(): TargetGroup {
    const total = this.#routes.reduce((sum, { weight }) => sum + weight, 0);
    let next: Route | undefined;
    for (const route of this.#routes) {
      const credit = (this.#credits.get(route) ?? 0) + route.weight;
      this.#credits.set(route, credit);
      if (next === undefined || credit > (this.#credits.get(next) ?? 0)) next = route;
    }
    if (next === undefined) throw new Error('no route');
    this.#credits.set(next, (this.#credits.get(next) ?? 0) - total);
    return next.targetGroup;
  }
}
