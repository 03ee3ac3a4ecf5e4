/** Changes what is valid into what nearly is: first the value, then the text that it is written as. */
import type { Random } from '../bench/world/random.ts';
import { hostileText, hostileValue, PROTO_KEYS, RAW_TOKENS } from './hostile.ts';

interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

const DEEP = 12_000;
/** A list of a thousand is long enough for a loop that should not be there. */
const REPEATED_MAX = 1_000;

/** @returns the value with some of its fields changed; what was given is changed too. */
export function mutateValue(random: Random, value: unknown, changes: number): unknown {
  const root = { value };
  for (let change = 0; change < changes; change += 1) {
    const slots = slotsOf(root);
    if (slots.length === 0) break;
    const slot = random.pick(slots);
    random.pick(MUTATORS)(random, slot, slots);
  }
  return root.value;
}

function slotsOf(root: object): readonly Slot[] {
  const slots: Slot[] = [];
  const left: object[] = [root];
  for (let holder = left.pop(); holder !== undefined; holder = left.pop()) {
    for (const [key, value] of Object.entries(holder).slice(0, 200)) {
      slots.push({ holder: holder as Record<string, unknown>, key });
      if (typeof value === 'object' && value !== null) left.push(value);
    }
  }
  return slots;
}

type Mutator = (random: Random, slot: Slot, all: readonly Slot[]) => void;

const replace: Mutator = (random, { holder, key }) => put(holder, key, hostileValue(random));

const MUTATORS: readonly Mutator[] = [
  replace,
  replace,
  replace,
  (_random, { holder, key }) => Reflect.deleteProperty(holder, key),
  (random, { holder, key }) => {
    const value = holder[key];
    Reflect.deleteProperty(holder, key);
    put(holder, random.pick([...PROTO_KEYS, key.toUpperCase(), ` ${key}`, '']), value);
  },
  (random, { holder }) =>
    put(holder, random.pick([...PROTO_KEYS, hostileText(random)]), hostileValue(random)),
  (random, { holder, key }, all) => {
    const other = random.pick(all);
    put(holder, key, copy(other.holder[other.key]));
  },
  (_random, { holder, key }) => put(holder, key, [copy(holder[key])]),
  (random, { holder, key }) => {
    const value = holder[key];
    if (!Array.isArray(value) || value.length === 0) return replace(random, { holder, key }, []);
    const times = random.next() < 0.05 ? REPEATED_MAX : random.integer(2, 4);
    put(holder, key, Array.from({ length: times }, () => value).flat());
  },
  (random, { holder, key }) => {
    const value = holder[key];
    if (typeof value === 'string') put(holder, key, bend(random, value));
    else if (typeof value === 'number')
      put(holder, key, value * random.pick([-1, 1e3, 1e300, 0.5]));
    else put(holder, key, JSON.stringify(value));
  },
];

/** By definition and not by assignment: `__proto__` is to be a field like any other. */
function put(holder: Record<string, unknown>, key: string, value: unknown): void {
  const own = { value, enumerable: true, configurable: true, writable: true };
  if (!Array.isArray(holder)) Object.defineProperty(holder, key, own);
  else if (/^\d+$/.test(key)) holder[Number(key)] = value;
}

function copy(value: unknown): unknown {
  return typeof value === 'object' ? structuredClone(value) : value;
}

/** A text that is nearly what it was. */
function bend(random: Random, text: string): string {
  const at = random.integer(0, text.length);
  return random.pick([
    () => text.slice(0, at),
    () => text.slice(at),
    () => `${text}${text}`,
    () => `${text.slice(0, at)}${hostileText(random)}${text.slice(at)}`,
    () => text.toUpperCase(),
    () => `${text} `,
    () => flip(text, at, random.integer(0, 6)),
  ])();
}

function flip(text: string, at: number, bit: number): string {
  const flipped = String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << bit));
  return `${text.slice(0, at)}${flipped}${text.slice(at + 1)}`;
}

/** JSON of it; of what has none, an empty text. */
export function write(value: unknown): string {
  return (JSON.stringify(value) as string | undefined) ?? '';
}

/** @returns the text with so many damages; mostly it is no JSON any more. */
export function damage(random: Random, text: string, damages: number): string {
  let damaged = text;
  for (let count = 0; count < damages; count += 1) damaged = random.pick(DAMAGES)(random, damaged);
  return damaged;
}

const VALUES = /(?<=[:[,]\s?)(?:-?\d[\d.eE+-]*|"(?:\\.|[^"\\]){0,40}"|true|false|null)(?=[,}\]])/g;

function atValue(random: Random, text: string, by: string): string {
  const found = [...text.matchAll(VALUES)];
  if (found.length === 0) return by;
  const { 0: value, index } = random.pick(found);
  return `${text.slice(0, index)}${by}${text.slice(index + value.length)}`;
}

const DAMAGES: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => atValue(random, text, random.pick(RAW_TOKENS)),
  (random, text) => atValue(random, text, random.pick(RAW_TOKENS)),
  (random, text) => {
    const depth = random.next() < 0.02 ? DEEP : random.integer(2, 60);
    const [open, close] = random.pick([['[', ']'] as const, ['{"a":', '}'] as const]);
    return atValue(random, text, `${open.repeat(depth)}1${close.repeat(depth)}`);
  },
  (random, text) => {
    const [name = '"kind"'] = /"\w+"(?=:)/.exec(text) ?? [];
    const value = JSON.stringify(hostileText(random));
    return text.replace(/[{]/, `{${name}:${value},`).replace(/[}]$/, `,${name}:${value}}`);
  },
  (random, text) => text.slice(0, random.integer(0, text.length)),
  (random, text) => flip(text, random.integer(0, text.length), random.integer(0, 7)),
  (random, text) => {
    const at = random.integer(0, text.length);
    return `${text.slice(0, at)}${random.pick(RAW_TOKENS)}${text.slice(at)}`;
  },
  (_random, text) => `\ufeff${text}`,
];
