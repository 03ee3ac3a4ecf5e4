/**
 * Rules of composite alarms: `ALARM(a) AND NOT OK(b)`, parsed once and evaluated over the
 * children's states.
 */
import type { StateValue } from '@aws-sdk/client-cloudwatch';

export type CompositeRule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly alarm: string; readonly state: StateValue }
  | { readonly kind: 'not'; readonly operand: CompositeRule }
  | { readonly kind: 'and' | 'or'; readonly left: CompositeRule; readonly right: CompositeRule };

export class CompositeRuleError extends Error {
  override readonly name = 'CompositeRuleError';
}

const TOKEN = /\s*("[^"]*"|[()]|[^\s()"]+)/y;
const STATES: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** @throws {CompositeRuleError} naming what is not understood. */
export function parseCompositeRule(text: string): CompositeRule {
  const parser = new RuleParser(tokensOf(text));
  const rule = parser.disjunction();
  parser.end();
  return rule;
}

/** Names or ARNs of the alarms a rule looks at. */
export function childrenOf(rule: CompositeRule): readonly string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return childrenOf(rule.operand);
    case 'and':
    case 'or':
      return [...childrenOf(rule.left), ...childrenOf(rule.right)];
  }
}

export function holds(rule: CompositeRule, stateOf: (alarm: string) => StateValue): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !holds(rule.operand, stateOf);
    case 'and':
      return holds(rule.left, stateOf) && holds(rule.right, stateOf);
    case 'or':
      return holds(rule.left, stateOf) || holds(rule.right, stateOf);
  }
}

function tokensOf(text: string): readonly string[] {
  return Array.from(text.matchAll(new RegExp(TOKEN.source, 'g')), (match) => match[1] ?? '');
}

class RuleParser {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  disjunction(): CompositeRule {
    let left = this.#conjunction();
    while (this.#takes('OR')) left = { kind: 'or', left, right: this.#conjunction() };
    return left;
  }

  end(): void {
    const token = this.#tokens[this.#position];
    if (token !== undefined) throw new CompositeRuleError(`unexpected ${token}`);
  }

  #conjunction(): CompositeRule {
    let left = this.#term();
    while (this.#takes('AND')) left = { kind: 'and', left, right: this.#term() };
    return left;
  }

  #term(): CompositeRule {
    if (this.#takes('NOT')) return { kind: 'not', operand: this.#term() };
    if (this.#takes('(')) {
      const inner = this.disjunction();
      this.#expect(')');
      return inner;
    }
    const token = this.#next();
    if (token === 'TRUE' || token === 'FALSE') {
      return { kind: 'constant', value: token === 'TRUE' };
    }
    if (!STATES.includes(token)) throw new CompositeRuleError(`unexpected ${token}`);
    this.#expect('(');
    const alarm = this.#next().replaceAll('"', '');
    this.#expect(')');
    return { kind: 'state', alarm, state: token as StateValue };
  }

  #next(): string {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new CompositeRuleError('rule ends too early');
    this.#position += 1;
    return token;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position += 1;
    return true;
  }

  #expect(token: string): void {
    const got = this.#next();
    if (got !== token) throw new CompositeRuleError(`got ${got}, wanted ${token}`);
  }
}
