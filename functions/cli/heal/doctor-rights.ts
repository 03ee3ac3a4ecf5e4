/** Whether remediate may read what it decides by: asked of itself, since its role is not ours. */
import type { GuardedService } from '../../core/guarded-service.ts';
import { count, explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';
import { readEach } from './services.ts';

const CHECK = 'rights';
const MEND =
  'give its role what is missing, or deploy the construct again; until then it holds, and stops nothing';

export async function checkRights(health: Health): Promise<readonly CheckDone[]> {
  const { place, services } = health;
  const name = place.functions.remediate;
  if (!place.tries || name === undefined) {
    const missing = name === undefined ? 'remediate is not named' : 'it was not asked to try';
    const mend = 'name --function and give --try: it looks at every service, and does nothing';
    return [finding(CHECK, 'note', `not looked at: ${missing}`, mend)];
  }
  if (services.length === 0) return [];
  const found = await readEach(services, (service) => tryOne(health, name, service));
  const bad = found.flat();
  const all = `remediate reads all that it decides by, of ${count(services.length, 'service')}`;
  return bad.length > 0 ? bad : [finding(CHECK, 'well', all)];
}

async function tryOne(
  { healer, place, signal }: Health,
  name: string,
  { id }: GuardedService,
): Promise<readonly CheckDone[]> {
  const request = {
    kind: 'manual',
    serviceId: id,
    requestedBy: place.by,
    reason: 'heal doctor: may you read?',
    dryRun: true,
  };
  try {
    const { reason, detail } = ((await healer.invoker.ask(name, request, signal)) ?? {}) as {
      reason?: string;
      detail?: string;
    };
    return reason === 'unreadable'
      ? [finding(CHECK, 'wrong', `${id}: remediate ${detail ?? 'says no more'}`, MEND)]
      : [];
  } catch (error) {
    return [explainFailure(CHECK, error, MEND)];
  }
}
