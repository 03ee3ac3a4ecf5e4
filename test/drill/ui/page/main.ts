/** The live page in the browser: every frame is drawn whole; at the end the report takes its place. */
import { html, render } from 'htm/preact';
import type { Over, View } from '../view.ts';
import { App } from './app.ts';

const SECOND_MS = 1_000;

const root = document.querySelector('#live');
if (root === null) throw new Error('#live: got nothing, wanted the element to draw in');
const place = root;

let view: View | undefined;
let over: Over | undefined;
let isConnected = true;
/** By this machine's clock, so that the seconds go on between frames. */
let receivedAtMs = performance.now();

const stream = new EventSource('events');
const ticking = setInterval(draw, SECOND_MS);
place.replaceChildren();

stream.addEventListener('frame', ({ data }: MessageEvent<string>) => {
  view = JSON.parse(data) as View;
  isConnected = true;
  receivedAtMs = performance.now();
  draw();
});
stream.addEventListener('over', ({ data }: MessageEvent<string>) => {
  over = JSON.parse(data) as Over;
  // It would ask for ever; the server is gone.
  stream.close();
  clearInterval(ticking);
  if (over.report === undefined) draw();
  else showReport(over.report);
});
stream.addEventListener('error', () => {
  isConnected = false;
  draw();
});

function draw(): void {
  if (view === undefined) return;
  const runs = over === undefined && isConnected;
  const elapsedMs = view.elapsedMs + (runs ? performance.now() - receivedAtMs : 0);
  render(html`<${App} ...${{ view, over, isConnected, elapsedMs }} />`, place as HTMLElement);
}

/** The saved file itself. */
function showReport(report: string): void {
  render(html``, place as HTMLElement);
  const parsed = new DOMParser().parseFromString(report, 'text/html');
  document.documentElement.replaceWith(document.adoptNode(parsed.documentElement));
  scrollTo(0, 0);
}
