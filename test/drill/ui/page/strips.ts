/** Alarms and incidents as rows of states, on the axis of the charts. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { StripView, View } from '../view.ts';

interface StripsProps {
  readonly strips: readonly StripView[];
  readonly axis: View['axis'];
}

const WIDTH = 1_000;

export function Strips({ strips, axis }: StripsProps): VNode {
  const x = (at: number): number => ((at - axis.from) / (axis.to - axis.from)) * WIDTH;
  return html`<figure>
    <figcaption>
      <h3>Alarms and incident</h3>
      <p>Alarms that rang, and how the incident stands.</p>
    </figcaption>
    ${strips.map(
      ({ name, stretches }) => html`
        <div class="strip">
          <p><strong>${name}</strong></p>
          <div class="plot">
            <svg viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" aria-hidden="true">
              ${stretches.map(
                ({ from, to, look }) => html`
                  <rect
                    class="state-${look}"
                    x=${x(from)}
                    y="1"
                    width=${Math.max(0, x(to) - x(from))}
                    height="18"
                  />
                `,
              )}
            </svg>
          </div>
          <p class="note">${tell(stretches)}</p>
        </div>
      `,
    )}
  </figure>`;
}

function tell(stretches: StripView['stretches']): string {
  const words = stretches.map(({ from, state }, index) => {
    const seconds = `T${from < 0 ? '−' : '+'}${Math.abs(from).toFixed(1)} s`;
    return index === 0 ? state : `${state} from ${seconds}`;
  });
  return words.join(' → ');
}
