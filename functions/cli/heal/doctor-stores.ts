/** Whether the healer can remember. */
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
