/** A card for each task, by tier. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { TaskCard } from '../view.ts';

interface TasksProps {
  readonly cards: readonly TaskCard[];
  readonly gone: number;
}

/** A shape beside each word, since colour alone says nothing to some. */
const SHAPES: Readonly<Record<TaskCard['state'], string>> = {
  starting: '◔',
  running: '●',
  healthy: '✓',
  unhealthy: '✗',
  ill: '▲',
  draining: '▽',
  stopping: '▽',
  stopped: '■',
};

export function Tasks({ cards, gone }: TasksProps): VNode {
  const tiers = [...new Set(cards.map(({ tier }) => tier))];
  return html`<section aria-labelledby="tasks">
    <h2 id="tasks">Tasks</h2>
    ${cards.length === 0 && html`<p class="note">None is told of yet.</p>`}
    ${tiers.map(
      (tier) => html`
        <h3>${tier}</h3>
        <ul class="cards">
          ${cards
            .filter((card) => card.tier === tier)
            .map((card) => html`<${Card} key=${card.id} card=${card} />`)}
        </ul>
      `,
    )}
    ${gone > 0 && html`<p class="note">${gone} more that are gone are not shown.</p>`}
  </section>`;
}

function Card({ card }: { readonly card: TaskCard }): VNode {
  const { id, zone, revision, state, look, notes } = card;
  return html`<li class="card look-${look} ${state === 'stopped' ? 'is-gone' : ''}">
    <p class="state"><span aria-hidden="true">${SHAPES[state]}</span> ${state}</p>
    <p><strong>${id}</strong></p>
    <p class="note">${revision}</p>
    <p class="note">${zone}</p>
    ${notes.map((note) => html`<p class="note">${note}</p>`)}
  </li>`;
}
