/** Writes the tables of the documents: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from '../bundle.ts';
import { fillDocuments, makeTables, readDocuments } from './documents.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

await bundle();
const before = readDocuments();
for (const [index, document] of fillDocuments(before, makeTables()).entries()) {
  const changed = document.text !== before[index]?.text;
  if (changed) writeFileSync(path.join(ROOT, document.path), document.text);
  process.stdout.write(`${changed ? 'written' : 'unchanged'}  ${document.path}\n`);
}
