/** `heal doctor`: whether the deployed set can heal, and how to mend what keeps it from it. */
import type { GuardedService } from '../../core/guarded-service.ts';
import { checkAlarms, checkTargets } from './doctor-alarms.ts';
import { type Check, explainFailure, finding, type Health } from './doctor-check.ts';
import { checkFunctions } from './doctor-functions.ts';
import { checkLocks } from './doctor-locks.ts';
import { checkDeadLetters, checkInbox } from './doctor-queues.ts';
import { checkRights } from './doctor-rights.ts';
import { checkRules } from './doctor-rules.ts';
import { checkSlack } from './doctor-slack.ts';
import { checkTable } from './doctor-stores.ts';
import type { CheckDone } from './events.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { DeployedHealer, Place } from './healer.ts';
import type { Show } from './output.ts';

const CHECKS: readonly Check[] = [
  { name: 'alarms', look: checkAlarms },
  { name: 'alarm rules', look: checkRules },
  { name: 'services', look: checkTargets },
  { name: 'functions', look: checkFunctions },
  { name: 'rights', look: checkRights },
  { name: 'inbox', look: checkInbox },
  { name: 'dead letters', look: checkDeadLetters },
  { name: 'table', look: checkTable },
  { name: 'locks', look: checkLocks },
  { name: 'slack', look: checkSlack },
];

/** @returns `wrong` when something is, `toolFailed` when something could not be looked at. */
export async function examine(
  healer: DeployedHealer,
  place: Place,
  show: Show,
  signal: AbortSignal,
): Promise<ExitCode> {
  const findings: CheckDone[] = [];
  const tell = (found: readonly CheckDone[]): void => {
    findings.push(...found);
    for (const one of found) show(one);
  };
  const services = await readServices(healer, place, tell);
  const health: Health = { healer, place, services, signal };
  for (const check of CHECKS) tell(await run(check, health));
  const kinds = new Set(findings.map((one) => one.finding));
  if (kinds.has('unknown')) return EXIT.toolFailed;
  return kinds.has('wrong') ? EXIT.wrong : EXIT.ok;
}

/** @returns none where they cannot be read; then only what is not about them is checked. */
async function readServices(
  { guarded }: DeployedHealer,
  { servicesPath }: Place,
  tell: (found: readonly CheckDone[]) => void,
): Promise<readonly GuardedService[]> {
  try {
    const services = await guarded.all();
    const ids = services.map(({ id }) => id).join(', ');
    tell([
      finding('parameters', 'well', `${services.length} guarded below ${servicesPath}: ${ids}`),
    ]);
    return services;
  } catch (error) {
    const mend =
      'deploy the construct again, which writes the parameters; until then nothing is healed';
    tell([explainFailure('parameters', error, mend)]);
    return [];
  }
}

async function run({ name, look }: Check, health: Health): Promise<readonly CheckDone[]> {
  try {
    return await look(health);
  } catch (error) {
    return [explainFailure(name, error, 'deploy the construct again')];
  }
}
