/** The buttons below a message: three at most, and none that acts where nothing answers a click. */
import type { ActionsBlock, Button, ConfirmationDialog, PlainTextElement } from '@slack/types';
import type { ClickAction, ClickSubject } from '../../core/click.ts';
import { cut } from './text.ts';

const BUTTONS_MAX = 3;
const URL_MAX = 3_000;
const VALUE_MAX = 2_000;

export type ButtonSpec =
  | { readonly label: string; readonly url: string | undefined; readonly primary?: true }
  | { readonly action: ClickAction; readonly subject: ClickSubject };

interface ActionText {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: readonly [title: string, text: string, confirm: string];
}

/** Each dialog names the effect, and its limit. */
const ACTIONS: Readonly<Record<ClickAction, ActionText>> = {
  acknowledge: { label: 'Acknowledge', style: 'primary' },
  pause: {
    label: 'Pause healing 30 min',
    confirm: [
      'Pause healing?',
      'For 30 minutes nothing is stopped in this service. Alarms go on, and it ends by itself.',
      'Pause',
    ],
  },
  'stop-one-more': {
    label: 'Stop one more task',
    style: 'danger',
    confirm: [
      'Stop one more task?',
      'One ill task is stopped, if every guardrail agrees: budget, healthy minimum, deployment.',
      'Stop one',
    ],
  },
  resume: {
    label: 'Resume healing',
    style: 'primary',
    confirm: [
      'Resume healing?',
      'The pause ends now for every service that it holds. Ill tasks may be stopped again, within every guardrail.',
      'Resume',
    ],
  },
};

/** Links without an address are left out; the first three of the others are shown. */
export function buttons(specs: readonly ButtonSpec[]): ActionsBlock | undefined {
  const elements = specs.flatMap((spec) => {
    const button = 'action' in spec ? actionButton(spec) : linkButton(spec);
    return button === undefined ? [] : [button];
  });
  if (elements.length === 0) return undefined;
  return { type: 'actions', elements: elements.slice(0, BUTTONS_MAX) };
}

function linkButton({ label, url, primary }: Extract<ButtonSpec, { label: string }>) {
  if (url === undefined || url.length > URL_MAX) return undefined;
  const style = primary === true ? { style: 'primary' as const } : {};
  const id = `open-${label.toLowerCase().replaceAll(' ', '-')}`;
  return { type: 'button', action_id: id, text: text(label), url, ...style } satisfies Button;
}

function actionButton({ action, subject }: Extract<ButtonSpec, { action: ClickAction }>) {
  const { label, style, confirm } = ACTIONS[action];
  const value = JSON.stringify(subject);
  if (value.length > VALUE_MAX) return undefined;
  return {
    type: 'button',
    action_id: action,
    text: text(label),
    value,
    ...(style && { style }),
    ...(confirm && { confirm: dialog(confirm, style) }),
  } satisfies Button;
}

function dialog(
  [title, body, confirm]: NonNullable<ActionText['confirm']>,
  style: ActionText['style'],
): ConfirmationDialog {
  return {
    title: text(title),
    text: text(body),
    confirm: text(confirm),
    deny: text('Cancel'),
    ...(style && { style }),
  };
}

function text(words: string): PlainTextElement {
  return { type: 'plain_text', text: cut(words, 300), emoji: true };
}
