/** Expressions of a query: read once, computed for each row. */
import { FUNCTIONS } from './functions.ts';
import { QueryError, type Token } from './tokens.ts';
import { compare, isTrue, type Row, toNumber, type Value } from './values.ts';

export type Expression = (row: Row) => Value;

const COMPARISONS: Readonly<Record<string, (difference: number) => boolean>> = {
  '=': (difference) => difference === 0,
  '!=': (difference) => difference !== 0,
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
};

const SUMS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
};

const PRODUCTS: typeof SUMS = {
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Reads tokens from left to right; throws QueryError where something else was wanted. */
export class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** Takes the token when it is this sign or word. */
  take(text: string): boolean {
    const token = this.#tokens[this.#next];
    const isIt = token !== undefined && !token.quoted && token.text.toLowerCase() === text;
    if (!isIt || token.kind === 'text' || token.kind === 'pattern') return false;
    this.#next += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.wanted(text);
  }

  /** The token when it is of that kind. */
  takeKind(kind: Token['kind']): string | undefined {
    const token = this.#tokens[this.#next];
    if (token?.kind !== kind) return undefined;
    this.#next += 1;
    return token.text;
  }

  name(): string {
    const name = this.takeKind('name');
    if (name === undefined) throw this.wanted('a name');
    return name;
  }

  /** Items with commas between them. */
  list<T>(item: () => T): readonly T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  wanted(wanted: string): QueryError {
    const got = this.#tokens[this.#next];
    const where = got === undefined ? 'the end' : `${got.text} at ${got.at}`;
    return new QueryError(`unexpected ${where}, wanted ${wanted}`);
  }

  /** What the tokens from one place on were, as the query wrote them without spaces. */
  textSince(start: number): string {
    const tokens = this.#tokens.slice(start, this.#next);
    return tokens.map(({ text }) => text).join('');
  }

  get position(): number {
    return this.#next;
  }

  /** `or` binds the least, then `and`, `not`, comparisons, sums and products. */
  expression(): Expression {
    let left = this.#both();
    while (this.take('or')) {
      const [first, second] = [left, this.#both()];
      left = (row) => isTrue(first(row)) || isTrue(second(row));
    }
    return left;
  }

  #both(): Expression {
    let left = this.#negated();
    while (this.take('and')) {
      const [first, second] = [left, this.#negated()];
      left = (row) => isTrue(first(row)) && isTrue(second(row));
    }
    return left;
  }

  #negated(): Expression {
    if (!this.take('not')) return this.#comparison();
    const operand = this.#negated();
    return (row) => !isTrue(operand(row));
  }

  #comparison(): Expression {
    const left = this.#operation(SUMS, () => this.#operation(PRODUCTS, () => this.#single()));
    const sign = Object.keys(COMPARISONS).find((candidate) => this.take(candidate));
    if (sign !== undefined) {
      const holds = COMPARISONS[sign];
      const right = this.#operation(SUMS, () => this.#operation(PRODUCTS, () => this.#single()));
      return (row) => {
        const difference = compare(left(row), right(row));
        return difference !== undefined && holds?.(difference) === true;
      };
    }
    if (this.take('like') || this.take('=~')) return this.#like(left);
    if (this.take('in')) return this.#oneOf(left);
    return left;
  }

  #like(left: Expression): Expression {
    const pattern = this.takeKind('pattern');
    if (pattern !== undefined) {
      const regex = regexOf(pattern);
      return (row) => regex.test(String(left(row) ?? ''));
    }
    const part = this.takeKind('text');
    if (part === undefined) throw this.wanted('a pattern such as /word/, or a text');
    return (row) => String(left(row) ?? '').includes(part);
  }

  #oneOf(left: Expression): Expression {
    this.expect('[');
    const choices = this.list(() => this.#single());
    this.expect(']');
    return (row) => choices.some((choice) => compare(left(row), choice(row)) === 0);
  }

  #operation(signs: typeof SUMS, operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const sign = Object.keys(signs).find((candidate) => this.take(candidate));
      const compute = sign === undefined ? undefined : signs[sign];
      if (compute === undefined) return left;
      const [first, second] = [left, operand()];
      left = (row) => {
        const [a, b] = [toNumber(first(row)), toNumber(second(row))];
        return a === undefined || b === undefined ? undefined : toNumber(compute(a, b));
      };
    }
  }

  #single(): Expression {
    if (this.take('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (this.take('-')) {
      const operand = this.#single();
      return (row) => negative(toNumber(operand(row)));
    }
    const number = this.takeKind('number');
    if (number !== undefined) return () => Number(number);
    const text = this.takeKind('text');
    if (text !== undefined) return () => text;
    const isQuoted = this.#tokens[this.#next]?.quoted === true;
    const name = this.name();
    return !isQuoted && this.take('(') ? this.#call(name) : (row) => row(name);
  }

  #call(name: string): Expression {
    const compute = FUNCTIONS[name.toLowerCase()];
    if (compute === undefined) throw new QueryError(`unknown function ${name}`);
    const operands = this.list(() => this.expression());
    this.expect(')');
    return (row) => compute(operands.map((operand) => operand(row)));
  }
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

/** @throws QueryError for what is no pattern. */
function regexOf(pattern: string): RegExp {
  const ignoresCase = pattern.startsWith('(?i)');
  try {
    return new RegExp(ignoresCase ? pattern.slice('(?i)'.length) : pattern, ignoresCase ? 'i' : '');
  } catch {
    throw new QueryError(`invalid regular expression /${pattern}/`);
  }
}
