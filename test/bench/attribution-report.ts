/** The campaign's counts as tables. */
import type { Campaign, Share } from './attribution/campaign.ts';
import { thousands } from './healing-report.ts';
import { table } from './table.ts';

export function precision({ hits, misses }: Campaign): number {
  const stopped = hits + misses.length;
  return stopped === 0 ? 1 : hits / stopped;
}

/** Never rounded up to a promise that was not kept. */
export function precisionText(campaign: Campaign): string {
  const { hits, misses } = campaign;
  const exact =
    misses.length === 0 ? '1.0' : (Math.floor(precision(campaign) * 1e5) / 1e5).toString();
  return `${exact}: ${thousands(hits)} of ${thousands(hits + misses.length)} stops hit an ill task`;
}

export function attributionTables(campaign: Campaign): string {
  const { recall, recallByRequests, patterns, gaps, useless } = campaign;
  return [
    `Precision ${precisionText(campaign)}.`,
    '**Recall**, of the observations in which a stop helps and nothing is missing, by the share ' +
      'of requests that an ill task fails:',
    shareTable('fails', 'stopped', recall),
    'The same for ill tasks that fail half of their requests or more, by requests per task:',
    shareTable('requests', 'stopped', recallByRequests),
    '**Who is ill**, with whole evidence:',
    shareTable('ill', 'somebody stopped', patterns),
    `Of ${thousands(useless.cases)} observations in which one cause made several tasks ill, ` +
      `${thousands(useless.stopped)} ended in the stop of one of these: no healthy task is lost, ` +
      'and nothing is won.',
    '**Abstention**, of the observations in which a stop would help, by what is missing:',
    abstentionTable(gaps),
  ].join('\n\n');
}

function shareTable(head: string, stopped: string, shares: readonly Share[]): string {
  const rows = shares.map((share) => [
    share.name,
    thousands(share.cases),
    thousands(share.stopped),
    percent(share.stopped, share.cases),
  ]);
  return table([head, 'observations', stopped, 'share'], rows);
}

function abstentionTable(shares: readonly Share[]): string {
  const rows = shares.map((share) => [
    share.name,
    thousands(share.cases),
    thousands(share.cases - share.stopped),
    percent(share.cases - share.stopped, share.cases),
  ]);
  return table(['missing', 'observations', 'nobody stopped', 'share'], rows);
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}
