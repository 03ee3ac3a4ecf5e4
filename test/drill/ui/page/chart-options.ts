/** How uPlot draws a chart so that it looks as in the report. */
import uPlot from 'uplot';
import type { ChartView, SeriesView } from '../view.ts';
import type { Drawn } from './chart.ts';

const HEIGHT = 176;
/** As wide as the report's, so that all charts have one time axis. */
const GUTTER = 60;
const TAIL = 16;
const FONT = '12px system-ui, sans-serif';
/** Charts with the same key show the same point in time. */
const SYNC = 'drill';
const DASHES: Readonly<Record<string, number[]>> = { dashed: [7, 4], dotted: [2, 3] };
/** Which of the style's colours a series has. */
const COLORS: Readonly<Record<SeriesView['look'], string>> = {
  'bar-ok': '--ok',
  'bar-failed': '--bad',
  solid: '--ink',
  dashed: '--ok',
  dotted: '--bad',
};

/** Failed requests stand below the others, as parts of one bar: the second series is drawn over the first. */
export function dataOf({ at, series }: ChartView): uPlot.AlignedData {
  const isStacked = series[0]?.look === 'bar-ok';
  const [first, second] = series;
  const values = series.map((one) => [...one.values]);
  if (isStacked && first !== undefined && second !== undefined) {
    values[0] = first.values.map((value, index) => (value ?? 0) + (second.values[index] ?? 0));
  }
  return [[...at], ...values];
}

/** @param drawn - asked in each draw, since it is another one in each frame. */
export function chartOptions(drawn: () => Drawn, width: number): uPlot.Options {
  const style = getComputedStyle(document.body);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const { chart } = drawn();
  const axis = { stroke: color('--soft'), font: FONT, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    padding: [8, TAIL, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC },
      drag: { x: false, y: false },
      points: { show: false },
      y: false,
    },
    scales: {
      x: { time: false, range: () => [drawn().axis.from, drawn().axis.to] },
      y: yScale(chart.scale),
    },
    axes: [
      { ...axis, size: 28, grid: { show: false }, values: spellTicks },
      {
        ...axis,
        size: GUTTER,
        grid: { stroke: color('--rule'), width: 1 },
        splits: chart.scale === 'log' ? powers : wholes,
        values: (_plot, values) => values.map((value) => spellValue(value, chart.unit)),
      },
    ],
    series: [
      {},
      ...chart.series.map((series) => seriesOptions(series, color(COLORS[series.look]))),
    ],
    hooks: {
      drawClear: [(plot) => drawBands(plot, drawn(), color)],
      setCursor: [({ cursor }) => drawn().onPoint(cursor.idx ?? undefined)],
    },
  };
}

function yScale(scale: ChartView['scale']): uPlot.Scale {
  if (scale === 'log') {
    return {
      distr: 3,
      range: (_plot, _min, max) => [1, 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(max, 1))))],
    };
  }
  return { range: (_plot, _min, max) => [0, Math.max(1, Math.ceil(max * 1.1))] };
}

function powers({ scales }: uPlot): number[] {
  const top = Math.round(Math.log10(scales['y']?.max ?? 10));
  return Array.from({ length: top + 1 }, (_, power) => 10 ** power);
}

/** Nothing between whole numbers: half a task there is not. */
function wholes({ scales }: uPlot): number[] {
  const top = scales['y']?.max ?? 1;
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => top / each <= 5) ?? 500;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}

/** Ten thousand milliseconds would not fit beside the axis. */
function spellValue(value: number, unit: string): string {
  if (unit === 'ms' && value >= 1_000) return `${value / 1_000} s`;
  return unit === '' ? String(value) : `${value} ${unit}`;
}

/** Not at the very edge, where the labels of the values are. */
function spellTicks({ scales }: uPlot, ticks: readonly number[]): string[] {
  const { min = 0, max = 1 } = scales['x'] ?? {};
  return ticks.map((seconds) => {
    if (seconds - min < (max - min) * 0.03) return '';
    if (seconds === 0) return 'T0';
    return `${seconds < 0 ? '−' : '+'}${Math.abs(seconds)} s`;
  });
}

function seriesOptions({ look, isSteps, name }: SeriesView, color: string): uPlot.Series {
  const points = { show: false };
  if (look === 'bar-ok' || look === 'bar-failed') {
    const paths = uPlot.paths.bars?.({ align: 1, size: [0.9, 100] });
    const fill = look === 'bar-ok' ? `color-mix(in srgb, ${color} 55%, transparent)` : hatch(color);
    return { label: name, points, fill, ...(paths && { paths }), width: 0 };
  }
  const dash = DASHES[look];
  const paths = isSteps ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    label: name,
    points,
    stroke: color,
    width: 2,
    spanGaps: false,
    ...(dash && { dash }),
    ...(paths && { paths }),
  };
}

/** Failed requests are hatched: colour alone says nothing to some. */
function hatch(color: string): CanvasPattern | string {
  const size = 8;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const context = tile.getContext('2d');
  if (context === null) return color;
  context.fillStyle = `color-mix(in srgb, ${color} 35%, transparent)`;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = color;
  context.lineWidth = 3;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? color;
}

function drawBands(plot: uPlot, { bands }: Drawn, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  for (const { kind, from, to } of bands) {
    const left = plot.valToPos(from, 'x', true);
    const width = Math.max(2, plot.valToPos(to, 'x', true) - left);
    ctx.save();
    ctx.fillStyle = color(kind === 'fault' ? '--band' : '--heal');
    ctx.strokeStyle = color(kind === 'fault' ? '--bad' : '--good');
    ctx.setLineDash(kind === 'fault' ? [4, 3] : []);
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.strokeRect(left, bbox.top, width, bbox.height);
    ctx.restore();
  }
}
