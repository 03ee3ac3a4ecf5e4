/** The report as JUnit's XML: one test case for each limit, and one for each step that failed. */
import type { Activity, Journal } from '../journal.ts';
import { limited } from '../result-table.ts';
import type { Row } from '../verdict.ts';
import { type Html, html } from './html.ts';
import { identityOf, outcomeOf, settingOf } from './place.ts';
import { said } from './scorecard.ts';

export function renderJunit(journal: Journal): string {
  const { experiment, duration, start, steady_states, run, rollbacks } = journal;
  const { word, why } = outcomeOf(journal);
  const suite = `drill ${experiment.name}`;
  const limits = journal.rows.filter(({ limit }) => limit !== undefined);
  const activities = [steady_states.before, ...run, ...rollbacks];
  const failed = activities.filter(({ status }) => status === 'failed');
  const broken = limits.filter(({ holds }) => holds === false).length;
  const skipped = limits.filter(({ holds }) => holds === undefined).length;
  const counts = html`tests="${limits.length + failed.length}" failures="${broken}" errors="${failed.length}"`;
  const time = duration.toFixed(3);
  const page = html`<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts} time="${time}">
<testsuite name="${suite}" ${counts} skipped="${skipped}" time="${time}" timestamp="${start}">
<properties>
<property name="verdict" value="${word}: ${why}"/>
<property name="setting" value="${settingOf(journal)}"/>
<property name="identity" value="${identityOf(journal)}"/>
</properties>
${limits.map((row) => limitCase(row, suite))}${failed.map((step) => stepCase(step, suite))}</testsuite>
</testsuites>
`;
  return page.text.toWellFormed();
}

function limitCase(row: Row, suite: string): Html {
  const got = `got ${said(row)}, wanted ${limited(row)}`;
  const name = `${row.name} ${limited(row)}`;
  const result = resultOf(row, got);
  return html`<testcase classname="${suite}" name="${name}" time="0">${result}</testcase>\n`;
}

function resultOf(
  { holds, unmeasured = 'not measured', meaning }: Row,
  got: string,
): Html | undefined {
  if (holds === undefined) return html`<skipped message="${unmeasured}"/>`;
  return holds ? undefined : html`<failure message="${got}">${meaning}: ${got}</failure>`;
}

function stepCase({ name, exception = 'it failed' }: Activity, suite: string): Html {
  return html`<testcase classname="${suite}" name="${name}" time="0"><error message="${exception}"/></testcase>\n`;
}
