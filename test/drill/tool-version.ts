import { readFileSync } from 'node:fs';

const PACKAGE = new URL('../../package.json', import.meta.url);

/** What journals say that they were written by. */
export const TOOL_VERSION = String(
  (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { readonly version?: unknown }).version,
);
