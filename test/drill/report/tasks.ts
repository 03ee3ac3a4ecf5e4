/** Every task as a lane on the time axis of the charts: who fell ill, who was stopped, who came. */
import type { Journal } from '../journal.ts';
import { blockKey, drawStates } from './chart.ts';
import type { Clock } from './clock.ts';
import { type Html, html, table } from './html.ts';
import { LANE_LOOKS, type Lane, lanesOf } from './lanes.ts';
import type { Bands } from './series.ts';
import { short } from './stops.ts';

/** More of them, as a crash loop has, say nothing new. */
const LANES_MAX = 16;

/** Nothing of journals from before tasks were kept. */
export function lanesFigure(journal: Journal, bands: Bands, clock: Clock): Html | undefined {
  const { tasks = [] } = journal;
  if (tasks.length === 0) return undefined;
  const lanes = lanesOf({ ...journal, tasks }, bands, clock);
  const half = LANES_MAX / 2;
  const left = Math.max(0, lanes.length - LANES_MAX);
  // Of many the first and the last ones: how it began, and how it ended.
  const shown = left === 0 ? lanes : [...lanes.slice(0, half), ...lanes.slice(-half)];
  const more = html`<p class="note">The ${left} between the first and the last ${half} are among the numbers.</p>`;
  return html`<figure><figcaption><h3>Each task</h3><p>${tellLanes(lanes)}</p></figcaption>
<p class="legend">${[
    blockKey('state-busy', 'starting'),
    blockKey('state-good', 'healthy'),
    blockKey('state-ill', 'ill by the drill'),
    blockKey('state-bad', 'unhealthy'),
    blockKey('state-gone', 'draining, stopping'),
  ]}</p>
<div class="lanes">${shown.map((lane) => laneRow(lane, clock))}</div>${left === 0 ? undefined : more}
<details><summary>Numbers of: Each task</summary>${table({
    caption: 'States of each task in order',
    headings: ['task', 'state', 'from', 'to'],
    rows: lanes.flatMap(({ task, stretches }) =>
      stretches.map(({ state, from, to }) => [
        html`${short(task.arn)} <small>${task.revision}, ${task.zone}</small>`,
        state,
        clock.since(from),
        clock.since(to),
      ]),
    ),
  })}</details></figure>\n`;
}

function tellLanes(lanes: readonly Lane[]): string {
  const ill = lanes.filter(({ isIll }) => isIll).length;
  const stopped = lanes.filter(({ stoppedAt }) => stoppedAt !== undefined).length;
  const tiers = [...new Set(lanes.map(({ task }) => task.tier))].join(' and ');
  return `${lanes.length} tasks of ${tiers}; ${ill} made ill by the drill, ${stopped} stopped by the healer.`;
}

function laneRow({ task, isIll, stoppedAt, stretches, state }: Lane, clock: Clock): Html {
  const own = stretches.map((stretch) => ({ ...stretch, look: LANE_LOOKS[stretch.state] }));
  const fate = [
    ...(isIll ? ['made ill'] : []),
    ...(stoppedAt === undefined ? [] : [`stopped by the healer ${clock.since(stoppedAt)}`]),
  ];
  const words = [task.revision, task.zone, ...(fate.length === 0 ? [state] : fate)].join(' · ');
  return html`<div class="strip lane"><p><strong>${short(task.arn)}</strong> <span class="note">${words}</span></p>
<div class="plot">${drawStates(own, clock)}</div></div>\n`;
}
