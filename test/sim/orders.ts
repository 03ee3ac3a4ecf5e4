/** What a worker is asked, and what it answers. */
import type { Config } from './plan.ts';
import type { Result } from './run-seed.ts';
import type { Tally } from './tally.ts';

export interface WorkerData {
  readonly mutant?: string;
}

export type Order =
  | { readonly kind: 'run'; readonly configs: readonly Config[] }
  | { readonly kind: 'shrink'; readonly result: Result };

export type Report =
  | { readonly kind: 'ran'; readonly tally: Tally }
  | { readonly kind: 'shrunk'; readonly result: Result };
