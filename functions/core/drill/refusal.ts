/** Why a drill may not start. */

/** The service is as it should be; a drill of anything else would prove nothing, or do harm. */
const NOT_STEADY = [
  'incident-open',
  'alarm-not-ok',
  'too-few-healthy',
  'deployment',
  'scaled-to-zero',
  'paused',
  'storm',
  'others-ill',
  'stop-condition',
  'unreadable',
] as const;

/** It would be allowed at another time. */
const NOT_NOW = ['outside-window', 'another-drill'] as const;

/** It would never be allowed as it was asked for. */
const NEVER = [
  'not-guarded',
  'lab-only',
  'too-wide',
  'production',
  'too-few-tasks',
  'observe-only',
  'no-fault-switch',
] as const;

export type RefusalCode =
  | (typeof NOT_STEADY)[number]
  | (typeof NOT_NOW)[number]
  | (typeof NEVER)[number];

export interface Refusal {
  readonly code: RefusalCode;
  readonly got: string;
  readonly wanted: string;
}

export function isNotSteady({ code }: Refusal): boolean {
  return (NOT_STEADY as readonly string[]).includes(code);
}

export function spellRefusal({ code, got, wanted }: Refusal): string {
  return `${code}: got ${got}, wanted ${wanted}`;
}
