/** Who imports whom, read from the text. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FROM = /\bfrom '(\.[^']+)'/g;

export class Imports {
  readonly #of = new Map<string, readonly string[]>();

  /** How many imports lead from one file to the other. */
  distance(from: string, to: string): number {
    const seen = new Set([from]);
    let ring = [from];
    for (let steps = 0; ring.length > 0; steps += 1) {
      if (ring.includes(to)) return steps;
      ring = ring.flatMap((file) => this.#importsOf(file)).filter((file) => !seen.has(file));
      ring = [...new Set(ring)];
      for (const file of ring) seen.add(file);
    }
    return Number.POSITIVE_INFINITY;
  }

  #importsOf(file: string): readonly string[] {
    const known = this.#of.get(file);
    if (known !== undefined) return known;
    const text = readFileSync(file, 'utf8');
    const found = [...text.matchAll(FROM)].map(([, path = '']) => join(dirname(file), path));
    this.#of.set(file, found);
    return found;
  }
}
