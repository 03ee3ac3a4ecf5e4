/** One chart by uPlot, in the look of the report; its numbers beside it for those who do not see it. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Band, ChartView, SeriesView, View } from '../view.ts';
import { chartOptions, dataOf } from './chart-options.ts';

interface ChartProps {
  readonly chart: ChartView;
  readonly axis: View['axis'];
  readonly bands: readonly Band[];
}

/** What the options read while they draw: it changes with each frame, and they do not. */
export interface Drawn extends ChartProps {
  readonly onPoint: (index: number | undefined) => void;
}

export function Chart(props: ChartProps): VNode {
  const { chart } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number>();
  const drawn = useRef<Drawn>({ ...props, onPoint: setPointed });
  drawn.current = { ...props, onPoint: setPointed };

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const build = (): void => {
      plot.current?.destroy();
      const width = element.clientWidth;
      const options = chartOptions(() => drawn.current, width);
      plot.current = new uPlot(options, dataOf(drawn.current.chart), element);
    };
    // Colours are asked for when it is built; the canvas has no style of its own.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const resized = new ResizeObserver(() => fitTo(plot.current, element));
    scheme.addEventListener('change', build);
    resized.observe(element);
    build();
    return () => {
      scheme.removeEventListener('change', build);
      resized.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(dataOf(chart));
  });

  return html`<figure>
    <figcaption>
      <h3>${chart.title}</h3>
      <p>${chart.summary}</p>
    </figcaption>
    <p class="legend">
      ${chart.series.map((series) => html`<${Key} series=${series} />`)}
      <span class="note">${pointed === undefined ? '' : tellPoint(chart, pointed)}</span>
    </p>
    <div class="canvas" ref=${place} role="img" aria-label=${`${chart.title}. ${chart.summary}`} />
    <${Numbers} chart=${chart} />
  </figure>`;
}

function fitTo(plot: uPlot | undefined, { clientWidth }: HTMLElement): void {
  if (plot !== undefined && plot.width !== clientWidth) {
    plot.setSize({ width: clientWidth, height: plot.height });
  }
}

function Key({ series: { name, look } }: { readonly series: SeriesView }): VNode {
  const shape = look.startsWith('bar')
    ? html`<rect class=${look} width="24" height="12" />`
    : html`<path class="line line-${look}" d="M0 6H24" />`;
  return html`<span class="key"><svg viewBox="0 0 24 12" aria-hidden="true">${shape}</svg> ${name}</span>`;
}

/** The table is only made when it is looked at. */
function Numbers({ chart }: { readonly chart: ChartView }): VNode {
  const [isOpen, setOpen] = useState(false);
  const onToggle = (event: Event): void => setOpen((event.target as HTMLDetailsElement).open);
  return html`<details onToggle=${onToggle}>
    <summary>Numbers of: ${chart.title}</summary>
    ${
      isOpen &&
      html`<table>
        <thead>
          <tr>
            <th scope="col">at</th>
            ${chart.series.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${chart.at.map(
            (at, index) => html`<tr>
              <th scope="row">${spellAt(at)}</th>
              ${chart.series.map(({ values }) => html`<td>${spellValue(values[index])}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>`
    }
  </details>`;
}

function tellPoint({ at, series, unit }: ChartView, index: number): string {
  const values = series.map(({ name, values: own }) => `${name} ${spellValue(own[index])}`);
  return `${spellAt(at[index] ?? 0)}: ${values.join(', ')} ${unit}`;
}

function spellAt(at: number): string {
  return `T${at < 0 ? '−' : '+'}${Math.abs(at).toFixed(1)} s`;
}

function spellValue(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : String(Math.round(value * 10) / 10);
}
