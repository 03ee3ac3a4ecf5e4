/** What ECS shows to everybody who may look at the task. */
import type { Victim } from '../core/verdict.ts';

/** Its maximum is not documented, so it stays short and ASCII. */
const STOP_REASON_MAX = 200;

export function stopReason(victim: Victim, incident: string): string {
  const text = `self-heal ${incident}: ${victim.why}`;
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, STOP_REASON_MAX);
}
