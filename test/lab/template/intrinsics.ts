/** CloudFormation's functions, resolved against the names that the lab gives to resources. */
import { DeploymentError } from '../healer/deployment-error.ts';

/** @returns what `Ref` or an attribute of a logical id is; nothing when there is none. */
export type Lookup = (logicalId: string, attribute: string) => string | undefined;

/** Stands for a property that is to be left out. */
const NO_VALUE = Symbol('AWS::NoValue');

const FUNCTIONS: Readonly<
  Record<string, (resolver: Resolver, value: unknown, place: string) => unknown>
> = {
  Ref: (resolver, value, place) => resolver.ref(text(value, place), place),
  'Fn::GetAtt': (resolver, value, place) => {
    const [id = '', ...path] = Array.isArray(value)
      ? value.map(String)
      : text(value, place).split('.');
    return resolver.attribute(id, path.join('.'), place);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (resolver, value, place) => {
    const [separator, parts] = pair(resolver.resolve(value, place), place);
    return list(parts, place).join(text(separator, place));
  },
  'Fn::Select': (resolver, value, place) => {
    const [index, parts] = pair(resolver.resolve(value, place), place);
    const chosen = list(parts, place)[Number(index)];
    if (chosen === undefined) throw wrong(place, value, 'an index within the list');
    return chosen;
  },
  'Fn::Split': (resolver, value, place) => {
    const [separator, whole] = pair(resolver.resolve(value, place), place);
    return text(whole, place).split(text(separator, place));
  },
};

export class Resolver {
  readonly #lookup: Lookup;
  readonly #pseudo: Readonly<Record<string, string>>;

  constructor(lookup: Lookup, pseudo: Readonly<Record<string, string>>) {
    this.#lookup = lookup;
    this.#pseudo = pseudo;
  }

  /**
   * The value without any function in it.
   *
   * @throws DeploymentError naming the place, for what is not understood.
   */
  resolve(value: unknown, place: string): unknown {
    if (Array.isArray(value)) {
      return value
        .map((item, index) => this.resolve(item, `${place}[${index}]`))
        .filter((item) => item !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const called = entries.find(([key]) => key === 'Ref' || key.startsWith('Fn::'));
    if (called === undefined) return this.#resolveFields(entries, place);
    const [name, argument] = called;
    const run = FUNCTIONS[name];
    if (run === undefined || entries.length > 1) {
      throw wrong(place, value, `one of ${Object.keys(FUNCTIONS).join(', ')}, and alone`);
    }
    return run(this, argument, place);
  }

  ref(name: string, place: string): unknown {
    if (name === 'AWS::NoValue') return NO_VALUE;
    const known = this.#pseudo[name];
    if (known !== undefined) return known;
    return this.attribute(name, 'Ref', place);
  }

  attribute(logicalId: string, attribute: string, place: string): string {
    const found = this.#lookup(logicalId, attribute);
    if (found !== undefined) return found;
    throw wrong(place, `${logicalId}.${attribute}`, 'what the lab gives to a resource');
  }

  #resolveFields(entries: readonly (readonly [string, unknown])[], place: string): unknown {
    const resolved = entries.map(([key, item]) => [key, this.resolve(item, `${place}.${key}`)]);
    return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
  }
}

function substitute(resolver: Resolver, value: unknown, place: string): string {
  const [template, variables] = Array.isArray(value) ? pair(value, place) : [value, {}];
  const own = resolver.resolve(variables, place) as Readonly<Record<string, unknown>>;
  return text(template, place).replaceAll(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (own[name] !== undefined) return text(own[name], place);
    const [id = '', ...path] = name.split('.');
    const found =
      path.length === 0 ? resolver.ref(id, place) : resolver.attribute(id, path.join('.'), place);
    return text(found, place);
  });
}

function pair(value: unknown, place: string): readonly [unknown, unknown] {
  if (Array.isArray(value) && value.length === 2) return [value[0], value[1]];
  throw wrong(place, value, 'two arguments');
}

function list(value: unknown, place: string): readonly string[] {
  if (Array.isArray(value)) return value.map((item) => text(item, place));
  throw wrong(place, value, 'a list');
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw wrong(place, value, 'a text');
}

export function wrong(place: string, got: unknown, want: string): DeploymentError {
  return new DeploymentError(`${place}: got ${JSON.stringify(got)}, want ${want}`);
}
