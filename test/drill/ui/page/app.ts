/** The whole page: how it stands, the tasks, the charts, and what was said. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Over, View } from '../view.ts';
import { Chart } from './chart.ts';
import { StopButton } from './stop-button.ts';
import { Strips } from './strips.ts';
import { Tasks } from './tasks.ts';
import { Messages, Timeline } from './told.ts';

export interface AppProps {
  readonly view: View;
  readonly over: Over | undefined;
  readonly isConnected: boolean;
  readonly elapsedMs: number;
}

export function App({ view, over, isConnected, elapsedMs }: AppProps): VNode {
  return html`
    <header>
      <div class="bar">
        <p class="verdict ${over === undefined ? 'verdict-live' : 'verdict-ABORTED'}">
          <span aria-hidden="true">${over === undefined ? '▶' : '⊘'}</span>${' '}
          <span role="status">${headline(view, over)}</span>
          <span class="elapsed">${spellElapsed(elapsedMs)}</span>
        </p>
        ${over === undefined && html`<${StopButton} isStopping=${view.state === 'stopping'} />`}
      </div>
      ${over === undefined && !isConnected && html`<p class="lost" role="alert">${LOST}</p>`}
      <h1>${view.title}</h1>
      <p>${view.hypothesis}</p>
      <p class="note">${view.setting}</p>
    </header>
    <${Facts} view=${view} />
    <div class="columns">
      <div>
        <${Tasks} cards=${view.tasks} gone=${view.goneTasks} />
        <section aria-labelledby="charts">
          <h2 id="charts">Charts</h2>
          <${BandKeys} view=${view} />
          ${view.charts.map(
            (chart) => html`
              <${Chart} key=${chart.title} chart=${chart} axis=${view.axis} bands=${view.bands} />
            `,
          )}
          <${Strips} strips=${view.strips} axis=${view.axis} />
        </section>
      </div>
      <div>
        <${Timeline} points=${view.points} />
        <${Messages} messages=${view.messages} />
      </div>
    </div>
  `;
}

const LOST = 'The connection is lost: the drill has ended, or this tab has. It is tried again.';

function headline({ state, phase }: View, over: Over | undefined): string {
  if (over !== undefined) return `${over.word}: ${over.why}`;
  return state === 'stopping' ? 'STOPPING: rolling back and cleaning up' : `RUNNING: ${phase}`;
}

function spellElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The numbers of now, each with its limit or its whole. */
function Facts({ view: { now } }: { readonly view: View }): VNode {
  if (now === undefined) return html`<p class="note">Nothing is measured yet.</p>`;
  const { sent, failed, failing, alarms, tiers } = now;
  const share = sent === 0 ? 0 : (failed / sent) * 100;
  const isAlarming = alarms.length > 0;
  return html`<dl class="facts">
    <div class=${failing > 0 ? 'fact bad' : 'fact'}>
      <dt>Requests failed</dt>
      <dd>${failed} <small>of ${sent}, ${share.toFixed(1)} %; ${failing} in the last second</small></dd>
    </div>
    ${tiers.map(
      ({ tier, healthy, desired, incident }) => html`
        <div class=${healthy < desired ? 'fact bad' : 'fact'}>
          <dt>${tier}</dt>
          <dd>${healthy} / ${desired} healthy <small>incident: ${incident}</small></dd>
        </div>
      `,
    )}
    <div class=${isAlarming ? 'fact bad' : 'fact'}>
      <dt>Alarms</dt>
      <dd>
        ${isAlarming ? `${alarms.length} in ALARM` : 'none rings'}
        <small>${isAlarming ? alarms.join(', ') : 'OK, or no data yet'}</small>
      </dd>
    </div>
  </dl>`;
}

function BandKeys({ view: { bands } }: { readonly view: View }): VNode {
  return html`<p class="legend">
    ${bands.length === 0 && html`<span class="note">The fault is not on yet.</span>`}
    ${bands.map(
      ({ kind, words }) => html`
        <span class="key">
          <svg viewBox="0 0 24 12" aria-hidden="true">
            <rect class="band-${kind}" width="24" height="12" />
          </svg>${' '}
          ${words}
        </span>
      `,
    )}
  </p>`;
}
