import type { Arrival } from '../core/delivery.ts';

/**
 * What came in, out of its envelope. Bodies of a batch are opened one by one, so that a malformed one costs
 * only itself.
 */
export type Inbound =
  | {
      readonly kind: 'batch';
      readonly records: readonly {
        readonly id: string;
        readonly open: () => readonly Arrival[];
      }[];
    }
  | { readonly kind: 'direct'; readonly deliveries: readonly Arrival[] };
