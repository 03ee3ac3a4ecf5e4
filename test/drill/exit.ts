/** Documented in docs/drills.md. */
export const EXIT = {
  held: 0,
  deviated: 1,
  badInput: 2,
  notSteady: 4,
  toolError: 5,
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];
