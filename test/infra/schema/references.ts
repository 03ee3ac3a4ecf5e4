/** Finds functions that CloudFormation does not have, and references to what is not there. */
import { type Finding, makeFinding } from './findings.ts';
import {
  attributeOf,
  FUNCTIONS,
  type Intrinsic,
  intrinsicOf,
  isObject,
  PSEUDO_PARAMETERS,
  type Template,
} from './intrinsics.ts';
import { findResourceType } from './specification.ts';

type Findings = readonly Finding[];

/** What only conditions and rules may use: they are evaluated before there is any resource. */
const CONDITION_FUNCTIONS = [
  'Fn::And',
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
  'Fn::Equals',
  'Fn::Not',
  'Fn::Or',
  'Fn::RefAll',
  'Fn::ValueOf',
  'Fn::ValueOfAll',
];

/** How many arguments a function takes, where it takes a list of them. */
const COUNTS: Readonly<Record<string, readonly number[]>> = {
  'Fn::Cidr': [2, 3],
  'Fn::FindInMap': [3],
  'Fn::If': [3],
  'Fn::Join': [2],
  'Fn::Select': [2],
  'Fn::Split': [2],
};

/** `${Id}` or `${Id.Attribute}` of a `Fn::Sub`; `${!Text}` stays as it is. */
const VARIABLE = /\$\{(?!!)([^}]*)\}/g;

/** Follows every function of one template; `early` is for what knows no resources yet. */
export class ReferenceChecker {
  readonly #template: Template;
  readonly #early: boolean;

  constructor(template: Template, { early }: { readonly early: boolean }) {
    this.#template = template;
    this.#early = early;
  }

  check(value: unknown, path: string): Findings {
    if (value === null) return [makeFinding(path, null, 'no null: CloudFormation refuses it')];
    if (Array.isArray(value)) {
      return value.flatMap((item: unknown, index) => this.check(item, `${path}[${index}]`));
    }
    if (!isObject(value)) return [];
    const { Condition: condition } = value;
    if (this.#early && typeof condition === 'string') {
      return this.#named('Conditions', condition, `${path}.Condition`);
    }
    const intrinsic = intrinsicOf(value);
    const own = intrinsic === undefined ? findMixed(value, path) : this.#call(intrinsic, path);
    const inner = Object.entries(value).flatMap(([key, item]) =>
      this.check(item, `${path}.${key}`),
    );
    return [...own, ...inner];
  }

  #call({ name, argument }: Intrinsic, path: string): Findings {
    const functions = this.#early ? [...FUNCTIONS, ...CONDITION_FUNCTIONS] : FUNCTIONS;
    if (!functions.includes(name)) {
      return [makeFinding(path, name, `one of ${functions.join(', ')}`)];
    }
    const at = `${path}.${name}`;
    const counts = COUNTS[name];
    if (counts !== undefined && !(Array.isArray(argument) && counts.includes(argument.length))) {
      return [makeFinding(at, argument, `a list of ${counts.join(' or ')}`)];
    }
    const [first] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
    switch (name) {
      case 'Ref':
        return this.#reference(argument, at);
      case 'Fn::GetAtt':
        return this.#attribute(argument, at);
      case 'Fn::Sub':
        return this.#substitute(argument, at);
      case 'Fn::If':
        return this.#named('Conditions', first, `${at}[0]`);
      case 'Fn::FindInMap':
        return typeof first === 'string' ? this.#named('Mappings', first, `${at}[0]`) : [];
      default:
        return [];
    }
  }

  #reference(target: unknown, path: string): Findings {
    const { Parameters: parameters = {} } = this.#template;
    const known = [...PSEUDO_PARAMETERS, ...Object.keys(parameters)];
    if (typeof target === 'string' && known.includes(target)) return [];
    if (this.#early) return [makeFinding(path, target, 'a parameter')];
    return this.#isResource(target) ? [] : [makeFinding(path, target, 'a resource or parameter')];
  }

  #isResource(target: unknown): boolean {
    return typeof target === 'string' && Object.hasOwn(this.#template.Resources, target);
  }

  #attribute(argument: unknown, path: string): Findings {
    const { id, name } = attributeOf(argument);
    if (this.#early) return [makeFinding(path, argument, 'a parameter')];
    const resource = this.#template.Resources[id];
    if (resource === undefined) return [makeFinding(path, argument, 'a resource')];
    // What the name is made of is known at deployment only.
    if (intrinsicOf(name) !== undefined) return [];
    const attributes = findResourceType(resource.Type)?.attributes;
    if (attributes === undefined) return [];
    if (typeof name === 'string' && hasAttribute(resource.Type, name, attributes)) return [];
    const known = Object.keys(attributes).toSorted().join(', ') || 'none';
    return [makeFinding(path, argument, `an attribute of ${resource.Type} (${known})`)];
  }

  #substitute(argument: unknown, path: string): Findings {
    const [text, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
    if (typeof text !== 'string') return [makeFinding(path, argument, 'a text')];
    const own = isObject(variables) ? variables : {};
    const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name.trim());
    return names
      .filter((name) => !Object.hasOwn(own, name))
      .flatMap((name) =>
        name.includes('.') ? this.#attribute(name, path) : this.#reference(name, path),
      );
  }

  #named(section: 'Conditions' | 'Mappings', name: unknown, path: string): Findings {
    const known = this.#template[section] ?? {};
    const found = typeof name === 'string' && Object.hasOwn(known, name);
    return found ? [] : [makeFinding(path, name, `a name of ${section}`)];
  }
}

/** Outputs of a nested stack are not in any specification. */
function hasAttribute(type: string, name: string, attributes: object): boolean {
  const isOutput = type === 'AWS::CloudFormation::Stack' && name.startsWith('Outputs.');
  return isOutput || Object.hasOwn(attributes, name);
}

function findMixed(value: object, path: string): Findings {
  const functions = Object.keys(value).filter((key) => key.startsWith('Fn::'));
  return functions.map((name) => makeFinding(`${path}.${name}`, value, `${name} alone`));
}
