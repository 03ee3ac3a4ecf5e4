import type { GuardedService } from '../core/guarded-service.ts';

/**
 * - `accepted`: ECS took the request, or the task is gone already
 * - `refused`: nothing happened and repeating will not help (no permission, bad request)
 * - `unknown`: it may or may not have happened; the claim stays, and is completed later
 */
export type StopOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

export interface TaskStopper {
  stop(
    service: GuardedService,
    taskArn: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<StopOutcome>;
}
