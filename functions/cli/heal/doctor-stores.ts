/** Whether the healer can remember, and whether Slack can be told. */
import { explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';

/** The attribute that the store writes. */
const EXPIRY = 'expiresAt';

export async function checkTable({
  healer,
  place: { tableName },
  signal,
}: Health): Promise<readonly CheckDone[]> {
  try {
    await healer.locks.readAccount(signal);
    const expiry = await healer.table.expiry(signal);
    if (expiry === EXPIRY) {
      return [finding('table', 'well', `${tableName} is read, and expires by ${EXPIRY}`)];
    }
    const detail = `${tableName}: time to live: got ${expiry ?? 'none'}, wanted ${EXPIRY}`;
    const mend = `switch time to live on for ${EXPIRY}; until then history grows for ever`;
    return [finding('table', 'wrong', detail, mend)];
  } catch (error) {
    return [explainFailure('table', error, 'name it with --table or TABLE_NAME; check the region')];
  }
}

const NO_SECRET =
  'name what holds the webhook: --slack-secret, or --slack-parameter for a SecureString';

export async function checkSlack({ healer }: Health): Promise<readonly CheckDone[]> {
  if (healer.webhook === undefined) {
    return [finding('slack', 'note', 'not looked at: no secret named', NO_SECRET)];
  }
  try {
    const url = await healer.webhook();
    // The value is never shown, not even in part.
    if (URL.canParse(url))
      return [finding('slack', 'well', 'a webhook is there; it was not called')];
    const mend = 'put the URL of the incoming webhook there, bare or as { "webhookUrl": "…" }';
    return [finding('slack', 'wrong', 'webhook: got no URL, wanted one', mend)];
  } catch (error) {
    return [explainFailure('slack', error, `create it, or ${NO_SECRET}`)];
  }
}
