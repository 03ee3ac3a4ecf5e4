/** Chance that can be repeated: the same seed gives the same draws, on every machine. */

/**
 * A stream of draws. Streams are forked by name, so that one more draw here changes nothing
 * there.
 */
export class Random {
  readonly #seed: string;
  readonly #next: () => number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#next = sfc32(seed);
  }

  /** A stream of its own, the same for the same name. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** From 0 up to but not including 1. */
  next(): number {
    return this.#next();
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number, both ends included. */
  integer(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.integer(0, 15).toString(16)).join('');
  }

  /** How many of `count` trials succeed: exact, by inversion outwards from the likeliest number. */
  binomial(count: number, probability: number): number {
    if (count <= 0 || probability <= 0) return 0;
    if (probability >= 1) return count;
    const odds = probability / (1 - probability);
    const mode = Math.min(count, Math.floor((count + 1) * probability));
    const peak = Math.exp(logTerm(count, mode, probability));
    return walkOutwards(
      this.next() - peak,
      mode,
      (from, step) =>
        step > 0 ? (odds * (count - from)) / (from + 1) : from / (odds * (count - from + 1)),
      peak,
    );
  }
}

/**
 * Takes one number after the other, above and below the likeliest in turn, until their chances
 * use up what is left.
 *
 * @param ratio - of the next number's chance to this one's, upwards or downwards; 0 behind the
 * last.
 */
function walkOutwards(
  start: number,
  mode: number,
  ratio: (from: number, step: 1 | -1) => number,
  peak: number,
): number {
  let left = start;
  const walk: { at: number; term: number; readonly step: 1 | -1 }[] = [
    { at: mode, term: peak, step: 1 },
    { at: mode, term: peak, step: -1 },
  ];
  // What rounding leaves over when both terms have vanished is far below any chance that matters.
  while (left > 0 && walk.some(({ term }) => term > 1e-18)) {
    for (const end of walk) {
      end.term *= ratio(end.at, end.step);
      end.at += end.step;
      left -= end.term;
      if (left <= 0 && end.term > 0) return end.at;
    }
  }
  return mode;
}

function logTerm(count: number, hits: number, probability: number): number {
  const ways = logFactorial(count) - logFactorial(hits) - logFactorial(count - hits);
  return ways + hits * Math.log(probability) + (count - hits) * Math.log1p(-probability);
}

/** Stirling's series, shifted by eight so that it is exact enough for small numbers too. */
function logFactorial(n: number): number {
  let product = 1;
  let x = n + 1;
  while (x < 9) {
    product *= x;
    x += 1;
  }
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/**
 * Small fast counter of 128 bits, by Chris Doty-Humphrey; the seed text is hashed into its state.
 */
function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [hash(seed, 1), hash(seed, 2), hash(seed, 3), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

/** FNV-1a, with the salt as its first byte. */
function hash(text: string, salt: number): number {
  let value = Math.imul(2_166_136_261 ^ salt, 16_777_619);
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }
  return value | 0;
}
