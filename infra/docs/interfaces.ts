/** Reads the members of an interface, with what their docstrings say, out of its source. */

export interface Member {
  readonly name: string;
  readonly type: string;
  /** Absent for a required one. */
  readonly standard?: {
    readonly value: string;
    /** Empty where the value speaks for itself. */
    readonly reason: string;
  };
  /** What it is, in one sentence or two. */
  readonly says: string;
}

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

const DOCSTRING = /\/\*\*([\s\S]*?)\*\/\s*/y;
const PROPERTY = /readonly\s+(\w+)(\??):\s*([^;]+);\s*/y;

/**
 * Reads one exported interface of properties.
 *
 * @throws when a member has no docstring, when an optional one has no default, and at anything that
 * is no `readonly` property: a table that leaves something out would be believed.
 */
export function readInterface(name: string, sources: readonly SourceText[]): readonly Member[] {
  const heading = new RegExp(String.raw`export interface ${name} (?:extends ([\w, ]+) )?\{\n`);
  const source = sources.find(({ text }) => heading.test(text));
  const match = source === undefined ? null : heading.exec(source.text);
  if (source === undefined || match === null) throw new Error(`no source exports ${name}`);
  const start = match.index + match[0].length;
  const body = source.text.slice(start, source.text.indexOf('\n}', start) + 1);
  const parents = (match[1] ?? '').split(',').filter((parent) => parent.trim() !== '');
  const inherited = parents.flatMap((parent) => readInterface(parent.trim(), sources));
  return [...inherited, ...readMembers(body, `${source.path}: ${name}`)];
}

function readMembers(body: string, where: string): readonly Member[] {
  const members: Member[] = [];
  let at = body.length - body.trimStart().length;
  while (at < body.length) {
    const [docstring, afterDocstring] = take(DOCSTRING, body, at);
    const [property, afterProperty] = take(PROPERTY, body, afterDocstring);
    if (property === undefined) {
      throw new Error(`${where}: cannot read "${body.slice(at, at + 40).trim()}"`);
    }
    members.push(memberOf(property, docstring?.[1] ?? '', where));
    at = afterProperty;
  }
  return members;
}

function take(
  pattern: RegExp,
  text: string,
  at: number,
): readonly [match: RegExpExecArray | undefined, end: number] {
  pattern.lastIndex = at;
  const match = pattern.exec(text) ?? undefined;
  return [match, match === undefined ? at : pattern.lastIndex];
}

function memberOf(property: RegExpExecArray, docstring: string, where: string): Member {
  const [, name = '', optional, type = ''] = property;
  const text = docstring.replaceAll(/(?:\s*\n\s*\*)+\s*/g, ' ').trim();
  const [says = '', ...tags] = text.split(/\s*(?=@(?:default|see|deprecated)\b)/);
  if (says === '') throw new Error(`${where}.${name}: got no docstring, wanted what it is`);
  const given = tags.find((tag) => tag.startsWith('@default'))?.replace(/^@default\s*/, '');
  const member = { name, type: type.replaceAll(/\s+/g, ' '), says };
  if (given === undefined && optional === '') return member;
  if (given === undefined) {
    throw new Error(`${where}.${name}: got no @default, wanted one with its reason`);
  }
  return { ...member, standard: defaultOf(given) };
}

/** A value, or an expression that makes one. */
const VALUE = /^[\w.]+(?:\([^)]*\))?/;

/** `- words: reason` or `Value.of(it): reason`. */
function defaultOf(given: string): { readonly value: string; readonly reason: string } {
  const [first = '', ...rest] = given.replace(/^- /, '').split(': ');
  const words = first.trim();
  const value = given.startsWith('- ') ? words : words.replace(VALUE, '`$&`');
  return { value, reason: rest.join(': ').trim() };
}
