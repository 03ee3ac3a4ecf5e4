import type { GuardedService } from '../core/guarded-service.ts';

export interface GuardedServices {
  /** @throws {config.invalid} when the configuration cannot be used. */
  all(): Promise<readonly GuardedService[]>;
}
