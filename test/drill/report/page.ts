/** One offline HTML file of a journal: no script, no request, nothing that is not in the journal. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Journal } from '../journal.ts';
import { appendix, permissions, steps } from './appendix.ts';
import { charts, requestsOf } from './charts.ts';
import { deciding } from './deciding.ts';
import { Html, html } from './html.ts';
import { comparison, findings, headline, notMeasured, scorecard } from './scorecard.ts';
import { messages } from './slack.ts';
import { STYLE } from './style.ts';
import { timeline } from './timeline.ts';
import { type Run, trend } from './trend.ts';

/** Nothing may be loaded or run, whatever a message or a log line says. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** What colour says, in patterns. */
export const PATTERNS = new Html(`<svg class="defs" aria-hidden="true"><defs>
<pattern id="hatch-bad" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="8" height="8" style="fill:var(--bad);opacity:.35"/>
<rect width="4" height="8" style="fill:var(--bad)"/></pattern>
<pattern id="hatch-ink" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="3" height="8" style="fill:var(--ok)"/></pattern>
<pattern id="dots-good" width="8" height="8" patternUnits="userSpaceOnUse">
<rect width="8" height="8" style="fill:var(--good);opacity:.3"/>
<circle cx="4" cy="4" r="2" style="fill:var(--good)"/></pattern>
</defs></svg>`);

/** What a journal is shown beside. */
export interface Beside {
  /** The same drill without the healer. */
  readonly control?: Journal;
  /** Earlier runs of the same definition; absent where nobody looked for them. */
  readonly runs?: readonly Run[];
}

export function renderReport(journal: Journal, { control, runs }: Beside = {}): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>Drill ${journal.experiment.name}: ${journal.experiment.title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${PATTERNS}
<main>
${headline(journal)}
${scorecard(journal)}
${findings(journal)}
${timeline(journal)}
${charts(journal)}
${deciding(journal)}
${messages(journal)}
${control && comparison(journal, control, requestsOf(control, 'Requests per second, ECS alone'))}
${runs && trend(journal, runs)}
${steps(journal)}
${permissions(journal)}
${notMeasured(journal)}
${appendix(journal)}
</main>
</body>
</html>
`;
  return page.text;
}

/** Where a report is written that nobody named. */
export function reportBeside(journal: string): string {
  return path.join(path.dirname(journal), 'report.html');
}

export async function writeReport(
  file: string,
  journal: Journal,
  beside: Beside = {},
): Promise<void> {
  await writeFile(file, renderReport(journal, beside));
}
