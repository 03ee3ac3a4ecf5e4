/** Whether Slack takes a message: its limits, and the tighter ones that keep ours readable. */
import type { ActionsBlock, ContextBlock, KnownBlock, SectionBlock } from '@slack/types';
import { payloadOf, type SlackMessage, type SlackPayload, TEXT_MAX } from './blocks.ts';

const BLOCKS_MAX = 10;
const CHARACTERS_MAX = 8_000;
const LIMITS = {
  section: 3_000,
  fields: 10,
  field: 2_000,
  elements: 10,
  buttons: 3,
  label: 75,
  id: 255,
  value: 2_000,
  url: 3_000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
} as const;

/** A link, a time or a user group: the only controls that we write. */
const CONTROL =
  /<(?:https:\/\/[^\s<>|]+\|[^<>|]+|!date\^\d+\^[^<>|]+\|[^<>|]+|!subteam\^S[A-Z0-9]+)>/g;
const ENTITY = /&(?:amp|lt|gt);/g;
/** But for the one that we put behind a mark, so that it formats nothing. */
const UNSEEN = /[^\P{Cc}\n\t]|(?!\u200b)[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

/** What is sent: the text alone when Slack would refuse the blocks, for a refused message is a lost one. */
export function payloadToSend(message: SlackMessage): SlackPayload {
  return checkMessage(message).length === 0 ? payloadOf(message) : { text: message.alone };
}

/** @returns each problem as `where: value got, value wanted`; none when Slack takes the message. */
export function checkMessage({ text, blocks }: SlackMessage): readonly string[] {
  const size = blocks.flatMap(textsOf).reduce((sum, part) => sum + part.length, 0);
  return [
    ...checkText('text', text, TEXT_MAX),
    ...checkCount('blocks', blocks.length, BLOCKS_MAX),
    ...(size > CHARACTERS_MAX ? [`blocks: ${size} characters, wanted ${CHARACTERS_MAX}`] : []),
    ...blocks.flatMap((block, index) => checkBlock(`blocks.${index}`, block)),
  ];
}

function checkBlock(where: string, block: KnownBlock): readonly string[] {
  switch (block.type) {
    case 'section':
      return checkSection(where, block);
    case 'context':
      return checkContext(where, block);
    case 'actions':
      return checkActions(where, block);
    default:
      return [`${where}.type: got ${block.type}, wanted section, context or actions`];
  }
}

function checkSection(where: string, { text, fields }: SectionBlock): readonly string[] {
  if (text === undefined && fields === undefined) return [`${where}: neither text nor fields`];
  return [
    ...(text === undefined ? [] : checkText(`${where}.text`, text.text, LIMITS.section)),
    ...(fields === undefined ? [] : checkCount(`${where}.fields`, fields.length, LIMITS.fields)),
    ...(fields ?? []).flatMap((field, index) =>
      checkText(`${where}.fields.${index}`, field.text, LIMITS.field),
    ),
  ];
}

function checkContext(where: string, { elements }: ContextBlock): readonly string[] {
  return [
    ...checkCount(`${where}.elements`, elements.length, LIMITS.elements),
    ...elements.flatMap((element, index) =>
      'text' in element
        ? checkText(`${where}.elements.${index}`, element.text, LIMITS.section)
        : [],
    ),
  ];
}

function checkActions(where: string, { elements }: ActionsBlock): readonly string[] {
  const ids = elements.map((element) => element.action_id);
  return [
    ...checkCount(`${where}.elements`, elements.length, LIMITS.buttons),
    ...(new Set(ids).size === ids.length ? [] : [`${where}: repeats an action_id`]),
    ...elements.flatMap((element, index) => checkButton(`${where}.elements.${index}`, element)),
  ];
}

function checkButton(where: string, button: ActionsBlock['elements'][number]): readonly string[] {
  if (button.type !== 'button') return [`${where}.type: got ${button.type}, wanted button`];
  const { url, value, confirm, text } = button;
  const part = (name: string, got: string | undefined, max: number): readonly string[] =>
    got === undefined ? [] : checkLength(`${where}.${name}`, got, max);
  return [
    ...part('text', text.text, LIMITS.label),
    ...part('action_id', button.action_id, LIMITS.id),
    ...part('value', value, LIMITS.value),
    ...part('url', url, LIMITS.url),
    ...(url !== undefined && !URL.canParse(url) ? [`${where}.url: is no URL`] : []),
    ...part('confirm.title', confirm?.title?.text, LIMITS.confirmTitle),
    ...part('confirm.text', confirm?.text.text, LIMITS.confirmText),
    ...part('confirm.confirm', confirm?.confirm?.text, LIMITS.confirmButton),
    ...part('confirm.deny', confirm?.deny?.text, LIMITS.confirmButton),
  ];
}

function checkCount(where: string, got: number, max: number): readonly string[] {
  return got >= 1 && got <= max ? [] : [`${where}: got ${got}, wanted 1 to ${max}`];
}

function checkLength(where: string, text: string, max: number): readonly string[] {
  const got = text.length;
  return got >= 1 && got <= max ? [] : [`${where}: ${got} characters, wanted 1 to ${max}`];
}

function checkText(where: string, text: string, max: number): readonly string[] {
  const rest = text.replace(CONTROL, '').replace(ENTITY, '');
  const stray = /[&<>]/.exec(rest)?.[0];
  return [
    ...checkLength(where, text, max),
    ...(stray === undefined ? [] : [`${where}: got ${stray} unescaped, wanted an entity`]),
    ...(UNSEEN.test(text) || !text.isWellFormed()
      ? [`${where}: got a character that cannot be seen, wanted text`]
      : []),
  ];
}

function textsOf(block: KnownBlock): readonly string[] {
  if (block.type === 'section') {
    return [block.text, ...(block.fields ?? [])].flatMap((part) => part?.text ?? []);
  }
  if (block.type !== 'context') return [];
  return block.elements.flatMap((element) => ('text' in element ? element.text : []));
}
