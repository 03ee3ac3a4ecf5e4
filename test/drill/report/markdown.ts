/** The report as a comment on a pull request: the verdict, the limits, and what was not as expected. */
import type { Journal } from '../journal.ts';
import { limited } from '../result-table.ts';
import { failuresOf, identityOf, outcomeOf, settingOf } from './place.ts';
import { findingsOf, marginOf, SHAPES, said, wordOf } from './scorecard.ts';

/** More of them belong into the HTML report. */
const FINDINGS_MAX = 10;

export function renderMarkdown(journal: Journal): string {
  const { word, why } = outcomeOf(journal);
  const limits = journal.rows.filter(({ limit }) => limit !== undefined);
  const findings = findingsOf(journal);
  const left = findings.length - FINDINGS_MAX;
  const parts = [
    `### ${SHAPES[word]} ${word}: ${plain(why)}`,
    `**${plain(journal.experiment.title)}**. ${plain(journal.experiment.hypothesis)}`,
    plain([settingOf(journal), failuresOf(journal)].filter(Boolean).join(' ')),
    limits.length === 0
      ? 'No limit was held against it.'
      : [
          '| | measure | limit | measured | margin |',
          '|---|---|---|---|---|',
          ...limits.map((row) => {
            const cells = [row.name, limited(row), said(row), marginOf(row)].map(plain);
            return `| ${wordOf(row)} | ${cells.join(' | ')} |`;
          }),
        ].join('\n'),
    findings.length === 0
      ? ''
      : [
          '**Findings**',
          '',
          ...findings.slice(0, FINDINGS_MAX).map((finding) => `- ${plain(finding)}`),
          ...(left > 0 ? [`- and ${left} more, in the report`] : []),
        ].join('\n'),
    `<sub>${plain(identityOf(journal))}. Durations at AWS’s pace.</sub>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What others wrote is neither markup nor a mention, and stays on its line. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200B');
}
