/**
 * The AWS query protocol's answer: an operation's output, or a failure, as XML.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { xmlOut } from './leaf-codecs.ts';
import { convert } from './shape.ts';

/** `<OpResponse><OpResult>..`. @throws ShapeError when the output does not fit its shape. */
export function writeXml(
  operation: string,
  output: NormalizedSchema,
  value: unknown,
  namespace: string,
  requestId: string,
): string {
  const result = render(output, convert(output, value, xmlOut));
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  const body = element(`${operation}Result`, result) + metadata;
  return `<${operation}Response xmlns="${namespace}">${body}</${operation}Response>`;
}

export function writeXmlError(
  code: string,
  message: string,
  status: number,
  namespace: string,
  requestId: string,
): string {
  const type = element('Type', status < 500 ? 'Sender' : 'Receiver');
  const error = type + element('Code', escapeXml(code)) + element('Message', escapeXml(message));
  const body = element('Error', error) + element('RequestId', requestId);
  return `<ErrorResponse xmlns="${namespace}">${body}</ErrorResponse>`;
}

/**
 * The content of an element; the value has been converted by `xmlOut`, so that its leaves are
 * text.
 */
function render(shape: NormalizedSchema, value: unknown): string {
  if (shape.isStructSchema()) {
    const members = shape.getMemberSchemas();
    return Object.entries(value as Record<string, unknown>)
      .map(([name, member]) => renderMember(members[name] as NormalizedSchema, name, member))
      .join('');
  }
  if (shape.isListSchema()) {
    const item = shape.getValueSchema();
    return (value as readonly unknown[])
      .map((one) => element(nameOf(item, 'member'), render(item, one)))
      .join('');
  }
  if (shape.isMapSchema()) return renderEntries(shape, value, 'entry');
  return shape.isUnitSchema() ? '' : escapeXml(value as string);
}

function renderMember(shape: NormalizedSchema, name: string, value: unknown): string {
  const tag = nameOf(shape, name);
  if (!shape.getMergedTraits().xmlFlattened) return element(tag, render(shape, value));
  if (shape.isMapSchema()) return renderEntries(shape, value, tag);
  const item = shape.getValueSchema();
  return (value as readonly unknown[]).map((one) => element(tag, render(item, one))).join('');
}

function renderEntries(shape: NormalizedSchema, value: unknown, tag: string): string {
  const [key, item] = [shape.getKeySchema(), shape.getValueSchema()];
  return Object.entries(value as Record<string, unknown>)
    .map(([name, one]) => {
      const keyElement = element(nameOf(key, 'key'), escapeXml(name));
      return element(tag, keyElement + element(nameOf(item, 'value'), render(item, one)));
    })
    .join('');
}

function nameOf(shape: NormalizedSchema, fallback: string): string {
  return shape.getMergedTraits().xmlName ?? fallback;
}

function element(tag: string, content: string): string {
  return `<${tag}>${content}</${tag}>`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}
