/**
 * What every strategy is: something that hears of alarms, and may stop tasks and say how it went.
 */
import type { AlarmChange } from '../world/alarms.ts';
import type { World } from '../world/world.ts';

export interface Healer {
  /** A change of an alarm arrives; once for each copy that is delivered. */
  onAlarm(change: AlarmChange): Promise<void>;
}

export interface Strategy {
  readonly name: string;
  /** One sentence for the table's legend. */
  readonly description: string;
  readonly begin: (world: World) => Healer;
}
