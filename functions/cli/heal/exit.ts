/** What the process ends with; `docs/cli.md` says the same. */
export const EXIT = {
  ok: 0,
  wrong: 1,
  badInput: 2,
  aborted: 3,
  notSteady: 4,
  toolFailed: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
