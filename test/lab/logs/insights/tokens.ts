/** Words and signs of a Logs Insights query. */

/** A query that the lab does not speak, or nobody does. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

export interface Token {
  readonly kind: 'number' | 'text' | 'pattern' | 'name' | 'sign';
  /** Without its quotes; a pattern without its slashes. */
  readonly text: string;
  /** Position in the query. */
  readonly at: number;
  /** In backticks: a field's name, whatever word it is. */
  readonly quoted: boolean;
}

const SPACE = /(?:\s+|#[^\n]*)*/y;
const PATTERN = /\/((?:[^/\\\n]|\\.)+)\//y;
const KINDS = [
  ['number', /(\d+(?:\.\d+)?)(?![\w@])/y],
  ['text', /"((?:[^"\\]|\\.)*)"/y],
  ['text', /'((?:[^'\\]|\\.)*)'/y],
  ['name', /`([^`]+)`/y],
  ['name', /([A-Za-z_@][\w@]*(?:\.\w+)*)/y],
  ['sign', /(=~|!=|<=|>=|[-+*/%^=<>()[\],|])/y],
] as const;

/** @throws QueryError naming what is no token. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skip(query, 0);
  while (at < query.length) {
    const found = readPattern(query, at, tokens.at(-1)) ?? readToken(query, at);
    if (found === undefined)
      throw new QueryError(`unexpected symbol found ${query.slice(at, at + 10)}`);
    tokens.push(found.token);
    at = skip(query, found.end);
  }
  return tokens;
}

interface Found {
  readonly token: Token;
  readonly end: number;
}

/** A slash divides, unless a pattern must come. */
function readPattern(query: string, at: number, before: Token | undefined): Found | undefined {
  if (before === undefined || !['like', '=~'].includes(before.text.toLowerCase())) return undefined;
  const text = match(PATTERN, query, at)?.[1];
  if (text === undefined) return undefined;
  return { token: { kind: 'pattern', text, at, quoted: false }, end: PATTERN.lastIndex };
}

function readToken(query: string, at: number): Found | undefined {
  for (const [kind, pattern] of KINDS) {
    const text = match(pattern, query, at)?.[1];
    if (text === undefined) continue;
    const quoted = query[at] === '`';
    const bare = kind === 'text' ? text.replace(/\\(.)/g, '$1') : text;
    return { token: { kind, text: bare, at, quoted }, end: pattern.lastIndex };
  }
  return undefined;
}

function skip(query: string, at: number): number {
  match(SPACE, query, at);
  return SPACE.lastIndex;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
