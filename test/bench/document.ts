/** `docs/benchmarks.md`: each bench writes its own part, and leaves the others as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/benchmarks.md');
const HEAD = `# Benchmarks

Written by \`npm run bench\`. Healing and attribution are timed by no clock: their time is virtual and
their chance is seeded, so a rerun of the same code writes the same bytes. Scale and cost are measured.
`;
const PARTS = ['healing', 'attribution', 'scale', 'cost'] as const;
export type Part = (typeof PARTS)[number];

export function writePart(part: Part, text: string, file = DOCUMENT): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parts = PARTS.map((name) => (name === part ? wrap(name, text) : find(name, before)));
  writeFileSync(file, `${[HEAD, ...parts.filter((found) => found !== '')].join('\n')}`);
}

const start = (part: Part): string => `<!-- ${part}: generated -->`;
const end = (part: Part): string => `<!-- ${part}: end -->`;

function wrap(part: Part, text: string): string {
  return `${start(part)}\n${text}\n${end(part)}\n`;
}

function find(part: Part, document: string): string {
  const from = document.indexOf(start(part));
  const to = document.indexOf(end(part));
  return from < 0 || to < 0 ? '' : `${document.slice(from, to + end(part).length)}\n`;
}
