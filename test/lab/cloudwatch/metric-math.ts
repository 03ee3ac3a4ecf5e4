/**
 * The part of CloudWatch metric math that load balancer alarms need: parsed once, evaluated over
 * aligned series.
 */

/** One value per period, oldest first; `undefined` where there is no data point. */
export type Series = readonly (number | undefined)[];
type Value = number | Series;

type Operator = '+' | '-' | '*' | '/' | '>' | '<' | '>=' | '<=' | '==' | '!=';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'metric'; readonly id: string }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: 'IF' | 'FILL'; readonly args: readonly Expression[] };

/**
 * An expression CloudWatch would refuse, or one the lab does not know; either must not pass
 * silently.
 */
export class MetricMathError extends Error {
  override readonly name = 'MetricMathError';
}

const TOKEN = /\s*(?:(\d+(?:\.\d*)?|\.\d+)|([A-Za-z][A-Za-z0-9_]*)|(>=|<=|==|!=|[-+*/()<>,]))/y;
const ARITY: Readonly<Record<'IF' | 'FILL', number>> = { IF: 3, FILL: 2 };
const COMPARISONS: readonly string[] = ['>', '<', '>=', '<=', '==', '!='];

/** @throws {MetricMathError} naming what is not understood. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text), text);
  const expression = parser.comparison();
  parser.end();
  return expression;
}

/** Ids of the metrics and expressions an expression refers to. */
export function idsIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'metric':
      return [expression.id];
    case 'negative':
      return idsIn(expression.operand);
    case 'binary':
      return [...idsIn(expression.left), ...idsIn(expression.right)];
    case 'call':
      return expression.args.flatMap(idsIn);
  }
}

/**
 * Evaluates over `length` periods. A point with a missing operand, or a division by zero, is
 * missing in the result.
 */
export function evaluateExpression(
  expression: Expression,
  seriesOf: (id: string) => Series,
  length: number,
): Series {
  const value = evaluate(expression, seriesOf);
  return Array.from({ length }, (_, index) => at(value, index));
}

function evaluate(expression: Expression, seriesOf: (id: string) => Series): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'metric':
      return seriesOf(expression.id);
    case 'negative':
      return pointwise([evaluate(expression.operand, seriesOf)], ([operand]) =>
        operand === undefined ? undefined : -operand,
      );
    case 'binary': {
      const operands = [evaluate(expression.left, seriesOf), evaluate(expression.right, seriesOf)];
      return pointwise(operands, ([left, right]) =>
        left === undefined || right === undefined
          ? undefined
          : combine(expression.operator, left, right),
      );
    }
    case 'call': {
      const args = expression.args.map((arg) => evaluate(arg, seriesOf));
      return pointwise(args, expression.name === 'IF' ? choose : fill);
    }
  }
}

function choose([condition, yes, no]: readonly (number | undefined)[]): number | undefined {
  if (condition === undefined) return undefined;
  return condition === 0 ? no : yes;
}

function fill([value, filler]: readonly (number | undefined)[]): number | undefined {
  return value ?? filler;
}

function combine(operator: Operator, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : left / right;
    case '>':
      return Number(left > right);
    case '<':
      return Number(left < right);
    case '>=':
      return Number(left >= right);
    case '<=':
      return Number(left <= right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
  }
}

function pointwise(
  values: readonly Value[],
  combineAt: (operands: readonly (number | undefined)[]) => number | undefined,
): Value {
  const length = values.find((value) => typeof value !== 'number')?.length;
  if (length === undefined) {
    const scalar = combineAt(values.map((value) => at(value, 0)));
    return scalar ?? [];
  }
  return Array.from({ length }, (_, index) => combineAt(values.map((value) => at(value, index))));
}

function at(value: Value, index: number): number | undefined {
  return typeof value === 'number' ? value : value[index];
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const scanner = new RegExp(TOKEN);
  while (text.slice(scanner.lastIndex).trim() !== '') {
    const from = scanner.lastIndex;
    const match = scanner.exec(text);
    if (match === null) {
      throw new MetricMathError(`unexpected ${JSON.stringify(text.slice(from).trim()[0])}`);
    }
    tokens.push(match[0].trim());
  }
  return tokens;
}

/** Recursive descent: comparison, then sum, product, sign, and atom. */
class Parser {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #position = 0;

  constructor(tokens: readonly string[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  comparison(): Expression {
    return this.#leftAssociative(COMPARISONS, () => this.#sum());
  }

  end(): void {
    const token = this.#tokens[this.#position];
    if (token !== undefined) throw this.#unexpected(token);
  }

  #sum(): Expression {
    return this.#leftAssociative(['+', '-'], () => this.#product());
  }

  #product(): Expression {
    return this.#leftAssociative(['*', '/'], () => this.#sign());
  }

  #leftAssociative(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const token = this.#tokens[this.#position];
      if (token === undefined || !operators.includes(token)) return left;
      this.#position += 1;
      left = { kind: 'binary', operator: token as Operator, left, right: operand() };
    }
  }

  #sign(): Expression {
    if (!this.#takes('-')) return this.#atom();
    return { kind: 'negative', operand: this.#sign() };
  }

  #atom(): Expression {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new MetricMathError(`${this.#text} ends too early`);
    this.#position += 1;
    if (token === '(') {
      const inner = this.comparison();
      this.#expect(')');
      return inner;
    }
    if (/^[\d.]/.test(token)) return { kind: 'number', value: Number(token) };
    if (this.#takes('(')) return this.#call(token);
    // Ids start in lower case; anything else in upper case would be a function or keyword.
    if (/^[a-z]/.test(token)) return { kind: 'metric', id: token };
    throw this.#unexpected(token);
  }

  #call(name: string): Expression {
    if (name !== 'IF' && name !== 'FILL') {
      throw new MetricMathError(`unsupported function ${name}`);
    }
    const args = [this.comparison()];
    while (this.#takes(',')) args.push(this.comparison());
    this.#expect(')');
    if (args.length !== ARITY[name]) {
      throw new MetricMathError(`${name}: got ${args.length} arguments, wanted ${ARITY[name]}`);
    }
    return { kind: 'call', name, args };
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position += 1;
    return true;
  }

  #expect(token: string): void {
    if (this.#takes(token)) return;
    throw this.#unexpected(this.#tokens[this.#position] ?? 'end of expression');
  }

  #unexpected(token: string): MetricMathError {
    return new MetricMathError(`unexpected ${JSON.stringify(token)} in ${this.#text}`);
  }
}
