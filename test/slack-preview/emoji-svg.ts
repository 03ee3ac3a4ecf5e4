/** Emoji as small pictures of our own: not every machine that renders a page has a font with them. */

function box(color: string, inner: string): string {
  return `<rect x="1" y="1" width="18" height="18" rx="4" fill="${color}"/>${inner}`;
}

function fill(path: string, color: string): string {
  return `<path d="${path}" fill="${color}"/>`;
}

function stroke(path: string, color = '#fff', width = 2.6): string {
  const line = `fill="none" stroke="${color}" stroke-width="${width}"`;
  return `<path d="${path}" ${line} stroke-linecap="round" stroke-linejoin="round"/>`;
}

function ring(at: string, radius: number, color: string, more: string): string {
  return `<circle ${at} r="${radius}" fill="none" stroke="${color}" ${more}/>`;
}

const MIDDLE = 'cx="10" cy="10"';

const SHAPES: Readonly<Record<string, readonly string[]>> = {
  '✅': [box('#2a8c4a', stroke('M5 10.5l3.5 3.5L15 6.5'))],
  '❌': [stroke('M4 4l12 12M16 4L4 16', '#cc2936', 3.6)],
  '🛑': [fill('M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z', '#cc2936')],
  '⚠': [fill('M10 1.5L19 18H1z', '#e0a100'), fill('M9 7h2v6H9zM9 14.5h2v2H9z', '#3a2a00')],
  '⚙': [
    ring(MIDDLE, 7, '#6b7785', 'stroke-width="4" stroke-dasharray="3.2 2.3"'),
    ring(MIDDLE, 5, '#6b7785', 'stroke-width="3"'),
  ],
  '👀': [
    fill('M2 10a4 6 0 018 0a4 6 0 01-8 0zM10 10a4 6 0 018 0a4 6 0 01-8 0z', '#8a94a0'),
    fill(
      'M3.5 10a2.5 4.5 0 015 0a2.5 4.5 0 01-5 0zM11.5 10a2.5 4.5 0 015 0a2.5 4.5 0 01-5 0z',
      '#fff',
    ),
    fill('M6 9h2.5v3H6zM14 9h2.5v3H14z', '#333'),
  ],
  '⏸': [box('#7d8590', fill('M6 5.5h3v9H6zM11 5.5h3v9h-3z', '#fff'))],
  '💤': [stroke('M3 10h6l-6 7h6M11 3h6l-6 6h6', '#3f7fbf', 2.2)],
  '✋': [stroke('M5 11V6M8 10V3.5M11 10V3M14 10.5V5M5 11c0 9 9 9 10 2l2.5-3.5', '#c98a1b')],
  '🚧': [
    fill('M1 5h18v8H1z', '#e0a100'),
    fill('M8 5l-4 8h3l4-8zM14 5l-4 8h3l4-8zM4 5H1v6z', '#333'),
    fill('M4 13h2v5H4zM14 13h2v5h-2z', '#777'),
  ],
  '🔁': [
    box(
      '#1d6fb8',
      stroke('M5 9V8a2 2 0 012-2h8M12.5 3.5L15 6l-2.5 2.5', '#fff', 1.8) +
        stroke('M15 11v1a2 2 0 01-2 2H5M7.5 11.5L5 14l2.5 2.5', '#fff', 1.8),
    ),
  ],
  '➡': [box('#1d6fb8', stroke('M4.5 10h11M11 5.5l4.5 4.5-4.5 4.5'))],
  '🚨': [fill('M4 15V9a6 6 0 0112 0v6z', '#cc2936'), fill('M2 15h16v3H2z', '#555')],
  '📊': [fill('M2 11h4v7H2zM8 4h4v14H8zM14 8h4v10h-4z', '#1d6fb8')],
  '🔧': [stroke('M4 16l8-8M11 4.5a4 4 0 105 5l-3 .5-2-2z', '#6b7785', 3)],
  '🚫': [ring(MIDDLE, 7.5, '#cc2936', 'stroke-width="3"'), stroke('M5 5l10 10', '#cc2936', 3)],
};

/** @param html - escaped already */
export function withPictures(html: string): string {
  return html.replace(/(\p{Extended_Pictographic})\uFE0F?/gu, (emoji, base: string) => {
    const shape = SHAPES[base]?.join('');
    if (shape === undefined) return emoji;
    return `<svg class="emoji" viewBox="0 0 20 20" role="img" aria-label="${base}">${shape}</svg>`;
  });
}
