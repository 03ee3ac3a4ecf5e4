/** Steps with their ends, rights that nobody needed, and what was run by what. */
import { renderUsage } from '../../lab/iam/usage.ts';
import type { Activity, Journal } from '../journal.ts';
import { Clock } from './clock.ts';
import { type Html, html, type Part, section, table } from './html.ts';
import { definitionHash } from './place.ts';

export function steps(journal: Journal): Html {
  const { steady_states, run, rollbacks } = journal;
  const clock = new Clock(journal);
  const rowsOf = (part: string, activities: readonly Activity[]): readonly (readonly Part[])[] =>
    activities.map(({ name, status, start, exception }) => [
      html`${name} <small>${part}</small>`,
      clock.cell(Date.parse(start)),
      status === 'succeeded' ? '✓ succeeded' : html`<strong>✗ failed</strong> ${exception}`,
    ]);
  const none = html`<p>There was nothing to roll back.</p>`;
  return section(
    'Steps and rollbacks',
    table({
      caption: 'Steady state, method and rollbacks',
      headings: ['step', 'began', 'result'],
      rows: [
        ...rowsOf('steady state before', [steady_states.before]),
        ...rowsOf('method', run),
        ...rowsOf('rollback', rollbacks),
      ],
    }),
    rollbacks.length === 0 ? none : undefined,
  );
}

/** Nothing where the lab wired the healer by itself. */
export function permissions({ permissions: usage }: Journal): Html | undefined {
  if (usage === undefined) return undefined;
  const lines = renderUsage(usage);
  return section(
    'Permissions',
    lines.length === 0
      ? html`<p>This drill used every permission of the template.</p>`
      : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`,
  );
}

export function appendix(journal: Journal): Html {
  const {
    experiment,
    version = 'not recorded',
    schema,
    node,
    platform,
    template = 'none: wired by the lab',
    requests,
  } = journal;
  const definition = JSON.stringify(experiment, undefined, 2);
  const statuses = Object.entries(requests.byStatus).map(([status, n]) => `${n} × ${status}`);
  return section(
    'Appendix',
    table({
      caption: 'What was run, and by what',
      headings: ['what', 'value'],
      rows: [
        ['status', journal.status],
        ['began', journal.start],
        ['ended', journal.end],
        ['requests', `${requests.sent} at ${requests.perSecond}/s: ${statuses.join(', ')}`],
        ['definition', `${experiment.name}, sha256 ${definitionHash(journal)}`],
        ['template', template],
        ['tool', `ecs-self-healing ${version}`],
        ['journal', schema],
        ['node', node],
        ['platform', platform],
      ],
    }),
    html`<details><summary>Definition</summary><pre tabindex="0">${definition}</pre></details>`,
  );
}
