/** What a drill does to the world. Each may be repeated without harm: a crash leaves it to the next look. */
import { activeDrill, type DrillMark, type LockState } from '../lock.ts';
import type { DrillNotice } from '../notice.ts';
import type { EpochMillis } from '../time.ts';
import type { TaskFault } from './definition.ts';

export type DrillEffect =
  /** Writes that the drill is on, in the lock of the service or of all of them. */
  | { readonly kind: 'mark'; readonly scope: string; readonly mark: DrillMark }
  | { readonly kind: 'unmark'; readonly scope: string; readonly id: string }
  | {
      readonly kind: 'ring';
      readonly alarmArn: string;
      readonly alarmName: string;
      readonly is: 'ALARM' | 'OK';
      /** CloudWatch keeps it: by it the drill knows its own ringing again. */
      readonly reason: string;
    }
  | {
      readonly kind: 'fault-on';
      readonly taskId: string;
      readonly fault: TaskFault;
      readonly endsAt: EpochMillis;
      readonly triesMax: number;
    }
  | { readonly kind: 'fault-off'; readonly taskId: string; readonly triesMax: number }
  | { readonly kind: 'tell'; readonly what: 'start' | 'end'; readonly notice: DrillNotice };

export interface EffectResult {
  readonly effect: DrillEffect;
  /** When it was done. */
  readonly at: EpochMillis;
  readonly ok: boolean;
  /** Why it was not. */
  readonly detail?: string;
  /** Requests that were sent to reach a task. */
  readonly tries?: number;
}

/** @returns the lock with the mark, or undefined when another drill has it. */
export function marked(lock: LockState, mark: DrillMark, now: EpochMillis): LockState | undefined {
  const other = activeDrill(lock.drill, now);
  if (other !== undefined && other.id !== mark.id) return undefined;
  return { ...lock, version: lock.version + 1, drill: mark };
}

/** @returns the lock without the drill's mark, or undefined when it has none. */
export function unmarked(lock: LockState, id: string): LockState | undefined {
  if (lock.drill?.id !== id) return undefined;
  const { drill: _over, ...rest } = lock;
  return { ...rest, version: lock.version + 1 };
}
