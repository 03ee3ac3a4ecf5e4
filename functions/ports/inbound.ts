import type { Arrival } from '../core/delivery.ts';
import type { EpochMillis } from '../core/time.ts';
import type { WatchDelivery } from '../core/watchdog.ts';

/** What is about a service or a pause, and what the clock asks. */
export type Incoming = Arrival | WatchDelivery;

/**
 * What came in, out of its envelope. Bodies of a batch are opened one by one, so that a malformed one costs
 * only itself.
 */
export type Inbound =
  | {
      readonly kind: 'batch';
      readonly records: readonly {
        readonly id: string;
        /** When the queue got it. */
        readonly sentAt?: EpochMillis;
        readonly open: () => readonly Incoming[];
      }[];
    }
  | { readonly kind: 'direct'; readonly deliveries: readonly Incoming[] };
