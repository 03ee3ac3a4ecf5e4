/** What happened and what was said, the newest first: it is what one looks for. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { MessageView, PointView } from '../view.ts';

export function Timeline({ points }: { readonly points: readonly PointView[] }): VNode {
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">Timeline</h2>
    <p class="note">The newest first.</p>
    <div class="scroll" role="region" aria-label="Timeline, the newest first" tabindex="0">
    <ol class="told" reversed>
      ${points.toReversed().map(
        ({ since, utc, what, source }, index) => html`
          <li key=${points.length - index}>
            <p class="when">${since} <small>${utc}</small></p>
            <p>${what} <small>${source}</small></p>
          </li>
        `,
      )}
    </ol>
    </div>
  </section>`;
}

export function Messages({ messages }: { readonly messages: readonly MessageView[] }): VNode {
  return html`<section aria-labelledby="messages">
    <h2 id="messages">Messages</h2>
    ${messages.length === 0 && html`<p class="note">None was sent yet.</p>`}
    ${messages.toReversed().map(
      ({ since, utc, html: content }, index) => html`
        <article class="message" key=${messages.length - index}>
          <p class="note">${since} · ${utc}</p>
          <div dangerouslySetInnerHTML=${{ __html: content }} />
        </article>
      `,
    )}
  </section>`;
}
