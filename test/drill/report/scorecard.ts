/** Verdict, limits beside what was measured, and what is to be learnt from them. */
import type { Journal } from '../journal.ts';
import { amount, limited, measured, verdictOf } from '../result-table.ts';
import { MEASURES } from '../tolerance.ts';
import type { Row } from '../verdict.ts';
import { type Html, html, type Part, section, table } from './html.ts';

const SHAPES = { PASS: '✓', FAIL: '✗', ABORTED: '⊘', CONTROL: '◇' } as const;

/** The first screen: one word, and why. */
export function headline(journal: Journal): Html {
  const { experiment, start, duration, requests, timeFactor } = journal;
  const { word, why } = verdictOf(journal);
  const { sent, failed } = requests.sinceFault;
  const who = journal.healer ? 'with the healer' : 'with ECS alone, without the healer';
  const day = start.slice(0, 16).replace('T', ' ');
  return html`<header><p class="verdict verdict-${word}">
<span aria-hidden="true">${SHAPES[word]}</span> ${word}: ${why}</p>
<h1>${experiment.title}</h1>
<p>${experiment.hypothesis}</p>
<p class="note">Drill ${experiment.name} of checkout-api in the lab (L0), ${who};
${day} UTC, ${duration.toFixed(0)} s here,
AWS’s periods divided by ${timeFactor}. ${failed} of ${sent} requests failed since the fault.</p></header>\n`;
}

export function scorecard({ rows, timeFactor }: Journal): Html {
  const order = rows.toSorted((a, b) => rankOf(a) - rankOf(b));
  return section(
    'Scorecard',
    table({
      caption:
        'Limits and measured values; durations at AWS’s pace, and in brackets by this machine’s clock',
      headings: ['measure', 'limit', 'measured', 'margin', 'result'],
      className: 'scorecard',
      rows: order.map((row): readonly Part[] => [
        html`${row.name} <small>${row.meaning}</small>`,
        limited(row, timeFactor),
        measured(row, timeFactor),
        marginOf(row),
        resultOf(row),
      ]),
    }),
  );
}

/** What is broken first, what has no limit last. */
function rankOf({ holds }: Row): number {
  if (holds === false) return 0;
  return holds === true ? 1 : 2;
}

/** What is left until the limit: negative beyond it. */
export function marginOf({ value, limit, unit }: Row): string {
  if (typeof value !== 'number' || typeof limit?.value !== 'number') return '–';
  if (limit.at === 'exactly') {
    return value === limit.value ? 'exact' : `off by ${Math.abs(value - limit.value)}`;
  }
  const left = limit.at === 'most' ? limit.value - value : value - limit.value;
  const share = limit.value === 0 ? '' : `, ${Math.round((left / limit.value) * 100)} %`;
  return `${amount(left, unit)}${share}`.replaceAll('-', '−');
}

function resultOf({ holds }: Row): Part {
  if (holds === undefined) return 'no limit';
  return holds
    ? html`<span class="holds result">✓ holds</span>`
    : html`<strong class="broken result">✗ broken</strong>`;
}

/** Beside the same fault with ECS alone. */
export function comparison(journal: Journal, control: Journal, figure: Html): Html {
  const rows = journal.rows.flatMap((row): readonly (readonly Part[])[] => {
    const other = control.rows.find(({ measure }) => measure === row.measure);
    if (other === undefined) return [];
    return [[row.name, measured(row), measured(other), differenceOf(row, other)]];
  });
  const paces =
    journal.timeFactor === control.timeFactor
      ? undefined
      : html`<p>Their periods were divided by ${journal.timeFactor} and by ${control.timeFactor}:
durations compare only roughly.</p>`;
  return section(
    'Control run',
    html`<p>The same fault without the healer, ${control.start.slice(0, 16).replace('T', ' ')} UTC:
${control.requests.sinceFault.failed} of ${control.requests.sinceFault.sent} requests failed since the fault,
here ${journal.requests.sinceFault.failed} of ${journal.requests.sinceFault.sent}.</p>`,
    paces,
    table({
      caption: 'Measured in both',
      headings: ['measure', 'with the healer', 'ECS alone', 'difference'],
      rows,
    }),
    figure,
  );
}

function differenceOf(row: Row, other: Row): string {
  if (typeof row.value !== 'number' || typeof other.value !== 'number') return '–';
  const difference = row.value - other.value;
  const sign = difference > 0 ? '+' : '';
  return `${sign}${amount(difference, row.unit)}`.replace('-', '−');
}

export function findings(journal: Journal): Html {
  const found = findingsOf(journal);
  if (found.length === 0)
    return section('Findings', html`<p>None: everything went as expected.</p>`);
  return section(
    'Findings',
    table({
      caption: 'What was not as expected; the rest is to be filled in',
      headings: ['finding', 'what is done', 'owner', 'by'],
      rows: found.map((finding) => [finding, '', '', '']),
    }),
  );
}

export function findingsOf(journal: Journal): readonly string[] {
  const { rows, timeFactor, events } = journal;
  const activities = [journal.steady_states.before, ...journal.run, ...journal.rollbacks];
  return [
    ...rows
      .filter(({ holds }) => holds === false)
      .map(
        (row) =>
          `${row.name}: got ${measured(row, timeFactor)}, wanted ${limited(row, timeFactor)}`,
      ),
    ...activities
      .filter(({ status }) => status === 'failed')
      .map(({ name, exception = 'it failed' }) => `${name}: ${exception}`),
    ...events.flatMap((event): readonly string[] => {
      if (event.kind === 'slack' && event.status !== 200) {
        return [`Slack answered ${event.status} ${event.answer}`];
      }
      const isEnd = event.kind === 'invocation' && !/started|succeeded/.test(event.outcome);
      return isEnd ? [`function ${event.functionName} ${event.outcome}`] : [];
    }),
  ];
}

const UNTOLD_PERMISSIONS = html`<li>Permissions: the healer was not deployed from a template.</li>`;

/** What nobody may read into the numbers. */
export function notMeasured({ rows, healer, timeFactor, permissions }: Journal): Html {
  const seen = new Set(
    rows.filter(({ value }) => value !== undefined).map(({ measure }) => measure),
  );
  const absent = Object.entries(MEASURES).filter(
    ([measure]) => !seen.has(measure as Row['measure']),
  );
  const names = absent.map(([, [name]]) => name).join(', ');
  return section(
    'Not measured',
    html`<ul>
<li>AWS itself: its control planes are simulated on this machine; tasks, functions and requests are real processes.</li>
<li>The pace: periods were divided by ${timeFactor}, computing was not.
A pause of this machine counts ${timeFactor} times.</li>
<li>More than one run: these are the values of one, not a mean.</li>
<li>Between samples: tasks and incident were looked at once a second.</li>
${permissions === undefined && healer ? UNTOLD_PERMISSIONS : undefined}
${absent.length === 0 ? undefined : html`<li>Did not occur, or nobody was there to do it: ${names}.</li>`}
</ul>`,
  );
}
