/**
 * JSON filter patterns: `{ ($.level = "ERROR" || $.status >= 500) && $.route != /health* }`.
 */
import { PatternError } from './pattern-error.ts';

type Condition = (event: unknown) => boolean;

interface Selector {
  readonly steps: readonly (string | number)[];
}

const SIGN = /(&&|\|\||[(){}]|!=|<=|>=|=|<|>)/;
const SELECTOR = /(\$(?:\.[A-Za-z0-9_-]+|\[\d+\])+)/;
const QUOTED = /"((?:[^"\\]|\\.)*)"/;
const WORD = /([^\s(){}=<>!&|"]+)/;
const KINDS = [SIGN, SELECTOR, QUOTED, WORD].map(({ source }) => source);
const TOKEN = new RegExp(`\\s*(?:${KINDS.join('|')})`, 'y');
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

interface Token {
  readonly kind: 'sign' | 'selector' | 'quoted' | 'word';
  readonly text: string;
}

/**
 * Messages that are a JSON object and meet the condition. @throws PatternError naming what was
 * got.
 */
export function parseJsonPattern(pattern: string): (message: string) => boolean {
  const condition = new Parser(pattern).read();
  return (message) => {
    if (!message.trimStart().startsWith('{')) return false;
    try {
      return condition(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(pattern: string) {
    this.#tokens = tokensOf(pattern);
  }

  read(): Condition {
    this.#expect('{');
    const condition = this.#either();
    this.#expect('}');
    if (this.#next < this.#tokens.length) throw this.#wanted('the end of the pattern');
    return condition;
  }

  /** `&&` binds tighter than `||`. */
  #either(): Condition {
    const sides = [this.#both()];
    while (this.#take('||')) sides.push(this.#both());
    return (event) => sides.some((side) => side(event));
  }

  #both(): Condition {
    const sides = [this.#single()];
    while (this.#take('&&')) sides.push(this.#single());
    return (event) => sides.every((side) => side(event));
  }

  #single(): Condition {
    if (this.#take('(')) {
      const inner = this.#either();
      this.#expect(')');
      return inner;
    }
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'selector') throw this.#wanted('a selector such as $.field');
    this.#next += 1;
    const selector = selectorOf(token.text);
    return this.#wordOperator(selector) ?? this.#comparison(selector);
  }

  #wordOperator(selector: Selector): Condition | undefined {
    if (this.#take('NOT')) {
      this.#expect('EXISTS');
      return (event) => select(event, selector) === undefined;
    }
    if (!this.#take('IS')) return undefined;
    for (const [word, value] of [
      ['TRUE', true],
      ['FALSE', false],
      ['NULL', null],
    ] as const) {
      if (this.#take(word)) return (event) => select(event, selector) === value;
    }
    throw this.#wanted('TRUE, FALSE or NULL');
  }

  #comparison(selector: Selector): Condition {
    const operator = this.#tokens[this.#next]?.text ?? '';
    const compare = COMPARISONS[operator];
    if (!compare || this.#tokens[this.#next]?.kind !== 'sign') {
      throw this.#wanted('one of = != < > <= >=, IS or NOT EXISTS');
    }
    this.#next += 1;
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw this.#wanted('a value');
    this.#next += 1;
    const value =
      token.kind === 'word' && NUMBER.test(token.text) ? Number(token.text) : token.text;
    if (typeof value === 'number') return (event) => compare(numberAt(event, selector), value);
    if (operator !== '=' && operator !== '!=') throw this.#wantedNumber(operator, value);
    if (token.kind === 'word' && value.startsWith('%')) {
      throw new PatternError(`filterPattern: got ${value}, want no regular expression`);
    }
    const wanted = wildcard(value);
    return (event) => {
      const found = select(event, selector);
      const text = typeof found === 'object' || found === undefined ? undefined : String(found);
      return text !== undefined && wanted.test(text) === (operator === '=');
    };
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.text !== text || token.kind === 'quoted') return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#wanted(text);
  }

  #wanted(wanted: string): PatternError {
    const got = this.#tokens[this.#next]?.text ?? 'the end of the pattern';
    return new PatternError(`filterPattern: got ${got}, want ${wanted}`);
  }

  #wantedNumber(operator: string, value: string): PatternError {
    return new PatternError(
      `filterPattern: got ${operator} ${value}, want a number after ${operator}`,
    );
  }
}

/**
 * A missing field, or one that is no number, compares as NaN: only `!=` could be true of it, and
 * is not.
 */
const COMPARISONS: Readonly<Record<string, (found: number, wanted: number) => boolean>> = {
  '=': (found, wanted) => found === wanted,
  '!=': (found, wanted) => !Number.isNaN(found) && found !== wanted,
  '<': (found, wanted) => found < wanted,
  '>': (found, wanted) => found > wanted,
  '<=': (found, wanted) => found <= wanted,
  '>=': (found, wanted) => found >= wanted,
};

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(pattern);
    if (!match)
      throw new PatternError(`filterPattern: got ${pattern.slice(start)}, want a condition`);
    const [, sign, selector, quoted, word] = match;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (selector !== undefined) tokens.push({ kind: 'selector', text: selector });
    else if (quoted !== undefined) {
      tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/g, '$1') });
    } else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

function selectorOf(text: string): Selector {
  const steps = [...text.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]/g)];
  return { steps: steps.map(([, name, index]) => name ?? Number(index)) };
}

function select(event: unknown, { steps }: Selector): unknown {
  let value = event;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, step)
      ? (value as Record<string | number, unknown>)[step]
      : undefined;
  }
  return value;
}

function numberAt(event: unknown, selector: Selector): number {
  const value = select(event, selector);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : Number.NaN;
}

function wildcard(text: string): RegExp {
  const literal = text.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literal.join('[\\s\\S]*')}$`);
}
