/** Verdict, limits beside what was measured, and what is to be learnt from them. */
import type { Journal } from '../journal.ts';
import { amount, limited, measured } from '../result-table.ts';
import { MEASURES } from '../tolerance.ts';
import type { Row } from '../verdict.ts';
import { type Html, html, type Part, section, table } from './html.ts';
import { failuresOf, identityOf, outcomeOf, settingOf } from './place.ts';

export const SHAPES = { PASS: '✓', FAIL: '✗', ABORTED: '⊘', CONTROL: '◇' } as const;

/** The first screen: one word, and why. */
export function headline(journal: Journal): Html {
  const { experiment } = journal;
  const { word, why } = outcomeOf(journal);
  return html`<header><p class="verdict verdict-${word}">
<span aria-hidden="true">${SHAPES[word]}</span> ${word}: ${why}</p>
<h1>${experiment.title}</h1>
<p>${experiment.hypothesis}</p>
<p class="note">${settingOf(journal)} ${failuresOf(journal)}</p>
<p class="note">${identityOf(journal)}</p></header>\n`;
}

export function scorecard({ rows, timeFactor: pace }: Journal): Html {
  // At AWS's own pace there is no other clock to tell of.
  const timeFactor = pace === 1 ? undefined : pace;
  const limitedRows = rows.filter(({ limit }) => limit !== undefined);
  const others = rows.filter(({ limit }) => limit === undefined);
  // What is broken first.
  const order = limitedRows.toSorted((a, b) => Number(a.holds ?? true) - Number(b.holds ?? true));
  const nameOf = ({ name, meaning }: Row): Html => html`${name} <small>${meaning}</small>`;
  const held = table({
    caption:
      timeFactor === undefined
        ? 'Limits and measured values'
        : 'Limits and measured values; durations at AWS’s pace, and in brackets by this machine’s clock',
    headings: ['measure', 'limit', 'measured', 'margin', 'result'],
    className: 'scorecard',
    rows: order.map((row): readonly Part[] => [
      nameOf(row),
      limited(row, timeFactor),
      said(row, timeFactor),
      marginOf(row),
      resultOf(row),
    ]),
  });
  const also = table({
    caption:
      order.length === 0 ? 'Measured, and held against no limit' : 'Measured too, without a limit',
    headings: ['measure', 'measured'],
    className: 'also',
    rows: others.map((row): readonly Part[] => [nameOf(row), said(row, timeFactor)]),
  });
  return section(
    'Scorecard',
    order.length === 0 ? undefined : held,
    others.length === 0 ? undefined : also,
  );
}

/** Nothing in words too, such as that no message was sent. */
export function said(row: Row, factor?: number): string {
  return measured(row, factor) || 'none';
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

/** In words, with a shape for those who see no colour. */
export function wordOf({ holds, limit }: Row): string {
  if (limit === undefined) return 'no limit';
  if (holds === undefined) return '? cannot be told';
  return holds ? '✓ holds' : '✗ broken';
}

function resultOf(row: Row): Part {
  const { holds, unmeasured } = row;
  const word = wordOf(row);
  if (holds === undefined) return html`${word} <small>${unmeasured}</small>`;
  return holds
    ? html`<span class="holds result">${word}</span>`
    : html`<strong class="broken result">${word}</strong>`;
}

/** Beside the same fault with ECS alone. */
export function comparison(journal: Journal, control: Journal, figure: Html): Html {
  const rows = journal.rows.flatMap((row): readonly (readonly Part[])[] => {
    const other = control.rows.find(({ measure }) => measure === row.measure);
    if (other === undefined) return [];
    return [[row.name, said(row), said(other), differenceOf(row, other)]];
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

const SLOTS = [html`<span class="note">a surprise:</span>`];

export function findings(journal: Journal): Html {
  const found = findingsOf(journal);
  const isJudged = journal.rows.some(({ limit }) => limit !== undefined);
  const none = isJudged
    ? html`<p>None: everything went as expected.</p>`
    : html`<p>None: no limit was held against this run.</p>`;
  // Room for what only people saw.
  const rows = [...found, ...SLOTS].map((finding) => [finding, '', '', '']);
  return section(
    'Findings',
    found.length === 0 ? none : undefined,
    table({
      caption: 'What was not as expected; the rest is to be filled in',
      headings: ['finding', 'what is done', 'owner', 'by'],
      className: 'findings',
      rows,
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
        (row) => `${row.name}: got ${said(row, timeFactor)}, wanted ${limited(row, timeFactor)}`,
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

/** What nobody may read into the numbers. */
export function notMeasured(journal: Journal): Html {
  const told = journal.drill === undefined ? ofTheLab(journal) : ofAws(journal);
  return section(
    'Not measured',
    html`<ul>
${told.map((each) => html`<li>${each}</li>\n`)}<li>More than one run: these are the values of one, not a mean.</li>
</ul>`,
  );
}

function ofTheLab({ rows, healer, timeFactor, permissions }: Journal): readonly Part[] {
  const seen = new Set(rows.filter(({ value }) => value !== undefined).map((row) => row.measure));
  const absent = Object.entries(MEASURES).filter(
    ([measure]) => !seen.has(measure as Row['measure']),
  );
  const names = absent.map(([, [name]]) => name).join(', ');
  return [
    `AWS itself: its control planes are simulated on this machine; tasks, functions and requests are real processes.`,
    `The pace: periods were divided by ${timeFactor}, computing was not.
A pause of this machine counts ${timeFactor} times.`,
    'Between samples: tasks and incident were looked at once a second.',
    ...(permissions === undefined && healer
      ? ['Permissions: the healer was not deployed from a template.']
      : []),
    ...(absent.length === 0 ? [] : [`Did not occur, or nobody was there to do it: ${names}.`]),
  ];
}

function ofAws({ drill, rows }: Journal): readonly Part[] {
  const nameOf = (measure: string): string =>
    rows.find((row) => row.measure === measure)?.name ?? measure;
  return [
    'Requests: the drill sends none of its own; those of users are in the metrics of the service.',
    'Finer than the minute: alarms look at periods, and so does what is measured by them.',
    ...Object.entries(drill?.unmeasured ?? {}).map(
      ([measure, why]) => `${nameOf(measure)}: ${why}`,
    ),
  ];
}
