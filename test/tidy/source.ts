/** Source text as the rules see it: code without prose, and the modules it names. Offsets and lines stay. */

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface ModuleReference {
  readonly specifier: string;
  readonly line: number;
}

/** What may stand before a regular expression; after anything else a slash divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|yield|void))$/;

/** One piece of code that a rule must look at as a whole; the first that matches at a place counts. */
const PIECES = {
  comment: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
  text: /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y,
  regex: /\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y,
  template: /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y,
} as const;

/** Blanks comments, regular expressions and the text of strings; code inside a template's `${}` stays. */
export function codeOf(text: string): string {
  let code = '';
  /** Open braces inside each open template expression, innermost last. */
  const depths: number[] = [];
  while (code.length < text.length) code += pieceAfter(code, text, depths);
  return code;
}

function pieceAfter(code: string, text: string, depths: number[]): string {
  const at = code.length;
  const prose = take(PIECES.comment, text, at) ?? takeRegex(text, code);
  if (prose !== undefined) return blank(prose);
  const char = text.charAt(at);
  const quoted = take(PIECES.text, text, at);
  if (quoted !== undefined) return `${char}${blank(quoted.slice(1, -1))}${char}`;
  const depth = depths.at(-1);
  if (char === '`') return char + takeTemplate(text, at + 1, depths);
  if (depth === undefined || !/[{}]/.test(char)) return char;
  depths.pop();
  if (char === '}' && depth === 0) return char + takeTemplate(text, at + 1, depths);
  depths.push(char === '{' ? depth + 1 : depth - 1);
  return char;
}

/** The text of a template up to its end or to the next expression in it. */
function takeTemplate(text: string, at: number, depths: number[]): string {
  const rest = take(PIECES.template, text, at) ?? text.slice(at);
  if (rest.endsWith('${')) depths.push(0);
  return blank(rest);
}

function take(piece: RegExp, text: string, at: number): string | undefined {
  piece.lastIndex = at;
  return piece.exec(text)?.[0];
}

function takeRegex(text: string, before: string): string | undefined {
  if (text.charAt(before.length) !== '/') return undefined;
  const near = before.slice(-200).trimEnd();
  return BEFORE_REGEX.test(near) ? take(PIECES.regex, text, before.length) : undefined;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** `import … from`, `export … from`, `import '…'`, `import('…')` and `require('…')`, types included. */
const REFERENCE = /(?<![.\w$])(?:from\s*|import\s*(?:\(\s*)?|require\s*\(\s*)(['"])/g;

/** Every module that the file names with a string. */
export function referencesOf({ text }: SourceFile): readonly ModuleReference[] {
  const code = codeOf(text);
  return [...code.matchAll(REFERENCE)].map((match) => {
    const start = match.index + match[0].length;
    const end = code.indexOf(match[1] ?? "'", start);
    return { specifier: text.slice(start, end), line: lineAt(text, match.index) };
  });
}

/** Lines of the code that match, with what matched. */
export function findInCode(
  { text }: SourceFile,
  pattern: RegExp,
): readonly { readonly found: string; readonly line: number }[] {
  return [...codeOf(text).matchAll(new RegExp(pattern, 'g'))].map((match) => ({
    found: match[0].replace(/\s+/g, ' ').trim(),
    line: lineAt(text, match.index),
  }));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
