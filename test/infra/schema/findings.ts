/** What is wrong in a template, and where. */

export interface Finding {
  /** From the root, so with section and logical id: `Resources.Inbox.Properties.FifoQueue`. */
  readonly path: string;
  readonly got: string;
  readonly wanted: string;
}

const SHOWN_MAX = 80;

/** @param got is shown as JSON, and as `nothing` when it is undefined. */
export function makeFinding(path: string, got: unknown, wanted: string): Finding {
  const text = JSON.stringify(got) as string | undefined;
  return { path, got: text === undefined ? 'nothing' : text.slice(0, SHOWN_MAX), wanted };
}
