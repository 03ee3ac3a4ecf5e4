/** All that the preview shows. */
import {
  type CustomNotification,
  entryNotification,
  noticeNotification,
} from '../../functions/adapters/amazon-q/custom-notification.ts';
import { type BotIncident, botIncident } from './bot-incident.ts';
import { NOTICES } from './notices.ts';
import {
  escalatedIncident,
  OPTIONS,
  recoveredIncident,
  type Sample,
  sampleEntry,
  samples,
} from './samples.ts';

export interface Preview {
  /** Every message of the set, as a webhook posts it. */
  readonly samples: readonly Sample[];
  /** Whole incidents, as a bot writes them. */
  readonly incidents: readonly { readonly name: string; readonly incident: BotIncident }[];
  /** What a topic carries to Amazon Q Developer. */
  readonly notifications: readonly {
    readonly name: string;
    readonly notification: CustomNotification;
  }[];
}

export async function makePreview(): Promise<Preview> {
  const kinds = ['stopped', 'escalated', 'recovered'] as const;
  return {
    samples: samples(),
    incidents: [
      { name: 'recovered', incident: await botIncident(recoveredIncident()) },
      { name: 'escalated', incident: await botIncident(escalatedIncident()) },
      { name: 'in a drill', incident: await botIncident(recoveredIncident('drill-20261120-1')) },
    ],
    notifications: [
      ...kinds.map((kind) => ({
        name: kind,
        notification: entryNotification(sampleEntry(kind), OPTIONS.runbookUrl),
      })),
      ...NOTICES.map(({ name, notice }) => ({ name, notification: noticeNotification(notice) })),
    ],
  };
}
