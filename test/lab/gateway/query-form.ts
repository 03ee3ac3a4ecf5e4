/**
 * The AWS query protocol's request: `Action=X&Filters.member.1.Name=a` into the tree its shape
 * describes.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { formIn } from './leaf-codecs.ts';
import { convert } from './shape.ts';

interface FormNode {
  value?: string;
  readonly children: Map<string, FormNode>;
}

const ENVELOPE = new Set(['Action', 'Version']);

/**
 * The form's fields as an operation's input. @throws ShapeError when a field does not fit the
 * shape.
 */
export function readForm(input: NormalizedSchema, form: URLSearchParams): unknown {
  const root: FormNode = { children: new Map() };
  for (const [key, value] of form) {
    if (!ENVELOPE.has(key)) place(root, key.split('.'), value);
  }
  return convert(input, toTree(input, root), formIn);
}

function place(root: FormNode, steps: readonly string[], value: string): void {
  let node = root;
  for (const step of steps) {
    let next = node.children.get(step);
    if (!next) {
      next = { children: new Map() };
      node.children.set(step, next);
    }
    node = next;
  }
  node.value = value;
}

function toTree(shape: NormalizedSchema, node: FormNode): unknown {
  if (shape.isUnitSchema() || shape.isStructSchema()) return structureTree(shape, node);
  if (shape.isListSchema()) return listTree(shape, node);
  if (shape.isMapSchema()) return mapTree(shape, node);
  // Children under a leaf fit no shape: left as an object, for the check to name them.
  return node.children.size === 0 ? node.value : Object.fromEntries(node.children);
}

function structureTree(shape: NormalizedSchema, node: FormNode): unknown {
  if (node.children.size === 0 && node.value) return node.value;
  const tree: Record<string, unknown> = {};
  const members = Object.entries(shape.isUnitSchema() ? {} : shape.getMemberSchemas());
  for (const [step, child] of node.children) {
    const member = members.find(([name, member]) => xmlName(member, name) === step);
    tree[member ? member[0] : step] = member ? toTree(member[1], child) : (child.value ?? {});
  }
  return tree;
}

function listTree(shape: NormalizedSchema, node: FormNode): unknown {
  const element = shape.getValueSchema();
  const holder = node.children.get(xmlName(element, 'member')) ?? node.children.get('member');
  const items = shape.getMergedTraits().xmlFlattened ? node : holder;
  // `Names=` is how an empty list is sent.
  if (!items) return node.children.size === 0 && node.value === '' ? [] : (node.value ?? {});
  return numbered(items).map((child) => toTree(element, child));
}

function mapTree(shape: NormalizedSchema, node: FormNode): unknown {
  const keyName = xmlName(shape.getKeySchema(), 'key');
  const valueName = xmlName(shape.getValueSchema(), 'value');
  const holder = shape.getMergedTraits().xmlFlattened ? node : node.children.get('entry');
  const tree: Record<string, unknown> = {};
  if (!holder) return node.value ? node.value : tree;
  for (const entry of numbered(holder)) {
    const key = entry.children.get(keyName)?.value ?? '';
    const value = entry.children.get(valueName);
    tree[key] = value ? toTree(shape.getValueSchema(), value) : undefined;
  }
  return tree;
}

function numbered(node: FormNode): FormNode[] {
  return [...node.children]
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, child]) => child);
}

function xmlName(shape: NormalizedSchema, fallback: string): string {
  return shape.getMergedTraits().xmlName ?? fallback;
}
