/** Holds the properties of one resource against the specification of its type. */
import type { PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types';
import { type Finding, makeFinding } from './findings.ts';
import { type Intrinsic, intrinsicOf, isObject, resultOf, type Template } from './intrinsics.ts';
import { definitionOf } from './specification.ts';

type Findings = readonly Finding[];

/** The tag that most types share. */
const TAG: ResourceProperties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

const WHOLE = /^-?\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * CloudFormation hands every scalar on as text and reads it back by the property's type. So a
 * number or a boolean may stand for its text, and text for the number or boolean that it spells;
 * `1` is no boolean, `1.5` no whole number, and a scalar is never a list of one.
 */
const SCALARS = {
  string: { wanted: 'a string', fits: () => true },
  'date-time': { wanted: 'a date', fits: (text: string) => !Number.isNaN(Date.parse(text)) },
  number: { wanted: 'a number', fits: (text: string) => NUMBER.test(text) },
  integer: { wanted: 'a whole number', fits: (text: string) => WHOLE.test(text) },
  boolean: { wanted: 'true or false', fits: (text: string) => /^(?:true|false)$/.test(text) },
} as const;

type Scalar = Extract<PropertyType, { readonly type: keyof typeof SCALARS }>;

interface Values {
  readonly properties: ResourceProperties;
  readonly values: unknown;
  readonly path: string;
  readonly wanted?: string;
  /** Whether names that nobody knows are fine. */
  readonly open?: boolean;
}

/** Only as good as the specification: it does not say which properties exclude each other. */
export class PropertyChecker {
  readonly #template: Template;

  constructor(template: Template) {
    this.#template = template;
  }

  /** Reports names that nobody knows, values of a wrong type, and what is required but missing. */
  check({ properties, values, path, wanted = 'an object', open = false }: Values): Findings {
    if (!isObject(values)) return [makeFinding(path, values, wanted)];
    const known = Object.keys(properties).toSorted().join(', ');
    const missing = Object.entries(properties)
      .filter(([name, { required }]) => required === true && this.#isAbsent(values[name]))
      .map(([name, { type }]) => makeFinding(`${path}.${name}`, undefined, nameOf(type)));
    const present = Object.entries(values).flatMap(([name, value]) => {
      const at = `${path}.${name}`;
      const type = properties[name]?.type;
      if (type !== undefined) return this.#checkValue(type, value, at);
      return open ? [] : [makeFinding(at, name, `one of ${known}`)];
    });
    return [...missing, ...present];
  }

  #isAbsent(value: unknown): boolean {
    const intrinsic = intrinsicOf(value);
    if (intrinsic === undefined) return value === undefined;
    return resultOf(this.#template, intrinsic) === 'nothing';
  }

  #checkValue(type: PropertyType, value: unknown, path: string): Findings {
    const intrinsic = intrinsicOf(value);
    if (intrinsic !== undefined) return this.#checkIntrinsic(type, intrinsic, path);
    switch (type.type) {
      case 'union':
        return this.#checkUnion(type.types, value, path);
      case 'array':
        if (!Array.isArray(value)) return [makeFinding(path, value, nameOf(type))];
        return value.flatMap((item: unknown, index) =>
          this.#checkValue(type.element, item, `${path}[${index}]`),
        );
      case 'map':
        if (!isObject(value)) return [makeFinding(path, value, nameOf(type))];
        return Object.entries(value).flatMap(([key, item]) =>
          this.#checkValue(type.element, item, `${path}.${key}`),
        );
      case 'ref': {
        const { properties } = definitionOf(type);
        return this.check({ properties, values: value, path, wanted: nameOf(type) });
      }
      case 'tag':
        return this.check({ properties: TAG, values: value, path, wanted: nameOf(type) });
      case 'json':
        return isObject(value) ? [] : [makeFinding(path, value, nameOf(type))];
      case 'null':
        return [makeFinding(path, value, 'nothing')];
      default:
        return isScalarOf(type, value) ? [] : [makeFinding(path, value, nameOf(type))];
    }
  }

  /** A function stands for what it gives; of `Fn::If` that is either branch. */
  #checkIntrinsic(type: PropertyType, intrinsic: Intrinsic, path: string): Findings {
    const { name, argument } = intrinsic;
    if (name === 'Fn::If' && Array.isArray(argument)) {
      return argument
        .slice(1)
        .flatMap((branch: unknown, index) =>
          this.#checkValue(type, branch, `${path}.${name}[${index + 1}]`),
        );
    }
    const result = resultOf(this.#template, intrinsic);
    if (result === 'anything' || result === 'nothing') return [];
    const members = type.type === 'union' ? type.types : [type];
    const fits = members.some((member) =>
      result === 'list' ? member.type === 'array' : isScalar(member),
    );
    return fits ? [] : [makeFinding(path, { [name]: argument }, nameOf(type))];
  }

  /** When no member fits, tells of the one that gets furthest: its mistake is the likely one. */
  #checkUnion(types: readonly PropertyType[], value: unknown, path: string): Findings {
    // Beside free JSON a string is the JSON's text, which a number does not spell.
    const isText = typeof value === 'string' || !types.some(({ type }) => type === 'json');
    const possible = isText ? types : types.filter(({ type }) => type !== 'string');
    const tries = possible.map((type) => this.#checkValue(type, value, path));
    if (tries.some((found) => found.length === 0)) return [];
    const inside = tries.find((found) => found.every((each) => each.path !== path));
    const wanted = types.map(nameOf).join(', or ');
    return inside ?? [makeFinding(path, value, wanted)];
  }
}

function isScalar(type: PropertyType): type is Scalar {
  return Object.hasOwn(SCALARS, type.type);
}

function isScalarOf(type: Scalar, value: unknown): boolean {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return false;
  const text = String(value);
  const allowed = allowedBy(type);
  return allowed.length > 0 ? allowed.includes(text) : SCALARS[type.type].fits(text);
}

function allowedBy(type: PropertyType): readonly string[] {
  const values: readonly unknown[] = ('allowedValues' in type && type.allowedValues) || [];
  return values.map(String);
}

function nameOf(type: PropertyType): string {
  if (isScalar(type)) {
    const allowed = allowedBy(type);
    return allowed.length > 0 ? `one of ${allowed.join(', ')}` : SCALARS[type.type].wanted;
  }
  switch (type.type) {
    case 'array':
      return 'a list';
    case 'ref':
      return `an object (${definitionOf(type).name})`;
    case 'tag':
      return 'an object (Key, Value)';
    case 'union':
      return type.types.map(nameOf).join(', or ');
    case 'null':
      return 'nothing';
    default:
      return 'an object';
  }
}
